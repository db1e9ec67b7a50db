import { expect, test } from "vitest";
import { reasonText } from "../../../src/render/words/words.ts";
import { defaultLimits } from "../../../src/report/limits.ts";
import { parseTlsReports } from "../../../src/report/tlsrpt/tlsrpt.ts";

/** The begin of a report with a date, in seconds; why it is refused where that can't be read. */
function beginOf(date: unknown): number | string | undefined {
  const text = JSON.stringify({
    "organization-name": "Example Net",
    "report-id": "1",
    "date-range": { "start-datetime": date, "end-datetime": "2026-11-16T23:59:59Z" },
    policies: [
      {
        policy: { "policy-type": "no-policy-found", "policy-domain": "example.com" },
        summary: { "total-successful-session-count": 3, "total-failure-session-count": 0 },
      },
    ],
  });
  const [file] = parseTlsReports(Buffer.from(text), { limits: defaultLimits, now: new Date("2026-11-18T06:00:00Z") });
  return file?.state === "read" ? file.report.reportMetadata.dateRange.begin : reasonText(file?.reason);
}

const begin = 1_794_787_200;

test.each([
  "2026-11-16T00:00:00Z",
  "2026-11-16T09:00:00+09:00",
  "2026-11-16T00:00:00",
  begin,
  `${begin}`,
  `${begin}.0`,
])("%j is a date", (date) => expect(beginOf(date)).toBe(begin));

test.each([0, 5, -5, "5", "-12", begin * 1000, `${begin}000`, -begin, 1e300, "yesterday", ["x"]])(
  "%j is none, though JavaScript reads a year or month in some",
  (date) => expect(beginOf(date)).toMatch(/^<start-datetime> must be a date and time, got "/),
);

test.each([undefined, null, "", " "])("%j is said to be missing", (date) =>
  expect(beginOf(date)).toBe("<start-datetime> is missing or empty"),
);
