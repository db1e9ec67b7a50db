import { expect, test } from "vitest";
import { failPartOf, type MailClass } from "../../../src/digest/day/mail-class.ts";
import { failuresOf } from "../../../src/digest/day/sources.ts";
import { markdownTable } from "../../../src/render/print/markdown-table.ts";
import { wordsOf } from "../../../src/render/words/words.ts";
import { diagnosisRows, recordOf } from "../../digest/diagnosis-rows.ts";
import { keepReport, makeReport } from "../../history/reports.ts";

/* `docs/diagnosis.md` says what the code says: each row is a record that goes the way of all records. */

const words = wordsOf("en");
const guard = (text: string): string => text;

function rowOf([what, said, mailClass]: (typeof diagnosisRows)[number]): string[] {
  const { dkim = [], spf = [], reasons = [], hasPassed = false } = said;
  const report = keepReport(makeReport({ records: [recordOf(said)] }));
  const files = [{ domain: "example.com", day: "2026-11-17", reports: [report] }];
  const [source] = failuresOf(files as never, () => ({ hasPassed })).sources;
  const seen = [
    ...dkim.map((signature) => `DKIM ${signature}`),
    ...spf.map((envelope) => `SPF ${envelope}`),
    ...reasons.map((reason) => `override ${reason}`),
    ...(hasPassed ? ["it passed before"] : []),
  ];
  const part = failPartOf(mailClass as MailClass);
  return [
    what,
    `${said.aligned}: ${seen.join(", ") || "nothing"}`,
    words.mailClass[mailClass as MailClass],
    part ?? "",
    source === undefined ? "" : words.cause(source, guard),
    source === undefined ? "" : words.step(source, "example.com", guard),
  ];
}

test("the diagnosis table in the docs is the one that the code follows", async () => {
  const table = markdownTable(
    ["Mail", "Aligned DKIM/SPF: results", "Diagnosis", "Part", "The message says", "What to do"].map((title) => ({
      title,
    })),
    diagnosisRows.map(rowOf),
  );
  const text = `# How a record is diagnosed

Each record of a report gets one diagnosis: the first that fits, from the record itself and from whether its source has
passed before. Nothing is looked up, so that the same history always gives the same digest. This page is made from the rows
that the tests run.

${table}

A *known service* is one of the [shipped list](../src/report/source/services.json) that the mail authenticated as; a
selector or an address names a service, but does not decide. A source has *passed before* when it passed DMARC for the
domain on the days before.
`;
  await expect(text).toMatchFileSnapshot("../../../docs/diagnosis.md");
});
