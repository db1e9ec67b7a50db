import { knownMailHost, microsoftHost } from "../../config/config.ts";
import type { Sourced } from "../../config/file.ts";
import { docsUrl, repository, schemaUrl, yamlOf } from "../../config/file-keys.ts";
import { inputs } from "../../config/settings.ts";

const workflowPath = ".github/workflows/dmarc.yml";

/** Where reports go to, and how they are read there: by a password, or by a sign-in that stores no secret. */
export interface SetupMailbox {
  user: string;
  /** Its IMAP server; empty where there is none to name. */
  host: string;
  way: "password" | "microsoft" | "google" | "graph" | "s3";
}

type Settings = ReadonlyMap<string, Pick<Sourced, "value" | "written">>;

/** What a set-up is made from. */
export interface SetupAnswers {
  /** A-labels, one at least. */
  domains: readonly string[];
  parked: readonly string[];
  mailboxes: readonly SetupMailbox[];
  reading: Settings;
  channel?: string | undefined;
  language: "en" | "ja";
  more: Settings;
  timeBudget: number;
  /** Whether there is a configuration file already: its settings would hold beside those of the workflow. */
  hasFile: boolean;
}

/**
 * The files of a set-up by path, and the secrets that they name: the workflow, of which the README shows the one for its
 * example, and where there is more to say, or several mailboxes, a configuration file; one that is there is not left as it is.
 */
export function filesFor(answers: SetupAnswers): { files: Map<string, string>; secrets: string[] } {
  const { mailboxes, channel } = answers;
  const settings = settingsFor(answers);
  const passwords = mailboxes.flatMap(({ way }, at) => (way === "password" ? passwordName(at, mailboxes) : []));
  const file: [string, string][] = settings === undefined ? [] : [[inputs.config.default, settings]];
  return {
    files: new Map([[workflowPath, workflowFor(answers, { isInFile: settings !== undefined, passwords })], ...file]),
    secrets: [...passwords, ...(channel === undefined ? [] : ["SLACK_TOKEN"])],
  };
}

/** The secret with the password of a mailbox; the file takes no other names of variables for several. */
function passwordName(at: number, { length }: SetupAnswers["mailboxes"]): string {
  return length === 1 ? "IMAP_PASSWORD" : `DMARC_IMAP_PASSWORD_${at + 1}`;
}

