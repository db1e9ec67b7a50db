import type { Limits } from "../limits.ts";
import { judgeReport } from "../plausibility.ts";
import type { ReadFile } from "../read-mail.ts";
import { refusalOf } from "../refusal.ts";
import type { Report, ReportRecord } from "../types.ts";
import { readLargeXml, readXml, type XmlOptions } from "../xml/xml.ts";
import { makeReportBuilder } from "./report-builder.ts";
import { makeTextReader } from "./text-reader.ts";

/** What an aggregate report is held against. */
export interface AggregateOptions {
  limits: Limits;
  now: Date;
  /** Whether nothing but sums is wanted: then records have what is added up, and no more. */
  isSummed?: boolean;
}

/**
 * A DMARC aggregate report (RFC 7489, appendix C, and RFC 9990) out of its XML, or why it is none.
 *
 * Never throws. Nothing is guessed: a record that isn't well-formed, or whose count is no whole number, is counted as
 * unreadable, and a report without a policy domain or period is refused. A report without messages is `known-empty`, and still there.
 */
export function parseAggregate(xml: Uint8Array | string, options: AggregateOptions): ReadFile<ReportRecord> {
  try {
    return judgeReport(readXml(xml, reading(options)), options.now);
  } catch (error) {
    return refusalOf(error, "report");
  }
}

/**
 * The same for a report that is too large to be held in memory: it must be well-formed in the encoding that it declares.
 *
 * @param pieces - The first of them is long enough to tell the encoding. They are read to their end in any case.
 * @throws RefusalError when it can't be read, and whatever reading the pieces throws.
 */
export async function parseLargeAggregate(
  pieces: AsyncIterable<Uint8Array>,
  options: AggregateOptions,
): Promise<ReadFile<ReportRecord>> {
  return judgeReport(await readLargeXml(pieces, reading(options)), options.now);
}

function reading({ limits, isSummed = false }: AggregateOptions): XmlOptions<Report> {
  const build = (notes: string[]) => makeReportBuilder(limits, makeTextReader(limits, notes), isSummed);
  return { root: "feedback", limits, build };
}
