import { knownMailHost, microsoftHost } from "../../config/config.ts";
import type { Sourced } from "../../config/file.ts";
import { schemaUrl, yamlOf } from "../../config/file-keys.ts";
import { inputs } from "../../config/settings.ts";

const workflowPath = ".github/workflows/dmarc.yml";

/** What a set-up is made from. */
export interface SetupAnswers {
  /** A-labels, one at least. */
  domains: readonly string[];
  /** Those of them from which no mail is sent. */
  parked: readonly string[];
  /** The address of the mailbox. */
  user: string;
  /** Its IMAP server. */
  host: string;
  /** The Slack channel; absent for none. */
  channel?: string | undefined;
  language: "en" | "ja";
  /** Other settings, by name. */
  more: ReadonlyMap<string, Pick<Sourced, "written">>;
}

/**
 * The files of a set-up by path, and the secrets that they name: the workflow, of which the README shows the one for its
 * example, and where there is more to say a configuration file.
 */
export function filesFor(answers: SetupAnswers): { files: Map<string, string>; secrets: string[] } {
  const settings = settingsFor(answers);
  const { text, secrets } = workflowFor(answers, settings === undefined);
  const file: [string, string][] = settings === undefined ? [] : [[inputs.config.default, settings]];
  return { files: new Map([[workflowPath, text], ...file]), secrets };
}

/** The text of the configuration file; `undefined` where the workflow says all. */
function settingsFor({ domains, parked, more }: SetupAnswers): string | undefined {
  const others = [...more].filter(([name]) => name !== "post");
  if (parked.length + others.length === 0) return undefined;
  const role = " { role: parked } # its SPF record allows no host, and it has no MX";
  const lines = [
    `# yaml-language-server: $schema=${schemaUrl}`,
    "domains:",
    ...domains.map((domain) => `  ${domain}:${parked.includes(domain) ? role : ""}`),
    ...others.map(([name, { written }]) => `${name}: ${yamlOf(written)}`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function workflowFor(answers: SetupAnswers, isAll: boolean): { text: string; secrets: string[] } {
  const { domains, channel, language, more } = answers;
  const post = more.get("post")?.written;
  const isMicrosoft = answers.host === microsoftHost;
  const preset = knownMailHost(answers.host);
  const secrets = [...(isMicrosoft ? [] : ["IMAP_PASSWORD"]), ...(channel === undefined ? [] : ["SLACK_TOKEN"])];
  const given = [
    ...(isMicrosoft ? microsoftInputs(answers) : passwordInputs(answers)),
    ...(preset === undefined || isMicrosoft
      ? []
      : [`authserv-id: ${preset} # who judges that a report's mail is authentic: your mail host`]),
    ...(isAll ? [`domains: ${domains.join(", ")}`] : []),
    ...(channel === undefined ? [] : [`slack-token: \${{ secrets.SLACK_TOKEN }}`, `slack-channel: ${plain(channel)}`]),
    ...(post === undefined ? [] : [`post: ${yamlOf(post)}`]),
    ...(language === "en" ? [] : [`language: ${language}`]),
    `mode: \${{ inputs.mode || (github.event.schedule == '37 13 * * *' && 'watch') || 'digest' }}`,
  ];
  const text = `name: dmarc
on:
  schedule:
    - cron: "37 6 * * *" # the digest; at an odd minute: GitHub is late at full hours
    - cron: "37 13 * * *" # after Google has reported: early alarms alone
  workflow_dispatch:
    inputs:
      mode:
        description: doctor looks over the set-up, and changes nothing
        type: choice
        options: [digest, watch, doctor]
permissions:
  contents: write # the history
  issues: write # the alarm
${isMicrosoft ? "  id-token: write # the sign-in\n" : ""}concurrency:
  group: dmarc # one run at a time
jobs:
  digest:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    steps:
      - id: dmarc
        uses: org/dmarc-digest@v1
        with:
${given.map((line) => `          ${line}\n`).join("")}`;
  return { text, secrets };
}

/** A text as YAML has it: `#dmarc` would be a comment. */
function plain(text: string): string {
  return /^[\w@.-]+$/.test(text) ? text : JSON.stringify(text);
}

function passwordInputs({ host, user }: SetupAnswers): string[] {
  return [`imap-host: ${host}`, `imap-user: ${plain(user)}`, `imap-password: \${{ secrets.IMAP_PASSWORD }}`];
}

function microsoftInputs({ user }: SetupAnswers): string[] {
  const tenant = user.slice(user.indexOf("@") + 1);
  return [
    "imap-auth: microsoft",
    `imap-user: ${plain(user)}`,
    `tenant: ${tenant}`,
    "client-id: 00000000-0000-0000-0000-000000000000 # of the application: docs/mailboxes.md has the steps",
  ];
}

/** Mail hosts by the names of their MX; what is not among them is taken to read mail at `imap.` of its domain. */
const hostsByMx = [
  [/\.google(mail)?\.com$/, "imap.gmail.com"],
  [/\.outlook\.com$/, microsoftHost],
  [/\.messagingengine\.com$/, "imap.fastmail.com"],
  [/\.icloud\.com$/, "imap.mail.me.com"],
  [/\.zoho\.com$/, "imap.zoho.com"],
  [/\.zoho\.eu$/, "imap.zoho.eu"],
] as const;

/** The IMAP server of a domain, as its MX let one guess. */
export function hostOf(domain: string, exchanges: readonly string[]): string {
  const known = hostsByMx.find(([pattern]) => exchanges.some((name) => pattern.test(name.toLowerCase())));
  return known?.[1] ?? `imap.${domain}`;
}
