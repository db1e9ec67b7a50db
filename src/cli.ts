#!/usr/bin/env node
import { type CommandName, commandNames, helpText } from "./commands/help.ts";
import {
  type JudgingConfig,
  judgingInputs,
  readJudging,
  readTrust,
  setupInputs,
  trustInputs,
} from "./config/config.ts";
import { type GivenFlags, meant, parseFlags, UsageError } from "./config/flags.ts";
import { inputNames } from "./config/settings.ts";
import { messageOf } from "./errors.ts";
import { loadDiskFile } from "./setup.ts";

const { stdout, stderr } = process;

// A reader that has seen enough (`| head`) closes the pipe: nothing is wrong.
stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  stderr.write(`Error: ${messageOf(error)}\n`);
  process.exit(1);
});

/** Each command is loaded where it's wanted: those that talk to servers take half a second and 20 MB. */
async function main([command, ...args]: string[]): Promise<number> {
  if (command === undefined) {
    const { demo } = await import("./commands/demo.ts");
    return await demo({ stdout, stderr });
  }
  const isHelp = ["help", "--help", "-h"].includes(command);
  if (isHelp || args.includes("--help")) {
    stdout.write(helpText(isHelp ? args[0] : command));
    return 0;
  }
  const start = Object.hasOwn(starts, command) ? starts[command as CommandName] : undefined;
  if (start === undefined) {
    const near = meant(command, commandNames, "");
    throw new UsageError(
      `There is no command ${JSON.stringify(command)}${near || "."} dmarc-digest --help lists the commands.`,
    );
  }
  return await start(args);
}

const folder = { what: "one folder, or none for data", least: 0, most: 1 };
const archive = { what: "at least one file or folder", least: 1, most: Number.POSITIVE_INFINITY };
const now = new Date();

