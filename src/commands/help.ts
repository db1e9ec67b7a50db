import { judgingInputs, setupInputs, trustInputs } from "../config/config.ts";
import type { KnownFlags } from "../config/flags.ts";
import { inputNames, inputs, inputWords, type Setting } from "../config/settings.ts";

/** How a command is called; its other flags are `texts` and `switches`. */
interface Command extends KnownFlags {
  /** What stands behind its name. */
  takes: string;
  about: string;
  /** The inputs that are flags of it. */
  inputs?: readonly (keyof typeof inputs)[];
}

const folder = { what: "one folder, or none for data", least: 0, most: 1 };
const archive = { what: "at least one file or folder", least: 1, most: Number.POSITIVE_INFINITY };

/** The commands in the order in which they are listed. */
const commands = {
  init: {
    takes: "[--folder .] [--force] [FLAGS]",
    about:
      "asks a few questions, writes the workflow, and says which secrets to set and which DNS records to publish; for several mailboxes, a parked domain, or where flags say more, it writes the configuration file, too; --force replaces what is there",
    inputs: setupInputs,
    texts: ["folder"],
    switches: ["force"],
  },
  run: { takes: "[FLAGS]", about: "the daily job; its flags are the inputs of the Action", inputs: inputNames },
  doctor: {
    takes: "[FLAGS]",
    about: "looks over the set-up: sign-in, DNS of the domains, Slack, GitHub; the flags are those of run",
    inputs: inputNames,
  },
  config: {
    takes: "[FLAGS]",
    about: "the settings of that job, with the file's, and where each of them came from; no secrets",
    inputs: inputNames,
  },
  import: {
    takes: "PATH… [FLAGS]",
    about:
      "adds the reports of an archive (.eml, Maildir, mbox, .xml, .gz, .zip, folders of them) to the history, and tells nobody",
    inputs: inputNames,
    paths: archive,
  },
  read: {
    takes: "PATH… [--json]",
    about: "what is in these files and folders; changes nothing",
    switches: ["json"],
    paths: archive,
  },
  "verify-mail": {
    takes: "PATH [FLAGS]",
    about: "whether a mail, or each of a folder, is authentic and its reports count, step by step",
    inputs: trustInputs,
    paths: { what: "one mail, mbox or folder", least: 1, most: 1 },
  },
  sample: {
    takes: "FOLDER",
    about: "writes the sample mailbox as .eml files",
    paths: { what: "one folder", least: 1, most: 1 },
  },
  verify: {
    takes: "[DATA]",
    about: "checks every file of the history in this folder (default data); changes nothing",
    paths: folder,
  },
  rebuild: { takes: "[DATA]", about: "makes the index files of the history anew from its day files", paths: folder },
  replay: {
    takes: "[DATA] [--config FILE] [--since DAY] [--json] [FLAGS]",
    about:
      "what today's rules would have said on each day, by what had been received by then; with --config, only what another configuration file would have changed",
    inputs: judgingInputs,
    texts: ["since", "config"],
    switches: ["json"],
    paths: folder,
  },
  why: {
    takes: "NAME [DATA] [--config FILE] [--json] [FLAGS]",
    about:
      "of an address, a sender or a domain: since when it sends, what its mail shows by day, who reported it in which commits, its incidents, and the lines to answer for it",
    inputs: judgingInputs,
    texts: ["config"],
    switches: ["json"],
    paths: { what: "an address, a sender or a domain, and at most one folder", least: 1, most: 2 },
  },
  explore: {
    takes: "[DATA] [--out explore.html] [FLAGS]",
    about: "writes one HTML file to explore the last 13 months in a browser; it asks nobody for anything",
    inputs: [...judgingInputs, "language"],
    texts: ["out"],
    paths: folder,
  },
  export: {
    takes: "--parquet DIR [DATA] [FLAGS]",
    about:
      "writes the history as Parquet (records, senders, keys, tls, intake), for DuckDB, Athena or Spark; each row tells whether it counts",
    inputs: ["trusted-reporters", "count-unverified"],
    texts: ["parquet"],
    paths: folder,
  },
  prune: {
    takes: "--keep-months N [--data-path DATA] [--dry-run]",
    about: "starts the history's branch anew with its newest months, for those who must forget",
    texts: ["keep-months", "data-path"],
    switches: ["dry-run"],
  },
} satisfies Record<string, Command>;

/** What `dmarc-digest` can be told to do. */
export type CommandName = keyof typeof commands;

/** Their names. */
export const commandNames = Object.keys(commands) as CommandName[];

/** What a command may be called with, its inputs among them. */
export function flagsOf(name: CommandName): KnownFlags {
  const { inputs: names = [], texts = [], switches, paths }: Command = commands[name];
  return { texts: [...names, ...texts], ...(switches && { switches }), ...(paths && { paths }) };
}

/** The text of `dmarc-digest --help`, or of `--help` behind a command. */
export function helpText(name?: string): string {
  if (name === undefined || !Object.hasOwn(commands, name)) return overview();
  const command: Command = commands[name as CommandName];
  const flags = command.inputs ?? [];
  const note = name === "run" ? variables : "";
  const list = flags.length === 0 ? "" : `\nFlags.${note}\n\n${flags.map(flagText).join("\n")}\n`;
  return `dmarc-digest ${name} ${command.takes}\n\n  ${command.about}\n${list}`;
}

const variables =
  " Each can also be given as a variable, secrets best so: DMARC_DIGEST_IMAP_PASSWORD for --imap-password.";

function overview(): string {
  const lines = Object.entries(commands).map(
    ([name, { takes, about }]) => `  dmarc-digest ${name} ${takes}\n      ${about}`,
  );
  return `dmarc-digest: DMARC reports in a mailbox become a history in git, a daily digest and an alarm

  dmarc-digest
      the daily job on the built-in sample mailbox, in a throw-away repository
${lines.join("\n")}

dmarc-digest COMMAND --help lists the flags of a command.
`;
}

function flagText(name: (typeof inputNames)[number]): string {
  const { default: fallback }: Setting = inputs[name];
  const { description } = inputWords(name);
  const suffix = fallback === undefined || fallback.startsWith("$") ? "" : ` (default ${fallback})`;
  return `  --${name.padEnd(18)} ${description.en}${suffix}`;
}
