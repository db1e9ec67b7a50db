import { readFileSync, writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { type Input, inputNames, inputs } from "../src/config/inputs.ts";

/** action.yml with the inputs as the code reads them; all else stays as it is. */
export function withInputs(action: string): string {
  const described = inputNames.map((name) => {
    const { description, default: fallback }: Input = inputs[name];
    return [name, fallback === undefined ? { description } : { description, default: fallback }];
  });
  const text = stringify({ inputs: Object.fromEntries(described) }, { lineWidth: 0 });
  return action.replace(/^inputs:\n(?: .*\n)*/m, () => text);
}

/** `docs/inputs.md` with its table of inputs as the code reads them. */
export function withInputTable(page: string): string {
  const rows = inputNames.map((name) => {
    const { description, default: fallback }: Input = inputs[name];
    return `| \`${name}\` | ${fallback === undefined ? "" : `\`${fallback}\``} | ${description.replaceAll("|", "\\|")} |\n`;
  });
  return page.replace(/(\| input \|.*\n\|---.*\n)(?:\|.*\n)*/, (_, head: string) => `${head}${rows.join("")}`);
}

if (import.meta.main) {
  writeFileSync("action.yml", withInputs(readFileSync("action.yml", "utf8")));
  writeFileSync("docs/inputs.md", withInputTable(readFileSync("docs/inputs.md", "utf8")));
}
