import type { Standing } from "../authenticity.ts";
import { isWithin, organizationalDomain } from "../domain.ts";
import reporters from "./reporters.json" with { type: "json" };

/** An organization that sends aggregate reports, as it is known from public evidence. */
export interface KnownReporter {
  /** What people call it. */
  name: string;
  /**
   * The From domains of its report mails, each exactly; `*.` in front stands for every name below, and not the domain
   * itself. Empty where the evidence names none, or one where a stranger can have an address.
   *
   * - A mailbox provider's own domain is never listed, since all its customers send from there; a subdomain that only the
   *   provider uses is (`dmarc.yahoo.com`).
   * - A service that signs customers' mail as itself (Amazon SES) is listed by its exact domain, since it is the From
   *   domain that counts, and a customer can verify any From domain with it but that one.
   * - A hoster under whose domain customers' servers are named (`*.secureserver.net`) is not: those pass SPF aligned with
   *   any From of that domain. Nor is one that rents hosts out (`*.iphmx.com`, Cisco's cloud): each tenant reports from
   *   hosts of its own, and who it is, nobody but the user can say. Nor are appliances that many organizations run, nor
   *   private mail servers, whose domains change hands.
   * - Where the evidence shows `<email>` but no From field, the domain is listed if only the organization itself sends
   *   from it.
   */
  domains: readonly string[];
  /** What it writes into `<org_name>`, as it comes. Only names of its own: none that its software gives to everybody. */
  orgNames: readonly string[];
  /**
   * Further organizational domains of its own. Its name on a mail from there is no impersonation, and the mail is
   * no known reporter's either: strangers may have addresses there, or no report was seen from there.
   */
  related: readonly string[];
  /** Where that is known from: a repository and path, an address of a page, or what public code says. */
  source: string;
}

/** The file of the reporters: sorted by name. A wrong domain lets a stranger in, a missing one only lets a reporter wait. */
export interface ReportersFile {
  $schema: string;
  reporters: readonly KnownReporter[];
}

/** The shipped reporters, sorted by name. */
export const knownReporters: readonly KnownReporter[] = (reporters satisfies ReportersFile).reporters;

/**
 * The known reporter whose report mails come from a domain: `"dmarc.yahoo.com"` is Yahoo's, and `"yahoo.com"`, where
 * everybody can have an address, belongs to none.
 *
 * It says nothing unless the mail is authenticated as that domain.
 *
 * @param fromDomain - The whole domain of the mail's From field, as `normalDomain` gives it. The domain of the signature
 *   will not do: a signature of `yahoo.com` is on the mails of Yahoo's customers, too.
 */
export function knownReporter(fromDomain: string): KnownReporter | undefined {
  const parents = Array.from(fromDomain.matchAll(/\./g), ({ index }) => fromDomain.slice(index));
  const names = [fromDomain, ...parents.map((parent) => `*${parent}`)];
  return names.map((name) => byDomain.get(name)).find(Boolean);
}

/** Why a domain that sends verified reports is believed, or not. */
export function standingOf(
  fromDomain: string,
  { trustedReporters }: { trustedReporters: readonly string[] },
): Exclude<Standing, "seasoned"> {
  if (knownReporter(fromDomain) !== undefined) return "known";
  return isWithin(fromDomain, trustedReporters) ? "trusted" : "new";
}

/** The known reporter whose name this is, by `orgNameKey`: one of its `<org_name>`s or domains, and not what only begins like one. */
export function claimedReporter(orgName: string): KnownReporter | undefined {
  return byName.get(orgNameKey(orgName));
}

/**
 * The known reporter as which a report gives itself out though it comes from a domain of somebody else: another one than any of
 * the reporter's own, known for reports or not.
 */
export function impersonatedReporter(report: { orgName: string; fromDomain: string }): KnownReporter | undefined {
  const claimed = claimedReporter(report.orgName);
  if (claimed === undefined) return undefined;
  return ownDomains(claimed).includes(organizationalDomain(report.fromDomain)) ? undefined : claimed;
}

