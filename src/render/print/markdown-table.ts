/** A column of a Markdown table. */
export interface MarkdownColumn {
  title: string;
  /** GitHub centres a title that says nothing else. */
  align?: "left" | "right";
}

/** A table of GitHub's Markdown. Cells are Markdown already: text of strangers has been through its guard. */
export function markdownTable(columns: MarkdownColumn[], rows: string[][]): string {
  const lines = [
    columns.map(({ title }) => title),
    columns.map(({ align }) => ({ left: ":---", right: "---:", none: "---" })[align ?? "none"]),
    ...rows,
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
