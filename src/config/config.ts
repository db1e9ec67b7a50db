import type * as z from "zod";
import type { Thresholds } from "../digest/rules/rules.ts";
import type { Verdict } from "../digest/verdict.ts";
import type { Shard } from "../history/intake/intake.ts";
import { normalDomain, organizationalDomain } from "../report/domain.ts";
import { defaultLimits, type Limits } from "../report/limits.ts";
import type { SaidSender } from "../report/source/source.ts";
import { isSharedDomain, parseTrustedHost, type TrustedHost } from "../report/trust/trust.ts";
import { ConfigError } from "./config-error.ts";
import {
  type AwsEnvironment,
  awsEnvironment,
  type GithubEnvironment,
  githubEnvironment,
  secretVariables,
  slackApiUrl,
  type WorkflowIdentity,
  workflowIdentity,
} from "./environment.ts";
import { type Input, type InputName, inputNames, inputs, weekdays } from "./inputs.ts";

export { ConfigError } from "./config-error.ts";

/** Whom the user believes. */
export interface TrustConfig {
  /** Own domains as A-labels; none when the user named none, and nothing else names one. */
  domains: string[];
  /** Hosts whose `Authentication-Results` are believed; none when the user named none. */
  trustedHosts: TrustedHost[];
  /** Domains of reporters that count beside the known ones. */
  trustedReporters: string[];
  /** Whether reports count of which nothing shows that they are authentic. */
  countsUnverified: boolean;
  /** Of the machine when absent. */
  dnsServers?: string[];
}

/** The configuration of a run, checked. Nothing but `config/` reads inputs or the environment. */
export interface Config extends TrustConfig {
  /** Which domains are ours beside `domains`: none, those that the history has, or all that a report that counts is about. */
  otherDomains: "none" | "kept" | "counting";
  mailboxes: MailboxConfig[];
  settleHours: number;
  /** Whether the run only reads mails and posts early alarms: due days wait for the next one. */
  isWatch: boolean;
  /** Whether the run only looks over the set-up. */
  isDoctor: boolean;
  /** Whether the mails are left for another job to commit; see `steps/collected`. */
  isCollecting: boolean;
  /** Which share of the mails is read; absent for all. */
  shard?: Shard;
  /** Files, or folders with them, of what other jobs have collected, to be read in place of the mailboxes; empty for none. */
  collected: string[];
  /** Whether what DNS says of our domains is kept, and told once a week. */
  isDnsWatched: boolean;
  thresholds: Thresholds;
  /** What the user has said of senders. */
  senders: SaidSender[];
  limits: Limits;
  /** Of messages, issues and summaries. */
  language: "en" | "ja";
  /** Which records the CSV lists. */
  csv: "any-fail" | "dmarc-fail" | "none";
  slack?: SlackConfig;
  /** Whether quiet digests only go into the thread of the last message. */
  postsChanges: boolean;
  /** The weekday of the weekly message, from 0 for Sunday; absent for none. */
  weekday?: number;
  /** Whether a message is posted when a run failed, and when none comes. */
  notifiesFailure: boolean;
  /** The verdict from which on the run itself fails; absent for never. */
  failOn?: Exclude<Verdict, "ok">;
  /** Fetched after a run that went well. */
  heartbeatUrl?: string;
  /** Where issues are opened; absent outside of GitHub or without a token. */
  github?: GithubEnvironment & { token: string };
  /** Who answers for a domain, and what its issue has, by its organizational domain. */
  issueSettingsOf: (domain: string) => IssueSettings;
  /** Links to the run and to files, when GitHub runs this. */
  webUrl?: string;
  runUrl?: string;
  /** The page of the workflow that this run is one of. */
  workflowUrl?: string;
  store: StoreConfig;
  /** Whether the history may be in a repository that everybody can read. */
  allowsPublic: boolean;
  /** Whether recipients' domains and comments are kept. */
  keepsRecipients: boolean;
  /** Reports about periods that ended before are not kept. */
  oldest: Date;
  /** Mails that arrived since are read again. */
  rereadSince?: Date;
  /** Milliseconds after which reading stops. */
  timeBudget: number;
  /** Milliseconds for which the record of what was sent is tried again. */
  patience: number;
  /** Days after which mails that are done with are deleted; absent for never. */
  mailRetentionDays?: number;
  /** Whether DNS is asked whose the networks of nameless senders are. */
  namesNetworks: boolean;
  isDryRun: boolean;
  /** The moment for which the run is made. */
  now: Date;
  /** Whether that is the present, and not a moment that the input `now` names. */
  isPresent: boolean;
  /** Who claims the days to be sent: the id of the workflow run, or one of this process. */
  runId: string;
  /** Folder for the digest, the CSV and the Slack payload; a new temporary one when absent. */
  outputPath?: string;
}