/** Each command with its arguments. */
const starts: Record<CommandName, (args: string[]) => Promise<number>> = {
  async init(args) {
    const { values } = parseFlags("init", args, { texts: [...setupInputs, "folder"], switches: ["force"] });
    const { folder = ".", force, ...flags } = values;
    const { init } = await import("./commands/init/init.ts");
    return await init({ flags, folder, isForced: force !== undefined, stdin: process.stdin, stdout });
  },
  async run(args) {
    const { runJob } = await import("./commands/run.ts");
    return await runJob(parseRun("run", args), { stdout, stderr });
  },
  async doctor(args) {
    const { runJob } = await import("./commands/run.ts");
    return await runJob({ ...parseRun("doctor", args), mode: "doctor" }, { stdout, stderr });
  },
  async config(args) {
    const { printConfig } = await import("./commands/config.ts");
    return await printConfig(parseRun("config", args), { stdout });
  },
  async import(args) {
    const { values, paths } = parseFlags("import", args, { texts: inputNames, paths: archive });
    const { importArchive } = await import("./commands/run.ts");
    return await importArchive({ ...values, "mail-path": paths.join("\n") }, { stdout, stderr });
  },
  async read(args) {
    const { values, paths } = parseFlags("read", args, { switches: ["json"], paths: archive });
    const { read } = await import("./commands/read/read.ts");
    return await read({ paths, json: values.json !== undefined, now, stdout, stderr });
  },
  async "verify-mail"(args) {
    const one = { what: "one mail, mbox or folder", least: 1, most: 1 };
    const { values, paths } = parseFlags("verify-mail", args, { texts: trustInputs, paths: one });
    const trust = readTrust(values, await loadDiskFile({}, undefined, now));
    const { verifyMail } = await import("./commands/verify-mail.ts");
    return await verifyMail({ path: paths.join(), trust, now, stdout, stderr });
  },
  async sample(args) {
    const { paths } = parseFlags("sample", args, { paths: { what: "one folder", least: 1, most: 1 } });
    const { sample } = await import("./commands/sample.ts");
    return await sample({ folder: paths.join(), stdout });
  },
  async verify(args) {
    const [dataPath = "data"] = parseFlags("verify", args, { paths: folder }).paths;
    const { verify } = await import("./commands/verify.ts");
    return await verify({ dataPath, stdout });
  },
  async rebuild(args) {
    const [dataPath = "data"] = parseFlags("rebuild", args, { paths: folder }).paths;
    const { rebuild } = await import("./commands/rebuild.ts");
    return await rebuild({ dataPath, stdout, stderr });
  },
  async replay(args) {
    const flags = { texts: [...judgingInputs, "since", "config"], switches: ["json"], paths: folder };
    const { values, paths } = parseFlags("replay", args, flags);
    const { since, json, config, ...given } = values;
    if (since !== undefined && !isDay(since))
      throw new UsageError(`replay needs a day for --since, such as 2026-11-01, got ${JSON.stringify(since)}`);
    const { replayHistory } = await import("./commands/replay.ts");
    const judging = await judgingBy(given);
    const other = config === undefined ? undefined : await judgingBy(given, config);
    const [dataPath = "data"] = paths;
    return await replayHistory({ dataPath, since, isJson: json !== undefined, judging, other, now, stdout });
  },
  async why(args) {
    const asked = { what: "an address, a sender or a domain, and at most one folder", least: 1, most: 2 };
    const flags = { texts: [...judgingInputs, "config"], switches: ["json"], paths: asked };
    const { values, paths } = parseFlags("why", args, flags);
    const { json, config, ...given } = values;
    const [name = "", dataPath = "data"] = paths;
    const { why } = await import("./commands/why.ts");
    const judging = await judgingBy(given, config);
    return await why({ name, dataPath, isJson: json !== undefined, judging, now, stdout });
  },
  async explore(args) {
    const flags = { texts: [...judgingInputs, "language", "out"], paths: folder };
    const { values, paths } = parseFlags("explore", args, flags);
    const { out: target = "explore.html", language = "en", ...given } = values;
    if (language !== "en" && language !== "ja") throw new UsageError("explore needs --language en or --language ja");
    const { explore } = await import("./commands/explore.ts");
    const [dataPath = "data"] = paths;
    return await explore({ dataPath, target, language, judging: await judgingBy(given), now, stdout });
  },
  async export(args) {
    const { values, paths } = parseFlags("export", args, { texts: ["parquet"], paths: folder });
    const { parquet: target } = values;
    if (target === undefined)
      throw new UsageError("export needs a folder to write into: dmarc-digest export --parquet DIR");
    const { exportParquet } = await import("./commands/export.ts");
    const [dataPath = "data"] = paths;
    return await exportParquet({ dataPath, target, stdout, stderr });
  },
  async prune(args) {
    const { values } = parseFlags("prune", args, { texts: ["keep-months", "data-path"], switches: ["dry-run"] });
    const { "keep-months": months = "", "data-path": dataPath = "data", "dry-run": dryRun } = values;
    if (!/^[1-9]\d{0,3}$/.test(months))
      throw new UsageError("prune needs a whole number of months, 1 or more: dmarc-digest prune --keep-months 13");
    const { prune } = await import("./commands/prune.ts");
    return await prune({ dataPath, months: Number(months), isDryRun: dryRun !== undefined, stdout });
  },
};

/** How a history is judged by flags and the file on the disk: the usual one, or the one that is named. */
async function judgingBy(flags: GivenFlags["values"], config?: string): Promise<JudgingConfig> {
  return readJudging(flags, await loadDiskFile({ config }, undefined, now));
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** The flags of `run`: named as the inputs; `--mail-path` may come more than once. */
function parseRun(command: string, args: string[]): GivenFlags["values"] {
  const asText = args.map((arg) => (arg === "--dry-run" ? "--dry-run=true" : arg));
  return parseFlags(command, asText, { texts: inputNames }).values;
}

/** The command line's entry: a command and its flags in, an exit code out (0 done, 1 failed, 2 called wrongly). */
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  stderr.write(`Error: ${messageOf(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
