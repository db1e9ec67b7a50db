import { expect, test } from "vitest";
import { totalsOf } from "../../../src/history/totals.ts";
import { parseAggregate } from "../../../src/report/aggregate/aggregate.ts";
import { defaultLimits } from "../../../src/report/limits.ts";
import { inWords } from "../../reasons.ts";

function readCounts(counts: readonly number[]) {
  const records = counts.map(
    (count) =>
      `<record><row><source_ip>192.0.2.1</source_ip><count>${count}</count><policy_evaluated><dkim>pass</dkim>` +
      "</policy_evaluated></row><identifiers><header_from>example.com</header_from></identifiers></record>",
  );
  const xml =
    "<feedback><report_metadata><org_name>example.net</org_name><report_id>1</report_id><date_range><begin>1794873600" +
    "</begin><end>1794959999</end></date_range></report_metadata><policy_published><domain>example.com</domain>" +
    `<p>none</p></policy_published>${records.join("")}</feedback>`;
  return parseAggregate(xml, { limits: defaultLimits, now: new Date("2026-11-20T09:00:00Z") });
}

test("a record of more than ten billion messages is unreadable, and is in no sum", () => {
  const { report } = readCounts([10_000_000_000, 10_000_000_001, Number.MAX_SAFE_INTEGER]);
  expect(report?.unreadableRecords).toBe(2);
  expect(totalsOf(report === undefined ? [] : [report]).messages).toBe(10_000_000_000);
});

test("a report of more than ten billion messages is implausible, and is not kept", () => {
  expect(inWords(readCounts(Array(11).fill(1_000_000_000)))).toMatchObject({
    state: "implausible",
    reason: "it counts 11000000000 messages, more than 10000000000",
  });
});