/** How the issue of a domain is opened. */
export interface IssueSettings {
  /** Who answers for the domain, as a person has written it. */
  owner?: string;
  /** Users of GitHub. */
  assignees: string[];
  /** Labels beside the one by which the issue is found. */
  labels: string[];
  /** `owner/name`; the repository of the workflow when absent. */
  repository?: string;
  /** Token for the issues; that of `github` when absent. */
  token?: string;
}

/** A mailbox to read; `name` is its name in the history. */
export type MailboxConfig =
  | {
      kind: "imap";
      name: string;
      host: string;
      port: number;
      security: "tls" | "starttls" | "none";
      user: string;
      signIn: SignInConfig;
      folder: string;
      since: Date;
    }
  | {
      kind: "s3";
      name: string;
      bucket: string;
      prefix: string;
      region: string;
      /** Of another service than Amazon S3. */
      endpoint?: string;
      credentials: NonNullable<AwsEnvironment["credentials"]>;
      since: Date;
    }
  | { kind: "files"; name: string; paths: string[] };

/** How a mailbox is signed in to; see `io/sign-in`. `identity` is how the workflow run asks for its identity token. */
export type SignInConfig =
  | { kind: "password"; password: string }
  | { kind: "token"; accessToken: string }
  | {
      kind: "microsoft";
      tenant: string;
      clientId: string;
      clientSecret?: string;
      identity?: WorkflowIdentity;
    }
  | { kind: "google"; by: "refresh-token"; clientId: string; clientSecret: string; refreshToken: string }
  | {
      kind: "google";
      by: "service-account";
      serviceAccount: string;
      provider: string;
      identity?: WorkflowIdentity;
    };

/** Where the history is kept; `dataPath` is a folder of the work tree, or of the repository. */
export type StoreConfig =
  | { kind: "git"; dataPath: string }
  | { kind: "github"; dataPath: string; dataBranch?: string; github: GithubEnvironment & { token: string } };

/** How Slack is reached. */
export type SlackConfig =
  | { kind: "bot"; token: string; channel: string; apiUrl?: string }
  | { kind: "webhook"; url: string };

type Value<Name extends InputName> = z.output<(typeof inputs)[Name]["schema"]>;

/** The inputs, read: those with a default in the table of inputs are always there, but for one that only GitHub can fill in. */
type Values = {
  [Name in InputName]: (typeof inputs)[Name] extends { default: string }
    ? Value<Name> | (Name extends "github-token" ? undefined : never)
    : Value<Name> | undefined;
};

/**
 * The configuration in the inputs.
 *
 * @param given - Text by input name; an empty text counts as not given.
 * @param environment - Of the process: what GitHub's runner says of the run (`GITHUB_*`, `RUNNER_TEMP`).
 * @param clock - The time, unless the input `now` says otherwise.
 * @throws ConfigError that says of each wrong input what was expected, what came, and gives an example. Never a secret.
 */
