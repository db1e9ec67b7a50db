import { judgingInputs, setupInputs, trustInputs } from "../config/config.ts";
import type { KnownFlags } from "../config/flags.ts";
import { inputNames, inputs, inputWords, type Setting } from "../config/settings.ts";
import texts from "./help.json" with { type: "json" };

/** How a command is called; its other flags are `texts` and `switches`. What is said of it stands in help.json. */
interface Command extends KnownFlags {
  inputs?: readonly (keyof typeof inputs)[];
}

const folder = { what: "one folder, or none for data", least: 0, most: 1 };
const archive = { what: "at least one file or folder", least: 1, most: Number.POSITIVE_INFINITY };

const commands = {
  init: { inputs: setupInputs, texts: ["folder"], switches: ["force"] },
  run: { inputs: inputNames },
  doctor: { inputs: inputNames },
  config: { inputs: inputNames },
  import: { inputs: inputNames, paths: archive },
  read: { switches: ["json"], paths: archive },
  "verify-mail": { inputs: trustInputs, paths: { what: "one mail, mbox or folder", least: 1, most: 1 } },
  sample: { paths: { what: "one folder", least: 1, most: 1 } },
  verify: { paths: folder },
  rebuild: { paths: folder },
  replay: { inputs: judgingInputs, texts: ["since", "config"], switches: ["json"], paths: folder },
  why: {
    inputs: judgingInputs,
    texts: ["config"],
    switches: ["json"],
    paths: { what: "an address, a sender or a domain, and at most one folder", least: 1, most: 2 },
  },
  explore: { inputs: [...judgingInputs, "language"], texts: ["out"], paths: folder },
  export: { inputs: ["trusted-reporters", "count-unverified"], texts: ["parquet"], paths: folder },
  prune: { texts: ["keep-months", "data-path"], switches: ["dry-run"] },
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
  const { inputs: flags = [] }: Command = commands[name as CommandName];
  const note = name === "run" ? variables : "";
  const list = flags.length === 0 ? "" : `\nFlags.${note}\n\n${flags.map(flagText).join("\n")}\n`;
  const command = name as CommandName;
  return `dmarc-digest ${name} ${texts[`${command}.takes`]}\n\n  ${texts[`${command}.about`]}\n${list}`;
}

const variables =
  " Each can also be given as a variable, secrets best so: DMARC_DIGEST_IMAP_PASSWORD for --imap-password.";

function overview(): string {
  const all = commandNames.map((name) => {
    return `  dmarc-digest ${name} ${texts[`${name}.takes`]}\n      ${texts[`${name}.about`]}`;
  });
  return `dmarc-digest: DMARC reports in a mailbox become a history in git, a daily digest and an alarm

  dmarc-digest
      the daily job on the built-in sample mailbox, in a throw-away repository
${all.join("\n")}

dmarc-digest COMMAND --help lists the flags of a command.
`;
}

function flagText(name: (typeof inputNames)[number]): string {
  const { default: fallback }: Setting = inputs[name];
  const { description } = inputWords(name);
  const suffix = fallback === undefined || fallback.startsWith("$") ? "" : ` (default ${fallback})`;
  return `  --${name.padEnd(18)} ${description.en}${suffix}`;
}
