import type { Standing } from "../authenticity.ts";
import { isWithin, organizationalDomain } from "../domain.ts";
import { type KnownReporter, knownReporters } from "./known-reporter.ts";

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
  return byDomain.get(fromDomain) ?? parentsOf(fromDomain).map(wildcardOwner).find(Boolean);
}

/**
 * Why a domain that sends verified reports is believed, or not.
 *
 * @param fromDomain - As for `knownReporter`.
 * @param trust - Domains that the user believes, their subdomains included.
 */
export function standingOf(
  fromDomain: string,
  { trustedReporters }: { trustedReporters: readonly string[] },
): Exclude<Standing, "seasoned"> {
  if (knownReporter(fromDomain) !== undefined) return "known";
  return isWithin(fromDomain, trustedReporters) ? "trusted" : "new";
}

/**
 * The known reporter whose name this is, by `orgNameKey`: one of its `<org_name>`s, or one of its domains.
 *
 * A name that only begins with a known one is another name: "Google Translations Ltd" is not Google.
 */
export function claimedReporter(orgName: string): KnownReporter | undefined {
  return byName.get(orgNameKey(orgName));
}

/**
 * The known reporter as which a report gives itself out though it comes from a domain of somebody else.
 *
 * @param report - `orgName` is its `<org_name>`, `fromDomain` the authenticated domain of its mail's From field, as
 *   `normalDomain` gives it.
 * @returns `undefined` for a name of no known reporter, and for mail from any domain of the reporter's own, known for
 *   reports or not.
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
 * Case, accents, blanks, signs and what cannot be seen are gone; compatibility forms (full width, ligatures), Cyrillic
 * and Greek letters that look Latin, and the digits 0 and 1 are the letters they look like. Small L and capital I stay
 * two letters, or "mall.com" would be mail.com. It is far from all of Unicode's confusables (UTS 39): a name that slips
 * through is an unknown one, and as such counts for nothing.
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

/** The organizational domains of a reporter. */
function ownDomains({ domains, related }: KnownReporter): string[] {
  return [...domains.map((domain) => organizationalDomain(withoutWildcard(domain))), ...related];
}

function withoutWildcard(domain: string): string {
  return domain.replace(/^\*\./, "");
}

/** `"a.b.example"` becomes `["b.example", "example"]`. */
function parentsOf(domain: string): string[] {
  const labels = domain.split(".");
  return labels.slice(1).map((_, index) => labels.slice(index + 1).join("."));
}

function wildcardOwner(parent: string): KnownReporter | undefined {
  return byDomain.get(`*.${parent}`);
}
