import type { Config, MailboxConfig } from "../../config/config.ts";
import { overviewName } from "../../digest/issues/issues.ts";
import { checkDomains, type SetupCheck, type SetupFinding, setupVerdict } from "../../digest/setup/setup.ts";
import { worstVerdict } from "../../digest/verdict.ts";
import type { Window } from "../../digest/window/window.ts";
import { dateOf, dayLength } from "../../history/dates.ts";
import { HistoryFormatError } from "../../history/format.ts";
import { withDns } from "../../io/dns.ts";
import { checkGitHub, checkTracker } from "../../io/github/github.ts";
import { HistoryError } from "../../io/history.ts";
import type { Host } from "../../io/host.ts";
import { type Notifier, NotifierError } from "../../io/notifier.ts";
import { readFetched, SourceError, type SourceMail } from "../../io/source.ts";
import { setupPage } from "../../render/pages/pages.ts";
import { printMarkdown, printTerminal } from "../../render/print/print.ts";
import { wordsOf } from "../../render/words/words.ts";
import { noHeader, readHeader } from "../../report/header.ts";
import { fromSenderOf, hostOnTop, judgeByHeader, topmostAuthservId } from "../../report/trust/trust.ts";
import { openSource } from "../mailboxes.ts";
import { loadWindow, openHistory, policyDomainsOf } from "../open.ts";
import { trackerPlaces } from "../trackers.ts";
import { placesOf } from "./places.ts";

export { nameNetworks } from "./networks.ts";
export { type WatchedDns, watchDns } from "./watch.ts";

type DoctorConfig = Parameters<typeof openHistory>[0] &
  Pick<
    Config,
    | "slack"
    | "mailboxes"
    | "limits"
    | "domains"
    | "judging"
    | "trust"
    | "dnsServers"
    | "language"
    | "runUrl"
    | "isDryRun"
    | "collected"
    | "issueSettingsOf"
  >;

/**
 * Looks over the set-up: mailboxes, DNS of the domains, Slack and GitHub. Nothing is changed, and no message is posted.
 *
 * @returns What has to be mended, in words for people.
 */
export async function examine(config: DoctorConfig, notifiers: readonly Notifier[], host: Host): Promise<string[]> {
  const found = await openWindow(config, host);
  const { collected, dnsServers: servers, isDryRun } = config;
  const places = placesOf(config, found.window, found.policyDomains);
  const checks = [
    ...(await Promise.all(config.mailboxes.map((mailbox) => checkMailbox(mailbox, config)))).flat(),
    // Where reports are to go knows the job that reads them.
    ...(collected.length > 0 ? [] : await withDns({ servers }, ({ resolve }) => checkDomains(places, resolve))),
    ...found.checks,
    ...(notifiers.length === 0 && !isDryRun ? [noSlack] : (await Promise.all(notifiers.map(checkSlack))).flat()),
    ...(await checkRepositories(config, found.policyDomains)),
  ];
  const words = wordsOf(config.language);
  const page = setupPage(checks, { run: config.runUrl }, words);
  const verdict = worstVerdict(checks.map(({ finding }) => setupVerdict(finding)));
  const problems = await host.publish({
    table: printTerminal(page, host.display),
    summary: printMarkdown(page),
    outputs: { verdict },
  });
  const toMend = checks.filter(({ finding }) => setupVerdict(finding) === "act");
  return [...problems, ...toMend.map(({ about, finding }) => `${about}: ${words.setup(finding, String)}`)];
}

/** Mails of the last days that are looked at, and of more days where there is none. */
const daysBack = [3, 30] as const;
const mostMails = 200;
const longestLook = 120_000;

async function checkMailbox(mailbox: MailboxConfig, config: DoctorConfig): Promise<SetupCheck[]> {
  const as = (finding: SetupFinding): SetupCheck => ({ about: mailbox.name, finding });
  try {
    for (const days of daysBack) {
      const mails = await newestMails(mailbox, config, days);
      if (mails.length > 0) return checkMails(mails, config, mailbox.trustedHosts).map(as);
    }
    return [as({ code: "mailbox-empty", days: daysBack[1] })];
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return [as({ code: "mailbox-unread", why: error.reason })];
  }
}

interface SeenMail extends Pick<SourceMail, "arrived"> {
  hasReport: boolean;
  /** The host whose results stand on top. */
  top: ReturnType<typeof topmostAuthservId>;
  isBelieved: boolean;
}

/** The newest mails, one read after the other: anybody may send some that are large. */
async function newestMails(mailbox: MailboxConfig, config: DoctorConfig, days: number): Promise<SeenMail[]> {
  const since = new Date(config.now.getTime() - days * dayLength);
  const place = mailbox.kind === "files" ? mailbox : { ...mailbox, since };
  const source = openSource(place, { limits: config.limits, rereadSince: undefined, newest: mostMails });
  const mails: SeenMail[] = [];
  const end = performance.now() + longestLook;
  for await (const mail of source.mails(undefined)) {
    mails.push(await lookAt(mail, config, mailbox.trustedHosts));
    if (mails.length === mostMails || performance.now() > end) break;
  }
  return mails;
}

