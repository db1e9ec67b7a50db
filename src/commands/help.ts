import { judgingInputs, trustInputs } from "../config/config.ts";
import { inputNames, inputs, type Setting } from "../config/settings.ts";

/** The text of `dmarc-digest --help`. */
export function helpText(): string {
  return `dmarc-digest: DMARC reports in a mailbox become a history in git, a daily digest and an alarm

  dmarc-digest                     the daily job on the built-in sample mailbox, in a throw-away repository
  dmarc-digest init [--folder .]   asks a few questions, writes the workflow, and says which secrets to set and which DNS records to
                                   publish; answers by flags: --domains, --imap-user, --imap-host, --slack-channel, --language;
                                   --force replaces a workflow that is there
  dmarc-digest run [FLAGS]         the daily job; its flags are the inputs of the Action, see below
  dmarc-digest doctor [FLAGS]      looks over the set-up: sign-in, DNS of the domains, Slack, GitHub; the flags are those of run
  dmarc-digest config [FLAGS]      the settings of that job, with the file's, and where each of them came from; no secrets
  dmarc-digest import PATH…        adds the reports of an archive (.eml, Maildir, mbox, .xml, .gz, .zip, folders of them) to the
                                   history, and tells nobody; takes the flags of run
  dmarc-digest read PATH… [--json] what is in these files and folders; changes nothing
  dmarc-digest verify-mail FILE    whether this mail is authentic and its reports count, step by step; takes the flags
                                   ${trustInputs.map((name) => `--${name}`).join(", ")}
  dmarc-digest sample FOLDER       writes the sample mailbox as .eml files
  dmarc-digest verify [DATA]       checks every file of the history in this folder (default data); changes nothing
  dmarc-digest rebuild [DATA]      makes the index files of the history anew from its day files
  dmarc-digest replay [DATA] [--since DAY] [--json]
                                   what today's rules would have said on each day, by what had been received by then; takes
                                   the flags ${judgingInputs.map((name) => `--${name}`).join(", ")}
  dmarc-digest why NAME [DATA] [--json]
                                   of an address, a sender or a domain: since when it sends, what its mail shows by day, who
                                   reported it in which commits, its incidents, and the lines to answer for it; takes the same flags
  dmarc-digest prune --keep-months N [--data-path DATA] [--dry-run]
                                   starts the history's branch anew with its newest months, for those who must forget

Flags of run. Each can also be given as a variable, secrets best so: DMARC_DIGEST_IMAP_PASSWORD for --imap-password.

${inputNames.map(flagText).join("\n")}
`;
}

function flagText(name: (typeof inputNames)[number]): string {
  const { description, default: fallback }: Setting = inputs[name];
  const suffix = fallback === undefined || fallback.startsWith("$") ? "" : ` (default ${fallback})`;
  return `  --${name.padEnd(18)} ${description}${suffix}`;
}