export function readConfig(
  given: Readonly<Record<string, string | undefined>>,
  environment: NodeJS.ProcessEnv,
  clock: Date,
): Config {
  const values = parseInputs(given);
  const now = new Date(values.now ?? clock);
  const github = githubEnvironment(environment);
  const token = values["github-token"];
  const webUrl = github && `${github.serverUrl}/${github.repository}`;
  const mailboxes = readMailboxes(values, now, environment);
  return {
    mailboxes,
    ...trustIn(values),
    ...ownDomainsIn(values, mailboxes),
    isWatch: values.mode === "watch",
    isDoctor: values.mode === "doctor",
    isCollecting: values.mode === "collect",
    shard: values.shard,
    collected: values.collected ?? [],
    isDnsWatched: values.doctor === "weekly",
    ...judgingIn(values),
    limits: { ...defaultLimits, ...values.limits },
    language: values.language,
    csv: values.csv,
    slack: readSlack(values, environment),
    postsChanges: values.post === "changes",
    weekday: weekdayIn(values),
    notifiesFailure: values["notify-failure"],
    failOn: values["fail-on"] === "never" ? undefined : values["fail-on"],
    heartbeatUrl: values["heartbeat-url"],
    github: github !== undefined && token !== undefined ? { ...github, token } : undefined,
    issueSettingsOf: () => issueSettingsIn(values),
    webUrl,
    runUrl: github?.runId && `${webUrl}/actions/runs/${github.runId}`,
    workflowUrl: github?.workflow && `${webUrl}/actions/workflows/${github.workflow}`,
    store: readStore(values, github),
    allowsPublic: values["allow-public"],
    keepsRecipients: values["keep-recipients"],
    oldest: sinceDate({ days: values["max-report-age"] }, now),
    rereadSince: values.reread && sinceDate(values.reread, now),
    timeBudget: values["time-budget"],
    patience: 5 * 60_000,
    mailRetentionDays: values["mail-retention-days"],
    namesNetworks: values["network-names"],
    isDryRun: values["dry-run"],
    now,
    isPresent: values.now === undefined,
    runId: github?.runId ?? `local-${process.pid}-${clock.getTime()}`,
    outputPath: environment.RUNNER_TEMP,
  };
}

/** The names of the inputs that say whom to believe. */
export const trustInputs = ["domains", "authserv-id", "trusted-reporters", "count-unverified", "dns-servers"] as const;

/**
 * Whom to believe, by the inputs of `trustInputs` alone.
 *
 * @throws ConfigError as `readConfig` does.
 */
export function readTrust(given: Readonly<Partial<Record<(typeof trustInputs)[number], string>>>): TrustConfig {
  return trustIn(parseInputs(given));
}

/** The names of the inputs that say how a history is judged. */
export const judgingInputs = [
  "trusted-reporters",
  "count-unverified",
  "senders",
  "settle-hours",
  "max-fail-rate",
  "max-failures",
  "min-messages",
] as const;

/** How a history is judged, without a mailbox or a place to send to. */
export type JudgingConfig = Pick<
  Config,
  "trustedReporters" | "countsUnverified" | "senders" | "settleHours" | "thresholds"
>;

/**
 * How a history is judged, by the inputs of `judgingInputs` alone.
 *
 * @throws ConfigError as `readConfig` does.
 */
export function readJudging(given: Readonly<Partial<Record<(typeof judgingInputs)[number], string>>>): JudgingConfig {
  const values = parseInputs(given);
  const { trustedReporters, countsUnverified } = trustIn(values);
  return { trustedReporters, countsUnverified, ...judgingIn(values) };
}

function issueSettingsIn(values: Values): IssueSettings {
  return {
    owner: values.owner,
    assignees: values.assignees ?? [],
    labels: values.labels ?? [],
    repository: values["issue-repository"],
    token: values["issue-token"],
  };
}