/** The text of the configuration file; `undefined` where the workflow says all. */
function settingsFor({ domains, parked, mailboxes, reading, more, hasFile }: SetupAnswers): string | undefined {
  const others = [...more].filter(([name]) => name !== "post" && name !== "explore");
  if (!hasFile && parked.length + others.length === 0 && mailboxes.length === 1) return undefined;
  const role = " { role: parked } # its SPF record allows no host, and it has no MX";
  const listed = mailboxes.flatMap((one, at) => {
    const password = `\${${passwordName(at, mailboxes)}}`;
    const given = Array.from(reading, ([name, { written }]): [string, string] => [name, yamlOf(written)]);
    const [first, ...rest] = [`name: mailbox-${at + 1}`, ...mailboxInputs(one, password, given)];
    return [`  - ${first}`, ...rest.map((line) => `    ${line}`)];
  });
  const lines = [
    `# yaml-language-server: $schema=${schemaUrl}`,
    ...(mailboxes.length === 1 ? [] : ["mailboxes:", ...listed]),
    "domains:",
    ...domains.map((domain) => `  ${domain}:${parked.includes(domain) ? role : ""}`),
    ...others.map(([name, { written }]) => `${name}: ${yamlOf(written)}`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function workflowFor(
  answers: SetupAnswers,
  { isInFile, passwords }: { isInFile: boolean; passwords: string[] },
): string {
  const { domains, mailboxes, reading, channel, language, more, timeBudget } = answers;
  const post = more.get("post")?.written;
  const explores = more.get("explore")?.value !== false;
  const [only, second] = mailboxes;
  const isSingle = second === undefined;
  const given = [
    ...(only !== undefined && isSingle ? mailboxInputs(only, `\${{ secrets.IMAP_PASSWORD }}`, asTexts(reading)) : []),
    ...(isInFile ? [] : [`domains: ${domains.join(", ")}`]),
    ...(channel === undefined
      ? []
      : [`slack-token: \${{ secrets.SLACK_TOKEN }}`, `slack-channel: ${literal(channel)}`]),
    ...(post === undefined ? [] : [`post: ${yamlOf(post)}`]),
    ...(language === "en" ? [] : [`language: ${language}`]),
    ...(explores ? ["explore: true"] : []),
    `mode: \${{ inputs.mode || (github.event.schedule == '37 13 * * *' && 'watch') || 'digest' }}`,
  ];
  const variables = isSingle ? [] : passwords.map((name) => `          ${name}: \${{ secrets.${name} }}\n`);
  return `name: dmarc
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
${mailboxes.some(({ way }) => way !== "password") ? "  id-token: write # the sign-in\n" : ""}concurrency:
  group: dmarc # one run at a time
jobs:
  digest:
    runs-on: ubuntu-latest
    timeout-minutes: ${Math.ceil(timeBudget / 60_000) + timeToSend}
    steps:
${more.get("store")?.value === "git" ? checkout : ""}${only?.way === "s3" ? signInToAws(reading) : ""}      - id: dmarc
        uses: ${repository}@v1
${variables.length === 0 ? "" : `        env:\n${variables.join("")}`}        with:
${given.map((line) => `          ${line}\n`).join("")}${explores ? upload : ""}`;
}

const checkout = "      - uses: actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6.0.1\n";

/** It uploads a file as it is since version 7; a tag can be moved by whoever owns the action. */
const upload = `      - uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1
        if: always() && steps.dmarc.outputs.explore-path != ''
        with:
          path: \${{ steps.dmarc.outputs.explore-path }}
          archive: false # opens in the browser, behind the reader's login
          retention-days: 7
`;

/** Settings as the inputs of a workflow, which are texts: lists have a line an item. */
function asTexts(settings: Settings): [string, string][] {
  return Array.from(settings, ([name, { written }]) => [name, literal([written].flat().join("\n"))]);
}

function signInToAws(reading: Settings): string {
  return `      - uses: aws-actions/configure-aws-credentials@8df5847569e6427dd6c4fb1cf565c83acfa8afa7 # v6.0.0
        with:
          role-to-assume: arn:aws:iam::000000000000:role/dmarc-digest # yours: ${docsUrl}/aws.md
          aws-region: ${yamlOf(reading.get("s3-region")?.written)}
`;
}

/** So many minutes are left to judge and send when reading stops by itself. */
const timeToSend = 10;

/** A text as YAML has it, in which GitHub finds no expression: it looks for them inside quotes, too. */
function literal(text: string): string {
  return yamlOf(text).replaceAll(`\${{`, `\${{ '\${{' }}`);
}

/** How a mailbox is read, as lines of YAML; what was given takes the place of what is usual. */
function mailboxInputs({ user, host, way }: SetupMailbox, password: string, given: [string, string][]): string[] {
  const preset = knownMailHost(host);
  const application: [string, string][] = [
    ["tenant", user.slice(user.indexOf("@") + 1)],
    ["client-id", `00000000-0000-0000-0000-000000000000 # of the application: ${docsUrl}/mailboxes.md#microsoft-365`],
  ];
  const usual: Record<SetupMailbox["way"], [string, string][]> = {
    password: [
      ["imap-host", literal(host)],
      ["imap-user", literal(user)],
      ["imap-password", password],
      ...(preset === undefined ? [] : [["authserv-id", `${preset} # ${whoJudges}`] satisfies [string, string]]),
    ],
    microsoft: [["imap-auth", "microsoft"], ["imap-user", literal(user)], ...application],
    google: [
      ["imap-auth", "google"],
      ["imap-user", literal(user)],
      ["google-service-account", `dmarc@project.iam.gserviceaccount.com # yours: ${docsUrl}/mailboxes.md#google`],
      ["google-workload-identity-provider", `${provider} # yours`],
    ],
    graph: [["graph", literal(user)], ...application],
    s3: [["authserv-id", "ses # SES judges each mail, where nobody else can put objects into the bucket"]],
  };
  return Array.from(new Map([...usual[way], ...given]), ([name, text]) => `${name}: ${text}`);
}

const provider = "projects/123/locations/global/workloadIdentityPools/github/providers/dmarc";
const whoJudges = "who judges that a report's mail is authentic: your mail host";

/** Mail hosts by the names of their MX; what is not among them is taken to read mail at `imap.` of its domain. */
const hostsByMx = [
  [/^.*\.google(mail)?\.com$/, "imap.gmail.com"],
  // The second one with DNSSEC ("How SMTP DANE works", Microsoft Purview).
  [/^.*\.(outlook\.com|mx\.microsoft)$/, microsoftHost],
  [/^.*\.messagingengine\.com$/, "imap.fastmail.com"],
  [/^.*\.icloud\.com$/, "imap.mail.me.com"],
  [/^.*\.zoho\.(com|eu|in|jp|com\.au)$/, "imappro.zoho.$1"],
] as const;

/** The IMAP server of a domain, as its MX let one guess. */
export function hostOf(domain: string, exchanges: readonly string[]): string {
  for (const [pattern, host] of hostsByMx) {
    const name = exchanges.map((exchange) => exchange.toLowerCase()).find((exchange) => pattern.test(exchange));
    if (name !== undefined) return name.replace(pattern, host);
  }
  return `imap.${domain}`;
}

/** A path as one word of a shell, that begins no option. */
export function shellWord(path: string): string {
  const word = path.startsWith("-") ? `./${path}` : path;
  return /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
