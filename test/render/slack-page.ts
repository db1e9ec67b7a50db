import type { SlackMessage } from "../../src/io/notifier.ts";

/** A message for Slack as plain text, so that a golden file shows it to people: bold as `*x*`, code as `` `x` ``. */
export function slackPage({ text, blocks }: SlackMessage): string {
  return [`notification: ${text}`, ...blocks.map((block) => pageOf(block as Part))].join("\n\n").concat("\n");
}

type Part =
  | { type: "header"; text: { text: string } }
  | { type: "context"; elements: { text: string }[] }
  | { type: "table"; rows: { text: string }[][] }
  | { type: "rich_text" | "rich_text_section" | "rich_text_list" | "rich_text_preformatted"; elements: Part[] }
  | { type: "data_visualization"; title: string; chart: Chart }
  | { type: "link"; url: string; text: string }
  | { type: "text"; text: string; style?: { bold?: boolean; code?: boolean } };

interface Chart {
  type: string;
  series: { name: string; data: { value: number }[] }[];
  axis_config: { categories: string[] };
}

function pageOf(part: Part): string {
  switch (part.type) {
    case "header":
      return `# ${part.text.text}`;
    case "context":
      return part.elements.map(({ text }) => `(${text})`).join("\n");
    case "table":
      return part.rows.map((cells) => cells.map(({ text }) => text).join(" | ")).join("\n");
    case "rich_text":
      return part.elements.map(pageOf).join("\n");
    case "rich_text_section":
      return part.elements.map(pageOf).join("");
    case "rich_text_preformatted":
      return `\`\`\`\n${part.elements.map(pageOf).join("")}\n\`\`\``;
    case "data_visualization": {
      const { type, series, axis_config: axis } = part.chart;
      const lines = series.map(({ name, data }) => `${name}: ${data.map(({ value }) => value).join(" ")}`);
      return [`[${type} chart] ${part.title}`, axis.categories.join(" | "), ...lines].join("\n");
    }
    case "rich_text_list":
      return part.elements.map((element) => `- ${pageOf(element)}`).join("\n");
    case "link":
      return `<${part.url}|${part.text}>`;
    case "text": {
      const mark = part.style?.bold ? "*" : part.style?.code ? "`" : "";
      return `${mark}${part.text}${mark}`;
    }
    default:
      throw new Error(`A block that no golden file has shown so far: ${JSON.stringify(part satisfies never)}`);
  }
}
