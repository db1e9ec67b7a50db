#!/usr/bin/env node
import { type CommandName, commandNames, flagsOf, helpText } from "./commands/help.ts";
import { type JudgingConfig, readJudging, readTrust } from "./config/config.ts";
import { type GivenFlags, meant, parseFlags, UsageError } from "./config/flags.ts";
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
  if (!Object.hasOwn(starts, command)) {
    const near = meant(command, commandNames, "");
    throw new UsageError(
      `There is no command ${JSON.stringify(command)}${near || "."} dmarc-digest --help lists the commands.`,
    );
  }
  const name = command as CommandName;
  const flags = flagsOf(name);
  // An input has a value; this one may do without.
  const isDryRun = (arg: string): boolean => arg === "--dry-run" && flags.texts?.includes("dry-run") === true;
  return await starts[name](
    parseFlags(
      name,
      args.map((arg) => (isDryRun(arg) ? `${arg}=true` : arg)),
      flags,
    ),
  );
}

const now = new Date();

/** Each command by what it was called with. */
const starts: Record<CommandName, (given: GivenFlags) => Promise<number>> = {
  async init({ values: { folder = ".", force, ...flags } }) {
    const { init } = await import("./commands/init/init.ts");
    return await init({ flags, folder, isForced: force !== undefined, stdin: process.stdin, stdout });
  },
  async run({ values }) {
    const { runJob } = await import("./commands/run.ts");
    return await runJob(values, { stdout, stderr });
  },
  async doctor({ values }) {
    const { runJob } = await import("./commands/run.ts");
    return await runJob({ ...values, mode: "doctor" }, { stdout, stderr });
  },
  async config({ values }) {
    const { printConfig } = await import("./commands/config.ts");
    return await printConfig(values, { stdout });
  },
  async import({ values, paths }) {
    const { importArchive } = await import("./commands/run.ts");
    return await importArchive({ ...values, "mail-path": paths.join("\n") }, { stdout, stderr });
  },
  async read({ values, paths }) {
    const { read } = await import("./commands/read/read.ts");
    return await read({ paths, json: values.json !== undefined, now, stdout, stderr });
  },
  async "verify-mail"({ values, paths: [path = ""] }) {
    const { verifyMail } = await import("./commands/verify-mail.ts");
    const trust = readTrust(values, await loadDiskFile({}, undefined, now));
    return await verifyMail({ path, trust, now, stdout, stderr });
  },
  async sample({ paths: [folder = ""] }) {
    const { sample } = await import("./commands/sample.ts");
    return await sample({ folder, stdout });
  },
  async verify({ paths: [dataPath = "data"] }) {
    const { verify } = await import("./commands/verify.ts");
    return await verify({ dataPath, stdout });
  },
  async rebuild({ paths: [dataPath = "data"] }) {
    const { rebuild } = await import("./commands/rebuild.ts");
    return await rebuild({ dataPath, stdout, stderr });
  },
  async replay({ values: { since, json, config, ...flags }, paths: [dataPath = "data"] }) {
    if (since !== undefined && !isDay(since))
      throw new UsageError(`replay needs a day for --since, such as 2026-11-01, got ${JSON.stringify(since)}`);
    const { replayHistory } = await import("./commands/replay.ts");
    const judging = await judgingBy(flags, dataPath);
    const other = config === undefined ? undefined : await judgingBy(flags, dataPath, config);
    return await replayHistory({ dataPath, since, isJson: json !== undefined, judging, other, now, stdout });
  },
  async why({ values: { json, config, ...flags }, paths: [name = "", dataPath = "data"] }) {
    const { why } = await import("./commands/why.ts");
    const judging = await judgingBy(flags, dataPath, config);
    return await why({ name, dataPath, isJson: json !== undefined, judging, now, stdout });
  },
  async explore({ values: { out: target = "explore.html", ...flags }, paths: [dataPath = "data"] }) {
    const { explore } = await import("./commands/explore.ts");
    return await explore({ dataPath, target, judging: await judgingBy(flags, dataPath), now, stdout });
  },
  async export({ values: { parquet: target, ...flags }, paths: [dataPath = "data"] }) {
    if (target === undefined)
      throw new UsageError("export needs a folder to write into: dmarc-digest export --parquet DIR");
    const { exportParquet } = await import("./commands/export.ts");
    const { trust } = await judgingBy(flags, dataPath);
    return await exportParquet({ dataPath, target, trust, stdout, stderr });
  },
  async prune({ values: { "keep-months": months = "", "data-path": dataPath = "data", "dry-run": dryRun } }) {
    if (!/^[1-9]\d{0,3}$/.test(months))
      throw new UsageError("prune needs a whole number of months, 1 or more: dmarc-digest prune --keep-months 13");
    const { prune } = await import("./commands/prune.ts");
    return await prune({ dataPath, months: Number(months), isDryRun: dryRun !== undefined, stdout });
  },
};

/** How a history is judged by flags and the file on the disk: that of its work tree, or the one that is named. */
async function judgingBy(flags: GivenFlags["values"], dataPath: string, config?: string): Promise<JudgingConfig> {
  return readJudging(flags, await loadDiskFile({ config }, undefined, now, dataPath));
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** The command line's entry: a command and its flags in, an exit code out (0 done, 1 failed, 2 called wrongly). */
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const [, language] = /\s--language[= ](\S+)/.exec(process.argv.join(" ")) ?? [];
  stderr.write(`Error: ${messageOf(error, language)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
