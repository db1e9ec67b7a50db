import type { Verdict } from "../digest/verdict.ts";
import type { Shard } from "../history/intake/intake.ts";
import { normalDomain, organizationalDomain } from "../report/domain.ts";
import { makeFault } from "../report/fault.ts";
import { defaultLimits, type Limits } from "../report/limits.ts";
import { isSharedDomain, type Trust, type TrustedHost } from "../report/trust/trust.ts";
import { ConfigError } from "./config-error.ts";
import {
  type IssueSettings,
  issueSettingsIn,
  type Judging,
  judgingIn,
  layerOfDomains,
  trustIn,
} from "./domain-settings.ts";
import { type GithubEnvironment, githubEnvironment, secretVariables, slackApiUrl } from "./environment.ts";
import type { SettingsFile } from "./file.ts";
import { addressesOf, type MailboxConfig, readMailboxes, sinceDate, trustedHostsIn } from "./mailboxes.ts";
import { type RouteOf, readSlack, type SlackConfig } from "./routes.ts";
import { type InputName, inputNames, isSecret, placeOf } from "./settings.ts";
import { type Given, readSources, type Sources, settingError, type Values, valuesOf } from "./sources.ts";
import { weekdays } from "./values.ts";

export { ConfigError } from "./config-error.ts";
export type { IssueSettings, Judging } from "./domain-settings.ts";
export { addressesOf, knownMailHost, type MailboxConfig, microsoftHost } from "./mailboxes.ts";

/** Whom the user believes. */
export interface TrustConfig {
  /** Own domains as A-labels; none when the user named none, and nothing else names one. */
  domains: string[];
  /** Hosts whose `Authentication-Results` are believed; none when the user named none. */
  trustedHosts: TrustedHost[];
  trust: Trust;
  /** Domains of reporters that are believed in anything: in what they say about one of our domains at least. */
  believedReporters: string[];
  /** Of the machine when absent. */
  dnsServers?: string[];
}

/** The configuration of a run, checked. Nothing but `config/` reads inputs or the environment. */
export interface Config extends Omit<TrustConfig, "trustedHosts"> {
  /** Which domains are ours beside `domains`: none, those that the history has, or all that a report that counts is about. */
  otherDomains: "none" | "kept" | "counting";
  mailboxes: MailboxConfig[];
  settleHours: number;
  /**
   * `watch`: mails are read and early alarms posted, and due days wait for the next run. `collect`: mails are left for another
   * job to commit; see `collectMails`. `doctor`: the set-up is looked over, and nothing changed. `import`: mails are only
   * added to the history, and no digest tells of them.
   */
  mode: "digest" | "watch" | "collect" | "doctor" | "import";
  /** Which share of the mails is read; absent for all. */
  shard?: Shard;
  /** Files, or folders with them, of what other jobs have collected, to be read in place of the mailboxes; empty for none. */
  collected: string[];
  /** Whether what DNS says of our domains is kept, and told once a week. */
  isDnsWatched: boolean;
  /** Where the configuration file is, or would be. */
  filePath: string;
  /** What a person has set of domains: limits, roles, whose senders are, mutes. */
  judging: Judging;
  limits: Limits;
  /** Of messages, issues and summaries. */
  language: "en" | "ja";
  /** Which records the CSV lists. */
  csv: "any-fail" | "dmarc-fail" | "none";
  slack?: SlackConfig | undefined;
  /** Where the digest of a domain goes beside that. */
  routeOf: RouteOf;
  /** Whom of Slack a message names when there is something new to act on at a domain. */
  mentionOf: (domain: string) => string | undefined;
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
  /** Whether the page to explore the history is written. */
  isExploring: boolean;
  /** The moment for which the run is made. */
  now: Date;
  /** Whether that is the present, and not a moment that the input `now` names. */
  isPresent: boolean;
  /** Who claims the days to be sent: the id of the workflow run, or one of this process. */
  runId: string;
  /** Folder for the digest, the CSV and the Slack payload; a new temporary one when absent. */
  outputPath?: string;
}