function judgingIn(values: Values): Pick<Config, "senders" | "settleHours" | "thresholds"> {
  return {
    senders: values.senders ?? [],
    settleHours: values["settle-hours"],
    thresholds: {
      ...(values["max-fail-rate"] !== undefined && { maxFailRate: values["max-fail-rate"] }),
      ...(values["max-failures"] !== undefined && { maxFailures: values["max-failures"] }),
      minMessages: values["min-messages"],
    },
  };
}

function trustIn(values: Values): TrustConfig {
  return {
    domains: values.domains ?? [],
    trustedHosts: values["authserv-id"] ?? trustedHostOf(values["imap-host"] ?? hostOf(values["imap-auth"])),
    trustedReporters: values["trusted-reporters"] ?? [],
    countsUnverified: values["count-unverified"],
    dnsServers: values["dns-servers"],
  };
}

/** Mail hosts that are known by the name of their IMAP server, and who judges there that mails are authentic. */
const knownHosts = [
  ["imap.gmail.com", "gmail"],
  ["outlook.office365.com", "microsoft365"],
  ["imap.fastmail.com", "fastmail"],
  ["imap.mail.me.com", "icloud"],
  ["imap.zoho.com", "zoho"],
  ["imap.zoho.eu", "zoho"],
  ["imap.zoho.jp", "zoho"],
] as const;

/** Who judges mails at the host that has this IMAP server, as `authserv-id` names it; `undefined` for one that is not known. */
export function knownMailHost(imapHost: string | undefined): string | undefined {
  return knownHosts.find(([host]) => host === imapHost?.toLowerCase())?.[1];
}

function trustedHostOf(imapHost: string | undefined): TrustedHost[] {
  const preset = knownMailHost(imapHost);
  const trusted = preset === undefined ? undefined : parseTrustedHost(preset);
  return trusted === undefined ? [] : [trusted];
}

/** The secrets among the inputs and in the environment, to be masked before the first line is logged. */
export function secretsOf(
  given: Readonly<Record<string, string | undefined>>,
  environment: NodeJS.ProcessEnv = {},
): string[] {
  const names = inputNames.filter((name) => (inputs[name] as Input).isSecret);
  const secrets = [...names.map((name) => given[name]), ...secretVariables.map((name) => environment[name])];
  return secrets.flatMap((secret) => secret || []);
}

function parseInputs(given: Readonly<Record<string, string | undefined>>): Values {
  const problems = Object.keys(given)
    .filter((name) => !(name in inputs))
    .map(unknownInput);
  const values: Record<string, unknown> = {};
  for (const name of inputNames) {
    const input: Input = inputs[name];
    const text = given[name] || (input.default?.startsWith("$") ? undefined : input.default);
    if (text === undefined) continue;
    const result = input.schema.safeParse(text);
    if (result.success) values[name] = result.data;
    else problems.push(wrongInput(name, input, text));
  }
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return values as unknown as Values;
}

function wrongInput(name: string, { expected, example, isSecret }: Input, text: string): string {
  const got = isSecret
    ? `a value of ${text.length} characters (a secret, not shown)`
    : JSON.stringify(text.slice(0, 200));
  return `Input ${name} must be ${expected}, got ${got}. Example: ${example}`;
}

function unknownInput(name: string): string {
  const near = inputNames.find((known) => isNear(known, name));
  return `Unknown input ${name}. ${near === undefined ? `Known are ${inputNames.join(", ")}` : `Did you mean ${near}?`}`;
}

