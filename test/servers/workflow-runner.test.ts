import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "../../src/config/file-keys.ts";
import { fillIn, holds } from "./expression.ts";
import { runWorkflow } from "./workflow-runner.ts";

const folder = mkdtempSync(join(tmpdir(), "workflow-"));

/** Leaves a file with its one input, and fails when that is 2. */
const script = `
const { appendFileSync, writeFileSync } = require("node:fs");
const { INPUT_NUMBER: number, RUNNER_TEMP: temp, GITHUB_OUTPUT: outputs } = process.env;
writeFileSync(temp + "/left-" + number, "");
appendFileSync(outputs, "path=" + temp + "/left-" + number + "\\n");
process.exitCode = number === "2" ? 1 : 0;
`;

beforeAll(() => {
  mkdirSync(join(folder, "dist"));
  writeFileSync(join(folder, "action.yml"), "inputs: { number: { } }\nruns: { using: node24, main: dist/main.js }\n");
  writeFileSync(join(folder, "dist", "main.js"), script);
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ["fail-fast: false", "failure", ["2-a", "2-b"]],
  ["max-parallel: 8", "cancelled", ["2-a"]],
])(
  "a matrix with %s is all its combinations, and a step that failed ends its job but for steps that run always",
  async (strategy, last, failed) => {
    const step = (number: string) => `{ id: ours, uses: ${repository}@v1, with: { number: "${number}" } }`;
    const upload = (name: string, more: string) =>
      `{ uses: actions/upload-artifact@0, ${more} with: { name: "${name}-\${{ matrix.number }}-\${{ matrix.letter }}", path: "\${{ steps.ours.outputs.path }}" } }`;
    const text = `
permissions: {}
jobs:
  first:
    strategy: { ${strategy}, matrix: { number: [1, 2], letter: [a, b] } }
    steps: [${step(`\${{ matrix.number }}`)}, ${upload("good", "")}, ${upload("always", "if: always() && steps.ours.outputs.path != '',")}]
  second: { needs: first, steps: [${step("3")}] }
  third: { needs: first, if: "\${{ !cancelled() }}", steps: [${step("4")}] }
`;
    const { jobs, artifacts } = await runWorkflow({ text, action: folder }, folder);
    expect(jobs.map(({ id, result }) => `${id} ${result}`)).toEqual([
      "first success",
      "first success",
      "first failure",
      `first ${last}`,
      "second skipped",
      "third success",
    ]);
    const names = ["1-a", "1-b", ...failed].map((one) => `always-${one}`);
    expect(readdirSync(artifacts).sort()).toEqual([...names, "good-1-a", "good-1-b"]);
  },
);

test.each([
  [`a \${{ inputs.mode || (github.event.schedule == '1 2' && 'watch') || 'digest' }}`, "a digest"],
  [`\${{ matrix.shard }}/16 of \${{ inputs.none }}`, "X/16 of "],
  [`\${{ !matrix.shard }} \${{ matrix.shard == 'x' }} \${{ matrix.shard != 'x' }}`, "false true false"],
])("%s is filled in", (text, filled) => {
  expect(fillIn(text, { matrix: { shard: "X" } })).toBe(filled);
});

test("a condition without a status function is that all was done, too", () => {
  expect(holds("inputs.mode == ''", {}, { isGood: false })).toBe(false);
  expect(holds("failure() && inputs.mode == ''", {}, { isGood: false })).toBe(true);
  expect(() => holds("contains(inputs.mode, 'x')", {}, { isGood: true })).toThrow("not supported here");
});