/** Where the history is kept; `dataPath` is a folder of the work tree, or of the repository. */
export type StoreConfig =
  | { kind: "git"; dataPath: string }
  | { kind: "github"; dataPath: string; dataBranch?: string; github: GithubEnvironment & { token: string } };

/**
 * The configuration of a run, from the inputs and the file.
 *
 * @param given - Text by input name; an empty text counts as not given.
 * @param environment - Of the process: what GitHub's runner says of the run (`GITHUB_*`, `RUNNER_TEMP`).
 * @param clock - The time, unless the input `now` says otherwise.
 * @param file - What the file says, if there is one.
 * @throws ConfigError that says of each wrong input what was expected, what came, and gives an example. Never a secret.
 */
export function readConfig(given: Given, environment: NodeJS.ProcessEnv, clock: Date, file?: SettingsFile): Config {
  const sources = readSources(given, file);
  const values = valuesOf(sources.top);
  const now = new Date(values.now ?? clock);
  const github = githubEnvironment(environment);
  const token = values["github-token"];
  const webUrl = github && `${github.serverUrl}/${github.repository}`;
  const mailboxes = readMailboxes(sources, now, environment);
  const layerOf = layerOfDomains(sources);
  return {
    mailboxes,
    ...trustIn(sources),
    dnsServers: values["dns-servers"],
    ...ownDomainsIn(values, mailboxes),
    mode: values.mode,
    shard: shardIn(values),
    collected: collectedIn(values),
    isDnsWatched: values.doctor === "weekly",
    settleHours: values["settle-hours"],
    filePath: values.config,
    judging: judgingIn(sources),
    limits: { ...defaultLimits, ...values.limits },
    language: values.language,
    csv: values.csv,
    ...readSlack(sources, slackApiUrl(environment)),
    mentionOf: (domain) => valuesOf(layerOf(domain)).mention,
    postsChanges: values.post === "changes",
    weekday: weekdayIn(values),
    notifiesFailure: values["notify-failure"],
    failOn: values["fail-on"] === "never" ? undefined : values["fail-on"],
    heartbeatUrl: values["heartbeat-url"],
    github: github !== undefined && token !== undefined ? { ...github, token } : undefined,
    issueSettingsOf: issueSettingsIn(sources),
    webUrl,
    runUrl: github?.runId && `${webUrl}/actions/runs/${github.runId}`,
    workflowUrl: github?.workflow && `${webUrl}/actions/workflows/${github.workflow}`,
    store: readStore(sources, github),
    allowsPublic: values["allow-public"],
    keepsRecipients: values["keep-recipients"],
    oldest: sinceDate({ days: values["max-report-age"] }, now),
    rereadSince: values.reread && sinceDate(values.reread, now),
    timeBudget: values["time-budget"],
    patience: 5 * 60_000,
    mailRetentionDays: values["mail-retention-days"],
    namesNetworks: values["network-names"],
    isDryRun: values["dry-run"],
    isExploring: values.explore,
    now,
    isPresent: values.now === undefined,
    runId: github?.runId ?? `local-${process.pid}-${clock.getTime()}`,
    outputPath: environment.RUNNER_TEMP,
  };
}

/** The names of the inputs that say whom to believe. */
export const trustInputs = ["domains", "authserv-id", "trusted-reporters", "count-unverified", "dns-servers"] as const;

/**
 * Whom to believe, by the inputs of `trustInputs` and the file alone; by the word of the hosts of all its mailboxes.
 *
 * @throws ConfigError as `readConfig` does.
 */
export function readTrust(
  given: Readonly<Partial<Record<(typeof trustInputs)[number], string>>>,
  file?: SettingsFile,
): TrustConfig {
  const sources = readSources(given, file);
  const { top, mailboxes } = sources;
  const values = valuesOf(top);
  const hosts = mailboxes.flatMap(({ layer }) => trustedHostsIn(valuesOf(layer)));
  const { domains = [], "dns-servers": dnsServers } = values;
  return { ...trustIn(sources), domains, trustedHosts: hosts, dnsServers };
}

