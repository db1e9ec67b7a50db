#!/usr/bin/env node
import { parseArgs } from "node:util";
import { helpText } from "./commands/help.ts";
import { judgingInputs, readJudging, readTrust, trustInputs } from "./config/config.ts";
import { inputNames } from "./config/settings.ts";
import { isUsageError, messageOf } from "./errors.ts";

const { stdout, stderr } = process;

// A reader that has seen enough (`| head`) closes the pipe: nothing is wrong.
stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  stderr.write(`Error: ${messageOf(error)}\n`);
  process.exit(1);
});

/** The command line's entry: a command and its flags in, an exit code out (0 done, 1 failed, 2 called wrongly). */
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  stderr.write(`Error: ${messageOf(error)}\n`);
  process.exitCode = isUsageError(error) ? 2 : 1;
}

/** Each command is loaded where it's wanted: those that talk to servers take half a second and 20 MB. */
async function main(args: string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (rest.includes("--help") ? "help" : command) {
    case undefined: {
      const { demo } = await import("./commands/demo.ts");
      return await demo({ stdout, stderr });
    }
    case "run": {
      const { runJob } = await import("./commands/run.ts");
      return await runJob(parseRun(rest), { stdout, stderr });
    }
    case "doctor": {
      const { runJob } = await import("./commands/run.ts");
      return await runJob({ ...parseRun(rest), mode: "doctor" }, { stdout, stderr });
    }
    case "import": {
      const { importArchive } = await import("./commands/run.ts");
      const options = Object.fromEntries(inputNames.map((name) => [name, { type: "string" as const }]));
      const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: true });
      if (positionals.length === 0)
        return refuse("import needs at least one file or folder: dmarc-digest import PATH…");
      return await importArchive({ ...values, "mail-path": positionals.join("\n") }, { stdout, stderr });
    }
    case "init":
      return await startInit(rest);
    case "config": {
      const { printConfig } = await import("./commands/config.ts");
      return await printConfig(parseRun(rest), { stdout });
    }
    case "read": {
      const { values, positionals } = parseArgs({
        args: rest,
        options: { json: { type: "boolean", default: false } },
        allowPositionals: true,
      });
      if (positionals.length === 0) return refuse("read needs at least one file or folder: dmarc-digest read PATH…");
      const { read } = await import("./commands/read.ts");
      return await read({ paths: positionals, json: values.json, now: new Date(), stdout, stderr });
    }
    case "sample": {
      const [folder, ...more] = rest;
      if (folder === undefined || more.length > 0) return refuse("sample needs one folder: dmarc-digest sample FOLDER");
      const { sample } = await import("./commands/sample.ts");
      return await sample({ folder, stdout });
    }
    case "rebuild":
    case "verify": {
      const { positionals } = parseArgs({ args: rest, allowPositionals: true });
      const [dataPath = "data", ...more] = positionals;
      if (more.length > 0) return refuse(`${command} needs one folder: dmarc-digest ${command} [DATA]`);
      if (command === "verify") {
        const { verify } = await import("./commands/verify.ts");
        return await verify({ dataPath, stdout });
      }
      const { rebuild } = await import("./commands/rebuild.ts");
      return await rebuild({ dataPath, stdout, stderr });
    }
    case "verify-mail":
      return await startVerifyMail(rest);
    case "replay":
      return await startReplay(rest);
    case "why":
      return await startWhy(rest);
    case "prune":
      return await startPrune(rest);
    case "help":
    case "--help":
    case "-h":
      stdout.write(helpText());
      return 0;
    default:
      return refuse(`Unknown command ${JSON.stringify(command)}. dmarc-digest --help lists the commands.`);
  }
}

async function startInit(args: string[]): Promise<number> {
  const { init, initFlags } = await import("./commands/init/init.ts");
  const options = Object.fromEntries(initFlags.map((name) => [name, { type: "string" as const }]));
  const others = { folder: { type: "string", default: "." }, force: { type: "boolean", default: false } } as const;
  const { values } = parseArgs({ args, options: { ...options, ...others } });
  const { folder, force, ...flags } = values;
  return await init({ flags, folder, isForced: force, stdin: process.stdin, stdout });
}

async function startVerifyMail(args: string[]): Promise<number> {
  const options = Object.fromEntries(trustInputs.map((name) => [name, { type: "string" as const }]));
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) {
    return refuse("verify-mail needs one mail: dmarc-digest verify-mail FILE.eml [--authserv-id ID]");
  }
  const { verifyMail } = await import("./commands/verify-mail.ts");
  return await verifyMail({ path, trust: readTrust(values), now: new Date(), stdout, stderr });
}

async function startReplay(args: string[]): Promise<number> {
  const inputs = Object.fromEntries(judgingInputs.map((name) => [name, { type: "string" as const }]));
  const { values, positionals } = parseArgs({
    args,
    options: { ...inputs, since: { type: "string" }, json: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const [dataPath = "data", ...more] = positionals;
  const { since, json, ...given } = values;
  if (more.length > 0)
    return refuse("replay needs one folder: dmarc-digest replay [DATA] [--since 2026-11-01] [--json]");
  if (since !== undefined && !isDay(since))
    return refuse(`replay needs a day for --since, such as 2026-11-01, got ${JSON.stringify(since)}`);
  const { replayHistory } = await import("./commands/replay.ts");
  return await replayHistory({
    dataPath,
    since,
    isJson: json,
    judging: readJudging(given),
    now: new Date(),
    stdout,
  });
}

async function startWhy(args: string[]): Promise<number> {
  const inputs = Object.fromEntries(judgingInputs.map((name) => [name, { type: "string" as const }]));
  const options = { ...inputs, json: { type: "boolean", default: false } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [name, dataPath = "data", ...more] = positionals;
  const { json, ...given } = values;
  if (name === undefined || more.length > 0) {
    return refuse("why needs an address, a sender or a domain: dmarc-digest why 192.0.2.7 [DATA] [--json]");
  }
  const { why } = await import("./commands/why.ts");
  return await why({ name, dataPath, isJson: json, judging: readJudging(given), now: new Date(), stdout });
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

async function startPrune(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      "keep-months": { type: "string", default: "" },
      "data-path": { type: "string", default: "data" },
      "dry-run": { type: "boolean", default: false },
    },
  });
  if (!/^[1-9]\d{0,3}$/.test(values["keep-months"])) {
    return refuse("prune needs a whole number of months, 1 or more: dmarc-digest prune --keep-months 13");
  }
  const months = Number(values["keep-months"]);
  const { prune } = await import("./commands/prune.ts");
  return await prune({ dataPath: values["data-path"], months, isDryRun: values["dry-run"], stdout });
}

/** The flags of `run`: named as the inputs; `--mail-path` may come more than once. */
function parseRun(args: string[]): Record<string, string | undefined> {
  const options = Object.fromEntries(
    inputNames.map((name) => [name, { type: "string" as const, multiple: name === "mail-path" }]),
  );
  const { values } = parseArgs({ args: args.map((arg) => (arg === "--dry-run" ? "--dry-run=true" : arg)), options });
  const texts = Object.entries(values).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join("\n") : String(value),
  ]);
  return Object.fromEntries(texts);
}

function refuse(text: string): number {
  stderr.write(`Error: ${text}\n`);
  return 2;
}
