import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { inputs } from "../src/config/inputs.ts";

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

const workflows = readdirSync(".github/workflows").map((file) => join(".github/workflows", file));

test.each([...workflows, "README.md", "docs/aws.md", "docs/teams.md"])(
  "the actions of others in %s stand at a commit",
  (path) => {
    // A tag can be moved by whoever owns the action; `org/` stands for where this one is.
    const used = [...readFileSync(path, "utf8").matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, action = ""]) => action);
    const others = used.filter((action) => !/^(\.\/|org\/dmarc-digest@v1)$/.test(action));
    expect(others.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
  },
);

/** The blocks of code in a page that are in a language. */
function blocksOf(page: string, language: string): string[] {
  const blocks = readFileSync(page, "utf8").matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"));
  return Array.from(blocks, ([, code = ""]) => code);
}

test("every workflow in docs/aws.md is YAML, and every input in it is one", () => {
  const blocks = blocksOf("docs/aws.md", "yaml").map((code) => parse(code));
  const steps = [blocks[0].jobs.digest.steps, blocks[1]].flat();
  const given = steps.filter(({ uses }) => uses.startsWith("org/")).map((step) => Object.keys(step.with));
  expect(given).toHaveLength(2);
  expect(given.flat().filter((name) => !(name in inputs))).toEqual([]);
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