async function lookAt(
  mail: SourceMail,
  { now, limits }: DoctorConfig,
  trustedHosts: MailboxConfig["trustedHosts"],
): Promise<SeenMail> {
  const { files } = await readFetched(mail, { now, limits, isSummed: true });
  const header = (mail.bytes && readHeader(mail.bytes)) ?? noHeader;
  const sender = fromSenderOf(header.fields);
  const verdict = sender.kind === "one" ? judgeByHeader(header, trustedHosts, sender.domain) : undefined;
  return {
    ...(mail.arrived && { arrived: mail.arrived }),
    hasReport: files.some(({ report }) => report !== undefined),
    top: topmostAuthservId(header.fields),
    isBelieved: verdict !== undefined && (verdict.kind !== "nothing" || verdict.host !== undefined),
  };
}

function checkMails(
  mails: readonly SeenMail[],
  { now }: DoctorConfig,
  trustedHosts: MailboxConfig["trustedHosts"],
): SetupFinding[] {
  const withReport = mails.filter(({ hasReport }) => hasReport);
  const first = foundIn(mails, withReport.length, now);
  // What colleagues write may never pass the host's door.
  const fromOutside = withReport.length === 0 ? mails : withReport;
  const top = hostOnTop(fromOutside.map((mail) => mail.top));
  const believed = trustedHosts.map((host) => host.setting).join(", ");
  if (fromOutside.some(({ isBelieved }) => isBelieved)) return [first, { code: "host-believed", host: believed }];
  const named = top && { seen: top.authservId, setting: top.setting };
  if (believed !== "") return [first, { code: "host-other", believed, ...named }];
  return [first, named === undefined ? { code: "host-none" } : { code: "host-unnamed", ...named }];
}

/** What is said of the newest mails of a mailbox; files have no time of arrival. */
function foundIn(mails: readonly SeenMail[], reports: number, now: Date): SetupFinding {
  if (reports === 0) return { code: "mailbox-without-reports", mails: mails.length };
  const last = mails.flatMap(({ arrived }) => arrived ?? []).reduce((a, b) => (a > b ? a : b), "");
  const newest = last.slice(0, 16).replace("T", " ");
  const [days] = daysBack;
  const isQuiet = last !== "" && Date.parse(last) < now.getTime() - days * dayLength;
  return isQuiet
    ? { code: "mailbox-quiet", days, newest }
    : { code: "mailbox-read", mails: mails.length, newest, reports };
}

/** What was reported of late, as far as there is a history that can be read. */
async function openWindow(
  config: DoctorConfig,
  host: Host,
): Promise<{ window?: Window; policyDomains: string[]; checks: SetupCheck[] }> {
  try {
    const { store, webUrl, github, slack, now, isPresent } = config;
    const place = { store, webUrl, github, slack, now, isPresent };
    const history = await openHistory({ ...place, allowsPublic: true, isDryRun: true }, host);
    const plan = { day: dateOf(now), now, trust: config.trust, changed: new Map() };
    const policyDomains = (await policyDomainsOf(history)).filter(config.judging.isOurs);
    return { window: await loadWindow(history, policyDomains, plan), policyDomains, checks: [] };
  } catch (error) {
    if (!(error instanceof HistoryError || error instanceof HistoryFormatError)) throw error;
    const finding = { code: "history-failed", said: error.message } as const;
    return { policyDomains: [], checks: [{ about: config.store.kind, finding }] };
  }
}

const noSlack: SetupCheck = { about: "Slack", finding: { code: "slack-none" } };

async function checkSlack(notifier: Notifier): Promise<SetupCheck[]> {
  const as = (finding: SetupFinding): SetupCheck => ({ about: "Slack", finding });
  try {
    const { channel, missing } = await notifier.check();
    return [as({ code: "slack-good", channel }), ...missing.map((scope) => as({ code: "slack-scope", scope }))];
  } catch (error) {
    if (!(error instanceof NotifierError)) throw error;
    return [as({ code: "slack-failed", said: error.message })];
  }
}

async function checkRepositories(config: DoctorConfig, reported: readonly string[]): Promise<SetupCheck[]> {
  const { github, store, allowsPublic, isDryRun, domains } = config;
  if (github === undefined) return [];
  const isStore = store.kind === "github";
  const dataBranch = store.kind === "github" ? store.dataBranch : undefined;
  const writes = !isDryRun;
  const named = domains.length > 0 ? domains : reported;
  const trackers = trackerPlaces(config, named.length > 0 ? named : [overviewName]);
  const others = trackers.filter(({ repository }) => repository !== github.repository.toLowerCase());
  const isTracker = others.length < trackers.length;
  const findings = await Promise.all([
    checkGitHub({ ...github, isStore, dataBranch, isTracker, allowsPublic, writes }),
    ...others.map((place) => checkTracker({ ...place, writes })),
  ]);
  return findings.flat().map((finding) => ({ about: "GitHub", finding }));
}