/** The names of the inputs that a set-up can be made from: all that is not secret, of one run, or read with keys or from a disk. */
export const setupInputs: readonly InputName[] = inputNames.filter(
  (name) =>
    name === "domains" || !(isSecret(name) || placeOf(name) === "input" || ["s3-endpoint", "mail-path"].includes(name)),
);

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

/** How a history is judged and in which language that is said, without a mailbox or a place to send to. */
export type JudgingConfig = Pick<Config, "trust" | "settleHours" | "judging" | "language">;

/**
 * How a history is judged, by the inputs of `judgingInputs`, `language` and the file alone.
 *
 * @throws ConfigError as `readConfig` does.
 */
export function readJudging(
  given: Readonly<Partial<Record<(typeof judgingInputs)[number] | "language", string>>>,
  file?: SettingsFile,
): JudgingConfig {
  const sources = readSources(given, file);
  const { "settle-hours": settleHours, language } = valuesOf(sources.top);
  return { trust: trustIn(sources).trust, settleHours, judging: judgingIn(sources), language };
}

/** The secrets among the inputs and in the environment, to be masked before the first line is logged. */
export function secretsOf(given: Given, environment: NodeJS.ProcessEnv = {}): string[] {
  const secrets = [
    ...inputNames.filter(isSecret).map((name) => given[name]),
    ...secretVariables.map((name) => environment[name]),
  ];
  return secrets.flatMap((secret) => secret || []);
}

/**
 * Which domains are ours: those that are named. Else that of `imap-user` and its organizational domain, unless it is one
 * where everybody can have an address; of files that were put there by hand all.
 */
function ownDomainsIn({ domains }: Values, mailboxes: MailboxConfig[]): Pick<Config, "domains" | "otherDomains"> {
  if (domains !== undefined) return { domains, otherDomains: "none" };
  if (!mailboxes.some((mailbox) => "user" in mailbox)) return { domains: [], otherDomains: "counting" };
  const [, domain = ""] = /@([^@]*)$/.exec(addressesOf(mailboxes)[0] ?? "") ?? [];
  const own = normalDomain(domain);
  if (own?.includes(".") !== true || isSharedDomain(own)) return { domains: [], otherDomains: "kept" };
  return { domains: [...new Set([own, organizationalDomain(own)])], otherDomains: "kept" };
}

/** By any other mode the mails of the other shards would be taken for read. */
function shardIn({ mode, shard }: Values): Shard | undefined {
  if (shard !== undefined && mode !== "collect") throw new ConfigError([makeFault("shard-alone", { mode })]);
  return shard;
}

/** A job that collects would leave again what others have left, and read no mailbox. */
function collectedIn({ mode, collected = [] }: Values): string[] {
  if (mode === "collect" && collected.length > 0) throw new ConfigError([makeFault("collect-collected", {})]);
  return collected;
}

function weekdayIn({ weekly }: Values): number | undefined {
  return weekly === "none" ? undefined : weekdays.indexOf(weekly);
}

function readStore(sources: Sources, github: GithubEnvironment | undefined): StoreConfig {
  const { store, "github-token": token, "data-path": dataPath, "data-branch": dataBranch } = valuesOf(sources.top);
  const kind = store ?? (github === undefined || token === undefined ? "git" : "github");
  if (kind === "git") {
    if (dataBranch === undefined) return { kind, dataPath };
    throw settingError(sources, "data-branch", makeFault("branch-for-git", {}));
  }
  if (github === undefined || token === undefined) {
    throw settingError(sources, "store", makeFault("store-github", {}));
  }
  const path = dataPath.replace(/^(\.\/+)+|(?<=.)\/+$/g, "");
  if (/^\/|(^|\/)\.\.?(\/|$)|\/\/|\\|(^|\/)\.git(\/|$)/i.test(path === "." ? "" : path)) {
    throw settingError(sources, "data-path", makeFault("data-path-wrong", { got: JSON.stringify(dataPath) }));
  }
  return { kind, dataPath: path === "." ? "" : path, dataBranch, github: { ...github, token } };
}
