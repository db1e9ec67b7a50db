import { globSync, readFileSync, writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { repository, yamlOf } from "../src/config/file-keys.ts";
import { inputNames, inputs, inputWords, type Setting } from "../src/config/settings.ts";

import { makeSchemas, schemaPaths } from "./schema.ts";

/** action.yml with the inputs as the code reads them; all else stays as it is. */
export function withInputs(action: string): string {
  const described = inputNames.map((name) => {
    const { default: fallback }: Setting = inputs[name];
    const description = inputWords(name).description.en;
    // A default in action.yml would come as if it had been given, and take the place of what the file says.
    if (fallback?.startsWith("$")) return [name, { description, default: fallback }];
    return [name, { description: fallback === undefined ? description : `${description} Default: ${fallback}.` }];
  });
  const text = stringify({ inputs: Object.fromEntries(described) }, { lineWidth: 0 });
  return action.replace(/^inputs:\n(?: .*\n)*/m, () => text);
}

/** `docs/inputs.md` with its table of inputs as the code reads them. */
export function withInputTable(page: string): string {
  const rows = inputNames.map((name) => {
    const { default: fallback }: Setting = inputs[name];
    const description = inputWords(name).description.en;
    return `| \`${name}\` | ${fallback === undefined ? "" : `\`${fallback}\``} | ${description.replaceAll("|", "\\|")} |\n`;
  });
  return page.replace(/(\| input \|.*\n\|---.*\n)(?:\|.*\n)*/, (_, head: string) => `${head}${rows.join("")}`);
}

/** A part of the file's JSON Schema. */
interface Part {
  description?: string;
  default?: unknown;
  examples?: unknown[];
  properties?: Record<string, Part>;
  required?: string[];
  items?: Part;
  additionalProperties?: Part & { anyOf?: Part[] };
}

/** `docs/configuration.md` with its tables of the file's keys, as the file's JSON Schema has them. */
export function withKeyTables(page: string, schema: Part): string {
  const { mailboxes, domains, mute } = schema.properties ?? {};
  const [domain] = domains?.additionalProperties?.anyOf ?? [];
  const ofDomain = new Set(Object.keys(domain?.properties ?? {}));
  const top = Object.entries(schema.properties ?? {}).filter(([name]) => !ofDomain.has(name) || name === "mute");
  const tables: [string, Part | undefined][] = [
    ["top", { properties: Object.fromEntries(top) }],
    ["mailboxes", mailboxes?.items],
    ["domains", domain],
    ["mute", mute?.items],
  ];
  return tables.reduce((text, [name, part]) => {
    const head = `<!-- keys: ${name} -->\n| key | default | what it is | example |\n|---|---|---|---|\n`;
    return text.replace(new RegExp(`<!-- keys: ${name} -->\n(?:\\|.*\n)*`), () => head + rowsOf(part));
  }, page);
}

function rowsOf({ properties = {} }: Part = {}): string {
  const cell = (value: unknown): string => (value === undefined ? "" : `\`${yamlOf(value)}\``).replaceAll("|", "\\|");
  return Object.entries(properties)
    .map(([name, { description = "", default: fallback, examples = [] }]) => {
      const text = description.replaceAll("|", "\\|").replaceAll("*", "\\*");
      return `| \`${name}\` | ${cell(fallback)} | ${text} | ${cell(examples[0])} |\n`;
    })
    .join("");
}

/** The pages that name this repository. */
export const namingPages = globSync(["*.md", "docs/**/*.{md,yml}", ".github/ISSUE_TEMPLATE/*"]);

/** A page with the repository as the code names it, where an Action is used or fetched from. */
export function withRepository(page: string): string {
  return page.replaceAll(/(?<=uses: |github(?:usercontent)?\.com\/|`)[\w-]+\/dmarc-digest(?=[@/])/g, repository);
}

if (import.meta.main) {
  const schema = JSON.parse(makeSchemas().get(schemaPaths.config) ?? "{}") as Part;
  writeFileSync("docs/configuration.md", withKeyTables(readFileSync("docs/configuration.md", "utf8"), schema));
  writeFileSync("action.yml", withInputs(readFileSync("action.yml", "utf8")));
  writeFileSync("docs/inputs.md", withInputTable(readFileSync("docs/inputs.md", "utf8")));
  for (const path of namingPages) writeFileSync(path, withRepository(readFileSync(path, "utf8")));
}
