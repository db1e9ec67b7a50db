import { expect, test } from "vitest";
import { failPartOf, mailClassOf, type SourceFacts } from "../../../src/digest/day/mail-class.ts";
import { classified } from "../../../src/digest/day/sources.ts";
import { keepReport, makeReport } from "../../history/reports.ts";
import { diagnosisRows, recordOf } from "../diagnosis-rows.ts";

test.each(diagnosisRows)("%s", (_, said, mailClass, service) => {
  const report = keepReport(makeReport({ records: [recordOf(said)] }));
  const [shown] = classified(report, "example.com", () => ({ hasPassed: said.hasPassed ?? false }));
  expect([shown?.mailClass, shown?.service]).toEqual([mailClass, service]);
});

test("an SPF result of a stranger's own does not make forwarded what has our signature of a known service", () => {
  const record = recordOf({ aligned: "pass/fail", dkim: ["example.com/k=pass"], spf: ["a.example=pass"] });
  const facts: SourceFacts = { isService: true, hasPassed: false };
  expect(mailClassOf(record, "example.com", facts)).toBe("dkim-alone");
  expect(mailClassOf(record, "example.com", { ...facts, isService: false })).toBe("forwarded");
});

test("own mail are three classes, and what passed is no part of the failures", () => {
  const own = ["broken-signature", "not-aligned", "missing-in-spf"] as const;
  expect(own.map(failPartOf)).toEqual(["own", "own", "own"]);
  expect((["aligned", "dkim-alone", "spf-alone", "forwarded", "not-evaluated"] as const).map(failPartOf)).toEqual(
    Array(5).fill(undefined),
  );
  expect((["altered", "trouble", "spoofed"] as const).map(failPartOf)).toEqual(["forwarded", "trouble", "spoofed"]);
});
