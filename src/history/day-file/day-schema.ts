import * as z from "zod";
import { authenticityVerdicts, standings } from "../../report/authenticity.ts";
import { growing } from "../format.ts";

const said = z.string().optional();
const texts = z.array(z.string()).optional();

/** Seconds up to the end of the year 9999: beyond it a date has no day. */
const seconds = z.int().min(0).max(253_402_300_799);

const dateRange = growing({ begin: seconds, end: seconds });

const policyPublished = growing({
  domain: z.string(),
  adkim: said,
  aspf: said,
  p: said,
  sp: said,
  np: said,
  pct: said,
  fo: said,
  testing: said,
  discoveryMethod: said,
});

const aligned = z.enum(["pass", "fail"]).optional();

const policyEvaluated = growing({
  disposition: said,
  dkim: aligned,
  spf: aligned,
  arc: z.literal("pass").optional(),
  reasons: z.array(growing({ type: z.string(), comment: said })).default([]),
});

const dkimAuthResult = growing({ domain: said, selector: said, result: z.string() });

const spfAuthResult = growing({ domain: said, scope: said, result: z.string() });

const rows = z.array(growing({ sourceIp: said, count: z.int().nonnegative() })).min(1);

/** Records that are alike in all but address and count. */
const recordGroup = z.union([
  growing({
    policyEvaluated,
    identifiers: growing({ headerFrom: z.string(), envelopeFrom: said, envelopeTo: said }),
    authResults: growing({
      dkim: z.array(dkimAuthResult).default([]),
      spf: z.array(spfAuthResult).default([]),
    }),
    rows,
  }),
  growing({
    session: growing({ policyType: z.string(), mode: said, result: said, mx: said, reasonCode: said }),
    rows,
  }),
]);

/** Records that are alike in all but address and count, as a day file has them. */
export type RecordGroup = z.output<typeof recordGroup>;

const authenticity = growing({
  verdict: z.enum(authenticityVerdicts),
  by: z.enum(["header", "dkim"]).optional(),
  domain: said,
  standing: z.enum(standings).optional(),
});

const kind = z.literal("tls").optional();

const records = z.array(recordGroup);

const storedReportFields = {
  kind,
  reporter: z.string(),
  authenticity,
  hash: z.string(),
  received: said,
  reportMetadata: growing({
    orgName: z.string(),
    extraContactInfo: said,
    reportId: z.string(),
    dateRange,
    errors: texts,
    generator: said,
  }),
  otherIds: texts,
  policyPublished,
  extensions: texts,
  unreadableRecords: z.int().nonnegative().optional(),
  notes: texts,
  recordsLeftOut: z.int().positive().optional(),
};

const storedReport = growing({
  ...storedReportFields,
  /** Those without records have the report's. */
  copies: z.array(growing({ ...storedReportFields, records: records.optional() })).optional(),
  records: records.optional(),
  recordsFile: said,
});

/** The shape of a day file. */
export const dayFileSchema = growing({
  version: z.literal(1),
  kind,
  domain: z.string(),
  day: z.string(),
  reports: z.array(storedReport),
});

/** The shape of a file that holds the records of one large report. */
export const recordsFileSchema = growing({
  version: z.literal(1),
  kind,
  domain: z.string(),
  day: z.string(),
  hash: z.string(),
  records,
});

const size = z.int().nonnegative();

/** The shape of a file that holds reports that did not count when they came. */
export const uncountedFileSchema = growing({
  version: z.literal(1),
  kind,
  domain: z.string(),
  day: z.string(),
  /** What of the rest can be told apart, added up; `hasMore` when there were others. */
  leftOut: growing({ reports: size, messages: size, records: size, hasMore: z.literal(true).optional() }).optional(),
  /** Each report of the rest: its key, its messages, its records. */
  leftOutReports: z.array(z.tuple([z.string(), size, size])).default([]),
  reports: z.array(growing({ ...storedReportFields, records })),
});
