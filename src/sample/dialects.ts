import type { ReportRecord } from "../report/types.ts";
import inTheWild from "./dialects.json" with { type: "json" };
import type { ReporterName } from "./story.ts";
import type { Dialect } from "./xml.ts";

/** How each reporter writes its XML, after reports seen in the wild. */
export const dialects = inTheWild as Record<ReporterName, Dialect>;

/** A record in the words of RFC 9990: what passes has the disposition `pass`, and the reason `forwarded` is gone. */
export function rfc9990Record(record: ReportRecord): ReportRecord {
  const { policyEvaluated } = record.row;
  const { dkim, spf, disposition, reasons } = policyEvaluated;
  const passed = dkim === "pass" || spf === "pass";
  return {
    ...record,
    row: {
      ...record.row,
      policyEvaluated: {
        ...policyEvaluated,
        ...(disposition !== undefined && { disposition: passed ? "pass" : disposition }),
        reasons: reasons.map((reason) =>
          reason.type === "forwarded" ? { ...reason, type: "trusted_forwarder" } : reason,
        ),
      },
    },
  };
}
