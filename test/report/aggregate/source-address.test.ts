import { isIP } from "node:net";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { expect, test } from "vitest";
import { parseAggregate } from "../../../src/report/aggregate/aggregate.ts";
import { defaultLimits } from "../../../src/report/limits.ts";
import { record, reportXml } from "../report-files.ts";

function addressRead(text: string): string | undefined {
  const xml = reportXml({ records: record().replace("192.0.2.10", text) });
  const file = parseAggregate(xml, { limits: defaultLimits, now: new Date("2026-11-20T09:00:00Z") });
  return file.report?.records[0]?.row.sourceIp;
}

test("any address comes out in the form of RFC 5952, a mapped one as IPv4", () => {
  const group = fc.constantFrom("0", "0", "1", "a", "db8", "2001", "ffff", "00", "0a", "FF", "");
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.array(group, { minLength: 2, maxLength: 9 }).map((groups) => groups.join(":")),
  );
  fc.assert(
    fc.property(address, (text) => {
      expect(addressRead(text)).toBe(isIP(text) === 0 ? undefined : ipaddr.process(text).toString());
    }),
    { numRuns: 3000 },
  );
});
