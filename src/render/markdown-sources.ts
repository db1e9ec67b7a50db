import type { DomainDigest } from "../digest/digest.ts";
import { formatCount, formatNumberOf } from "../digest/number.ts";
import type { FailingSource } from "../digest/sources.ts";
import { situationOf, situations, situationsOf } from "./advice.ts";
import { markdownCode } from "./escape.ts";
import { markdownTable } from "./markdown-table.ts";

/** Where the failures of a domain came from, as a table, with the subdomains below it; empty when none failed. */
export function markdownSources({ sources, moreSources, failingSubdomains }: DomainDigest): string[] {
  if (sources.length === 0) return [];
  const columns = [
    { title: "Source" },
    { title: "DMARC fail", align: "right" as const },
    { title: "What happens" },
    { title: "Disposition" },
    { title: "Addresses" },
  ];
  const rest =
    moreSources.sources === 0
      ? []
      : [[`and ${formatNumberOf(moreSources.sources, "more source")}`, formatCount(moreSources.dmarcFail), "", "", ""]];
  const subdomains = failingSubdomains.map(
    (failing) => `${markdownCode(failing.domain, 100)} ${formatCount(failing.dmarcFail)}`,
  );
  return [
    markdownTable(columns, [...sources.map(sourceCells), ...rest]),
    ...(subdomains.length === 0 ? [] : [`Of these in subdomains: ${subdomains.join(", ")}`]),
  ];
}

/** What to do about the sources of a domain: one item a situation, the situation of the largest source first. */
export function markdownAdvice({ sources }: DomainDigest): string[] {
  return situationsOf(sources).map((situation) => {
    const names = sources.filter((source) => situationOf(source) === situation).map(({ source }) => source);
    const some = names.slice(0, 3).map((name) => markdownCode(name, 80));
    const more = names.length > 3 ? ` and ${formatCount(names.length - 3)} more` : "";
    return `- **${capitalize(situations[situation].words)}** (${some.join(", ")}${more}): ${situations[situation].advice}`;
  });
}

function sourceCells(source: FailingSource): string[] {
  const { dmarcFail, forwarded, addresses, moreAddresses } = source;
  const part = forwarded > 0 && forwarded < dmarcFail ? `, ${formatCount(forwarded)} of them forwarded` : "";
  const shown = addresses.map((address) => markdownCode(address, 45));
  return [
    markdownCode(source.source, 80),
    formatCount(dmarcFail),
    `${situations[situationOf(source)].words}${part}`,
    dispositionWords(source.dispositions),
    [...shown, ...(moreAddresses > 0 ? [`${formatCount(moreAddresses)} more`] : [])].join(", "),
  ];
}

/** What receivers did, without zeros: `reject 80, none 15`. */
function dispositionWords({ reject, quarantine, none, pass }: FailingSource["dispositions"]): string {
  return Object.entries({ reject, quarantine, none, pass })
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${word} ${formatCount(count)}`)
    .join(", ");
}

function capitalize(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
