import { addressesOf, type Config } from "../../config/config.ts";
import type { DomainPlace } from "../../digest/setup/setup.ts";
import type { Window } from "../../digest/window/window.ts";
import { dateOf, dayAfter } from "../../history/dates.ts";
import { isWithin } from "../../report/domain.ts";

/** So many keys of a domain are looked at: of each service one or two. */
const mostKeys = 20;
const recentDays = 14;

/**
 * Our domains, with what reports of the last two weeks say of them: whether there are any, and which keys signed.
 *
 * @param others - Domains that are ours when none are named: those of which such reports have come.
 */
export function placesOf(
  { domains, mailboxes, now }: Pick<Config, "domains" | "mailboxes" | "now">,
  window: Pick<Window, "pairs" | "senders"> | undefined,
  others: readonly string[],
): DomainPlace[] {
  const first = dayAfter(dateOf(now), -recentDays);
  const isRecent = ({ day }: { day: string }): boolean => day >= first;
  const reported = new Set((window?.pairs ?? []).filter(isRecent).map(({ domain }) => domain));
  const results = (window?.senders ?? []).filter(isRecent).flatMap(({ evidence }) => evidence.keys);
  // `example.com/s1` of a report stands in DNS as `s1._domainkey.example.com`.
  const names = results.flatMap(({ key, result }) => {
    const [domain = "", selector = "?"] = key.split("/");
    return result !== "pass" || selector === "?" ? [] : `${selector}._domainkey.${domain}`;
  });
  const signed = [...new Set(names)].sort();
  const addresses = addressesOf(mailboxes);
  // No mail goes to a folder that files are put into.
  const places = mailboxes.filter(({ kind }) => kind !== "files");
  const isAllAddresses = addresses.length > 0 && addresses.length === places.length;
  const isReported = (domain: string): boolean => reported.has(domain);
  return (domains.length > 0 ? domains : others.filter(isReported)).map((domain) => {
    const keys = signed.filter((name) => isWithin(name, [domain])).slice(0, mostKeys);
    return { domain, addresses, isAllAddresses, isReported, keys };
  });
}
