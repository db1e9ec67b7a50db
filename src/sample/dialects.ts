import type { ReportRecord } from "../report/types.ts";
import type { ReporterName } from "./story.ts";
import type { Dialect } from "./xml.ts";

const declaration = '<?xml version="1.0" encoding="UTF-8" ?>';

/** How each reporter writes its XML, after reports seen in the wild. */
export const dialects: Record<ReporterName, Dialect> = {
  google: {
    declaration,
    contact: "https://support.google.com/a/answer/2466580",
    policy: [["pct", 100]],
  },
  microsoft: {
    declaration: '<?xml version="1.0"?>',
    attributes: ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
    version: "1.0",
    policy: [
      ["pct", 100],
      ["fo", 0],
    ],
    envelopeFrom: true,
    envelopeTo: "customer.example",
    scope: true,
  },
  yahoo: { declaration: '<?xml version="1.0"?>', policy: [["pct", 100]], lineEnd: "\t\n" },
  godaddy: { declaration, version: "1.0", policy: [["pct", 100]], indent: "", lineEnd: "" },
  kddi: {
    declaration,
    version: "1.0",
    policy: [
      ["pct", 100],
      ["fo", 0],
    ],
    envelopeFrom: true,
    scope: true,
  },
  tokyo: { declaration, policy: [["pct", 100]], envelopeFrom: true, indent: "\t", lineEnd: "\r\n" },
  rfc9990: {
    declaration,
    attributes: ' xmlns="urn:ietf:params:xml:ns:dmarc-2.0"',
    version: "1.0",
    generator: "Example Mail DMARC reports 2.1",
    policy: [
      ["np", "reject"],
      ["testing", "n"],
      ["discovery_method", "treewalk"],
    ],
    envelopeFrom: true,
    scope: true,
  },
  mimecast: {
    declaration: '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
    policy: [["pct", 100]],
    envelopeFrom: true,
  },
};

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