/** Whether two names differ by at most two letters, hyphens and underscores apart. */
function isNear(known: string, name: string): boolean {
  const [a, b] = [known, name].map((text) => text.replaceAll(/[-_]/g, ""));
  return a !== undefined && b !== undefined && editDistance(a, b) <= 2;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of a.split("").entries()) {
    const next = [i + 1];
    for (const [j, other] of b.split("").entries()) {
      const [left = 0, above = 0, diagonal = 0] = [next[j], row[j + 1], row[j]];
      next.push(Math.min(left + 1, above + 1, diagonal + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function readMailboxes(values: Values, now: Date, environment: NodeJS.ProcessEnv): MailboxConfig[] {
  const paths = values["mail-path"];
  const files: MailboxConfig[] = paths === undefined ? [] : [{ kind: "files", name: "files", paths }];
  const buckets =
    values.s3 === undefined ? [] : readBuckets(values, values.s3, { now, ...awsEnvironment(environment) });
  const host = values["imap-host"] ?? hostOf(values["imap-auth"]);
  const identity = workflowIdentity(environment);
  const mailboxes = [...(host === undefined ? [] : [readImap(values, { host, now, identity })]), ...buckets, ...files];
  if (mailboxes.length > 0 || values.collected !== undefined) return mailboxes;
  throw new ConfigError(
    "No mailbox to read. Give imap-host, imap-user and imap-password for a mailbox, s3 for a bucket, or mail-path for files on disk.",
  );
}

function readBuckets(
  values: Values,
  buckets: NonNullable<Values["s3"]>,
  { now, credentials, region: usual }: { now: Date } & AwsEnvironment,
): MailboxConfig[] {
  // To its address anybody can send a report about any domain, and it says nothing of whose it is.
  if (values["imap-user"] === undefined) needed(values, "domains", "s3 is given");
  if (credentials === undefined) {
    throw new ConfigError(
      "Input s3 needs credentials: let aws-actions/configure-aws-credentials run in a step before (permissions: id-token: write), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    );
  }
  const endpoint = values["s3-endpoint"];
  const given = values["s3-region"] ?? usual ?? (endpoint === undefined ? undefined : "us-east-1");
  const region = given ?? needed(values, "s3-region", "s3 is given, and AWS_REGION is not set");
  const since = sinceDate(values.since, now);
  return buckets.map((bucket, index) => {
    // As of other mailboxes, the history does not say where it is.
    const name = index === 0 ? "s3" : `s3-${index + 1}`;
    return { kind: "s3", name, ...bucket, region, endpoint, credentials, since };
  });
}

/**
 * Which domains are ours: those that are named. Else that of `imap-user` and its organizational domain, unless it is one
 * where everybody can have an address; of files that were put there by hand all.
 */
function ownDomainsIn({ domains }: Values, mailboxes: MailboxConfig[]): Pick<Config, "domains" | "otherDomains"> {
  if (domains !== undefined) return { domains, otherDomains: "none" };
  const imap = mailboxes.find((mailbox) => mailbox.kind === "imap");
  if (imap === undefined) return { domains: [], otherDomains: "counting" };
  const [, domain = ""] = /@([^@]*)$/.exec(imap.user) ?? [];
  const own = normalDomain(domain);
  if (own?.includes(".") !== true || isSharedDomain(own)) return { domains: [], otherDomains: "kept" };
  return { domains: [...new Set([own, organizationalDomain(own)])], otherDomains: "kept" };
}

/** The host of a sign-in that only one service has. */
function hostOf(auth: Values["imap-auth"]): string | undefined {
  if (auth === "microsoft") return "outlook.office365.com";
  return auth === "google" ? "imap.gmail.com" : undefined;
}

function readImap(
  values: Values,
  { host, now, identity }: { host: string; now: Date; identity: WorkflowIdentity | undefined },
): MailboxConfig {
  const { "imap-security": security } = values;
  return {
    kind: "imap",
    name: "imap",
    host,
    port: values["imap-port"] ?? (security === "tls" ? 993 : 143),
    security,
    user: needed(values, "imap-user", `imap-host ${host} is given`),
    signIn: readSignIn(values, host, identity),
    folder: values["imap-folder"],
    since: sinceDate(values.since, now),
  };
}

function readSignIn(values: Values, host: string, identity: WorkflowIdentity | undefined): SignInConfig {
  const { "imap-auth": auth, "imap-access-token": accessToken, "client-secret": clientSecret } = values;
  const why = `imap-auth is ${auth}`;
  switch (auth) {
    case undefined:
      if (accessToken !== undefined) return { kind: "token", accessToken };
      return { kind: "password", password: needed(values, "imap-password", `imap-host ${host} is given`) };
    case "microsoft": {
      const [tenant, clientId] = [needed(values, "tenant", why), needed(values, "client-id", why)];
      return { kind: "microsoft", tenant, clientId, clientSecret, identity };
    }
    case "google": {
      const { "google-service-account": serviceAccount } = values;
      if (serviceAccount !== undefined) {
        const provider = needed(values, "google-workload-identity-provider", "google-service-account is given");
        return { kind: "google", by: "service-account", serviceAccount, provider, identity };
      }
      const clientId = needed(values, "client-id", why);
      const secrets = {
        clientSecret: needed(values, "client-secret", why),
        refreshToken: needed(values, "refresh-token", why),
      };
      return { kind: "google", by: "refresh-token", clientId, ...secrets };
    }
    default:
      return auth satisfies never;
  }
}

/** An input that others make necessary. */
function needed<Name extends InputName>(values: Values, name: Name, why: string): NonNullable<Values[Name]> {
  const value = values[name];
  if (value !== undefined && value !== null) return value;
  throw new ConfigError(`Input ${name} is missing: ${why}. Example: ${inputs[name].example}`);
}

function sinceDate(since: NonNullable<Values["since"]>, now: Date): Date {
  return "date" in since ? new Date(since.date) : new Date(now.getTime() - since.days * 86_400_000);
}

function weekdayIn({ weekly }: Values): number | undefined {
  return weekly === "none" ? undefined : weekdays.indexOf(weekly);
}

function readStore(values: Values, github: GithubEnvironment | undefined): StoreConfig {
  const { "github-token": token, "data-path": dataPath, "data-branch": dataBranch } = values;
  const kind = values.store ?? (github === undefined || token === undefined ? "git" : "github");
  if (kind === "git") {
    if (dataBranch === undefined) return { kind, dataPath };
    throw new ConfigError(
      "Input data-branch is for store github; with store git, check that branch out and name its folder by data-path.",
    );
  }
  if (github === undefined || token === undefined) {
    throw new ConfigError(
      "Input store is github, which needs a GitHub Action's environment (GITHUB_REPOSITORY) and github-token. " +
        "Give them, or set store to git.",
    );
  }
  const path = dataPath.replace(/^(\.\/+)+|(?<=.)\/+$/g, "");
  if (/^\/|(^|\/)\.\.?(\/|$)|\/\/|\\|(^|\/)\.git(\/|$)/i.test(path === "." ? "" : path)) {
    throw new ConfigError(
      `Input data-path must be a folder of the repository for store github, got ${JSON.stringify(dataPath)}. Example: data`,
    );
  }
  return { kind, dataPath: path === "." ? "" : path, dataBranch, github: { ...github, token } };
}

function readSlack(values: Values, environment: NodeJS.ProcessEnv): SlackConfig | undefined {
  const { "slack-token": token, "slack-channel": channel, "slack-webhook-url": url } = values;
  if (token !== undefined && url !== undefined) {
    throw new ConfigError(
      "Inputs slack-token and slack-webhook-url are both given. Give one: the token can send the CSV.",
    );
  }
  if ((token === undefined) !== (channel === undefined)) {
    const missing = token === undefined ? "slack-token" : "slack-channel";
    throw new ConfigError(`Input ${missing} is missing: slack-token and slack-channel go together.`);
  }
  if (token !== undefined && channel !== undefined) {
    return { kind: "bot", token, channel, apiUrl: slackApiUrl(environment) };
  }
  return url === undefined ? undefined : { kind: "webhook", url };
}
