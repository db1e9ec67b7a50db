import { expect, test } from "vitest";
import { reasonText } from "../../../src/render/words/words.ts";
import { readMail } from "../../../src/report/mail/mail.ts";
import { summarizeMail } from "../../../src/report/mail/mail-summary.ts";
import { attacks } from "./attacks.ts";

/** A sixteenth of what `npm run bench:hostile` takes, where time and memory are looked at. */
const size = 1024 * 1024;

test.each(attacks)("$name ends as $state", async ({ make, state, says, records }) => {
  const { files } = await readMail(Buffer.from(make(size)), { now: new Date("2026-11-20T09:00:00Z") });
  const summary = summarizeMail(files);
  expect(summary).toMatchObject({ state });
  for (const { report } of files) {
    if (report === undefined) continue;
    const counts = [report.records.length, report.unreadableRecords];
    const expected = (records ?? [1, 0]).map((count) => (Number.isNaN(count) ? expect.any(Number) : count));
    expect(counts).toEqual(expected);
    if (says !== undefined) expect(report.notes.join("\n")).toContain(says);
  }
  if (state !== "read" && says !== undefined) expect(reasonText(summary.reason)).toContain(says);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