/**
 * Whether a domain is one at which strangers may have addresses, by what is known of it: those of mailbox providers, and
 * those of known reporters from which no report mails are known. Time does not make such a domain a reporter.
 */
export function isSharedDomain(domain: string): boolean {
  return sharedDomains.has(organizationalDomain(domain)) && knownReporter(domain) === undefined;
}

/**
 * A name with all that makes no difference to a reader taken away, for comparing: `" Gооgle, Inc. "` with Cyrillic
 * letters becomes `"googleinc"`, `"AMAZON-SES"` becomes `"amazonses"`, `"WEB.DE."` becomes `"web.de"`.
 *
 * Small L and capital I stay two letters, or "mall.com" would be mail.com. It is far from all of Unicode's confusables
 * (UTS 39): a name that slips through is an unknown one, and as such counts for nothing.
 */
export function orgNameKey(orgName: string): string {
  return orgName
    .normalize("NFKD")
    .replace(/./gsu, (character) => lookAlikes.get(character) ?? character)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.]/gu, "")
    .replace(/^\.+|\.+$/g, "");
}

const lookAlikeGroups =
  "АΑаα=a ВΒвβ=b СсϹϲ=c Ԁԁ=d ЕΕе=e Ԍԍɡ=g НΗнҺһ=h ІΙіιӀӏı=i ЈϳЈј=j КΚкκ=k ΜМм=m Νηп=n ОΟоο=o РΡрρ=p Ԛԛ=q Ѕѕ=s ТΤтτ=t υ=u Ѵѵν=v Ԝԝ=w ХΧхχ=x УΥу=y Ζ=z 0=o 1=l 。=.";

/** From a character to the Latin letter that it looks like. */
const lookAlikes: ReadonlyMap<string, string> = new Map(
  lookAlikeGroups.split(" ").flatMap((group) => {
    const [characters = "", letter = ""] = group.split("=");
    return Array.from(characters, (character): [string, string] => [character, letter]);
  }),
);

const byDomain: ReadonlyMap<string, KnownReporter> = new Map(
  knownReporters.flatMap((reporter) => reporter.domains.map((domain): [string, KnownReporter] => [domain, reporter])),
);

const byName: ReadonlyMap<string, KnownReporter> = new Map(
  knownReporters.flatMap((reporter) =>
    namesOf(reporter).map((name): [string, KnownReporter] => [orgNameKey(name), reporter]),
  ),
);

/** Providers that send no reports, or are known for them by other domains, beside those that are in the list. */
const mailProviders =
  "abv.bg aol.com att.net biglobe.ne.jp bluewin.ch bol.com.br charter.net comcast.net cox.net daum.net earthlink.net " +
  "free.fr freenet.de gmail.com googlemail.com hanmail.net hey.com icloud.com interia.pl laposte.net libero.it mac.com " +
  "mail.ru mailbox.org me.com naver.com nifty.com onet.pl onmicrosoft.com orange.fr pm.me posteo.de proton.me " +
  "protonmail.com qq.com rambler.ru rogers.com sbcglobal.net sfr.fr shaw.ca sina.com t-online.de telus.net terra.com.br " +
  "tiscali.it tuta.com tutanota.com ukr.net uol.com.br verizon.net virgilio.it yahoo.co.jp yandex.com yandex.ru " +
  "ymail.com ziggo.nl";

const sharedDomains = new Set([...mailProviders.split(" "), ...knownReporters.flatMap(ownDomains)]);

/** What a reporter calls itself: its names, and the domains that its report mails come from. */
function namesOf({ orgNames, domains }: KnownReporter): string[] {
  const exact = domains.map(withoutWildcard);
  return [...orgNames, ...exact, ...exact.map(organizationalDomain)];
}

function ownDomains({ domains, related }: KnownReporter): string[] {
  return [...domains.map((domain) => organizationalDomain(withoutWildcard(domain))), ...related];
}

function withoutWildcard(domain: string): string {
  return domain.replace(/^\*\./, "");
}
