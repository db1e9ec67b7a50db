import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { helpText } from "../src/commands/help.ts";
import { inputs } from "../src/config/settings.ts";

const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "data/README.md"].concat(
  readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join("docs", path)),
);

test.each(pages)("every link of %s leads to a file that is there", (page) => {
  const text = readFileSync(page, "utf8")
    .replace(/```.*?```/gs, "")
    .replace(/`[^`\n]*`/g, "");
  const links = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
    ([, link, image]) => link ?? image ?? "",
  );
  const files = links.filter((link) => !/^(https?:|#|mailto:)/.test(link)).map((link) => link.replace(/#.*$/, ""));
  expect(files.filter((file) => !existsSync(join(dirname(page), file)))).toEqual([]);
});

test("every command that CONTRIBUTING.md names is a script of package.json", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  const text = readFileSync("CONTRIBUTING.md", "utf8");
  const rows = [...text.matchAll(/^\| (`npm .*?) \|/gm)].map(([, cell = ""]) => cell);
  const named = rows.flatMap((cell) =>
    [...cell.matchAll(/`(?:npm run |npm )?([\w:]+)/g)].map(([, script = ""]) => script),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((script) => !(script in scripts))).toEqual([]);
});

const workflows = [".github/workflows", "docs/starter"].flatMap((folder) =>
  readdirSync(folder).map((file) => join(folder, file)),
);

test.each([...workflows, ...pages])("the actions of others in %s stand at a commit", (path) => {
  // A tag can be moved by whoever owns the action; `org/` stands for where this one is.
  const used = [...readFileSync(path, "utf8").matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, action = ""]) => action);
  const others = used.filter((action) => !/^(\.\/|(https:\/\/github\.com\/)?org\/dmarc-digest@v1)$/.test(action));
  expect(others.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
});

/** The blocks of code in a page that are in a language. */
function blocksOf(page: string, language: string): string[] {
  const blocks = readFileSync(page, "utf8").matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"));
  return Array.from(blocks, ([, code = ""]) => code);
}

/** What a block of YAML gives to this Action: a step's `with`, in a workflow, in a list of steps, or alone. */
function inputsIn(yaml: unknown): string[] {
  if (Array.isArray(yaml)) return yaml.flatMap(inputsIn);
  if (typeof yaml !== "object" || yaml === null) return [];
  const isOurs = "uses" in yaml && String(yaml.uses).includes("org/dmarc-digest@");
  if (isOurs && "with" in yaml) return Object.keys(yaml.with ?? {});
  return Object.values(yaml).flatMap(inputsIn);
}

test.each(pages)("every YAML of %s can be read, and gives inputs that there are", (page) => {
  const given = blocksOf(page, "yaml").flatMap((code) => inputsIn(parse(code)));
  expect(given.filter((name) => !(name in inputs))).toEqual([]);
});

test.each(workflows)("the inputs in %s are some that there are", (path) => {
  const given = inputsIn(parse(readFileSync(path, "utf8")));
  expect(given.filter((name) => !(name in inputs))).toEqual([]);
});

test("every input that docs/mailboxes.md shows alone is one", () => {
  const shown = blocksOf("docs/mailboxes.md", "yaml").flatMap((code) => Object.keys(parse(code)));
  expect(shown.filter((name) => name !== "permissions" && !(name in inputs))).toEqual([]);
});

test.each(pages)("every command in the shell blocks of %s is one of the command line", (page) => {
  const called = blocksOf(page, "sh").flatMap((code) => [
    ...code.matchAll(/(?:npm run -s dmarc-digest --|cli\.js) ([a-z][\w-]*)/g),
  ]);
  const names = called.map(([, name = ""]) => name);
  expect(names.filter((name) => !new RegExp(`^  dmarc-digest ${name}\\b`, "m").test(helpText()))).toEqual([]);
});

test("every error that docs/troubleshooting.md explains is one that the code says", () => {
  const rows = [...readFileSync("docs/troubleshooting.md", "utf8").matchAll(/^\| `([^`]+)`/gm)];
  expect(rows.length).toBeGreaterThan(30);
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const said = files.map((file) => readFileSync(join("src", file), "utf8")).join("\n");
  const fragments = rows.map(([, text = ""]) => text.replace(/…$/, ""));
  expect(fragments.filter((text) => !said.includes(text))).toEqual([]);
});

const haveTerraform = spawnSync("terraform", ["version"]).status === 0;

test.runIf(haveTerraform)("the Terraform of docs/aws.md reads as it must, and is laid out as usual", () => {
  const [code = ""] = blocksOf("docs/aws.md", "hcl");
  const { status, stdout } = spawnSync("terraform", ["fmt", "-"], { input: code, encoding: "utf8" });
  expect(status).toBe(0);
  expect(stdout).toBe(code);
});

const forms = readdirSync(".github/ISSUE_TEMPLATE").filter((file) => file !== "config.yml");

test.each(forms)("the issue form %s is one that GitHub takes", (file) => {
  const { name, description, body } = parse(readFileSync(join(".github/ISSUE_TEMPLATE", file), "utf8"));
  expect([name, description]).toEqual([expect.any(String), expect.any(String)]);
  const fields: { type: string; id?: string; attributes: Record<string, unknown> }[] = body;
  expect(fields.some(({ type }) => type !== "markdown")).toBe(true);
  const ids = fields.flatMap(({ id }) => id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { type, id, attributes } of fields) {
    expect(["markdown", "textarea", "input", "dropdown", "checkboxes", "upload"]).toContain(type);
    expect(type === "markdown" ? attributes.value : attributes.label).toEqual(expect.any(String));
    if (type !== "markdown") expect(id).toMatch(/^[\w-]+$/);
  }
});
