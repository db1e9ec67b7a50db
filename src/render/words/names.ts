import type { FailingSource } from "../../digest/day/day.ts";
import type { SendingService } from "../../report/source/source.ts";
import { sendingServices, serviceOfDomain } from "../../report/source/source.ts";
import { knownReporter, knownReporters } from "../../report/trust/trust.ts";

/** What people call a reporter: `Google` for `google.com`; what it calls itself where it is not known. A stranger's text. */
export function reporterName(reporter: string): string {
  const known = knownReporter(reporter) ?? knownReporters.find(({ related }) => related.includes(reporter));
  return known?.name ?? reporter;
}

/** What people call a source: `SendGrid` for `sendgrid.net`; the domain or the network itself where it is not known. */
export function sourceName({ source, service }: Pick<FailingSource, "source" | "service">): string {
  return service ?? serviceOfDomain(source)?.name ?? source;
}

/** The service of the shipped list that a source is. */
export function serviceOfSource({
  source,
  service,
}: Pick<FailingSource, "source" | "service">): SendingService | undefined {
  return sendingServices.find(({ name }) => name === service) ?? serviceOfDomain(source);
}
