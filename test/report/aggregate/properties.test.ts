import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { totalsOf } from "../../../src/history/totals.ts";
import { reasonText } from "../../../src/render/words/words.ts";
import { parseAggregate } from "../../../src/report/aggregate/aggregate.ts";
import { defaultLimits } from "../../../src/report/limits.ts";
import { readMail } from "../../../src/report/mail/mail.ts";
import { mailStates } from "../../../src/report/mail-state.ts";
import type { ReadMail } from "../../../src/report/read-mail.ts";
import { anyDialect, anyReport, xmlOf } from "../generator.ts";
import { containers } from "../unpack/containers.ts";

const now = new Date("2026-11-20T09:00:00Z");

describe("a report reads back equal", () => {
  test.each(Object.entries(containers))("as %s", async (_, contain) => {
    await fc.assert(
      fc.asyncProperty(anyReport, anyDialect, async (report, dialect) => {
        const { files } = await readMail(contain(xmlOf(report, dialect)), { now });
        expect(files).toHaveLength(1);
        expect(files[0]).toMatchObject({ state: "read", report: { ...report, notes: expect.any(Array) } });
      }),
      { numRuns: 30 },
    );
  });
});

test("a report that is only to be summed adds up to the same, and has as many records", () => {
  const holds = fc.property(anyReport, anyDialect, (report, dialect) => {
    const xml = xmlOf(report, dialect);
    const options = { limits: defaultLimits, now };
    const [whole, summed] = [parseAggregate(xml, options), parseAggregate(xml, { ...options, isSummed: true })];
    expect(summed.report?.records).toHaveLength(report.records.length);
    expect(totalsOf([summed.report ?? report])).toEqual(totalsOf([whole.report ?? report]));
  });
  fc.assert(holds, { numRuns: 100 });
});

describe("reading is total", () => {
  const starts = [
    "",
    "\x1f\x8b\x08\0",
    "\x1f\x8b\x08\x1f",
    "PK\x03\x04",
    "<feedback>",
    "<?xml",
    "{",
    "\xff\xfe<\0",
    "From ",
    "H4sI",
    "Content-Type: ",
  ];

  test("any bytes, as they are or after the first bytes of a file, give an answer", async () => {
    const anyBytes = fc.tuple(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 400 }));
    await fc.assert(
      fc.asyncProperty(anyBytes, async ([start, bytes]) => {
        expectAnswer(await readMail(Buffer.concat([Buffer.from(start, "latin1"), bytes]), { now }));
      }),
      { numRuns: 500 },
    );
  });

  const folder = fileURLToPath(new URL("../../fixtures/", import.meta.url));
  const fixtures = readdirSync(folder).filter((name) => !name.endsWith(".json"));

  test("a fixture with bytes changed, cut out, doubled or taken from another gives an answer", async () => {
    const change = fc.record({
      name: fc.constantFrom(...fixtures),
      other: fc.constantFrom(...fixtures),
      at: fc.nat(),
      length: fc.nat({ max: 64 }),
      to: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        let bytes = readFileSync(folder + changes[0]?.name);
        for (const { other, at, length, to } of changes) {
          const source = readFileSync(folder + other);
          const [start, from] = [at % (bytes.length + 1), to % (source.length + 1)];
          bytes = Buffer.concat([
            bytes.subarray(0, start),
            source.subarray(from, from + length),
            bytes.subarray(start + (to % 80)),
          ]);
        }
        expectAnswer(await readMail(bytes, { now }));
      }),
      { numRuns: 500 },
    );
  });
});

function expectAnswer({ files }: ReadMail): void {
  expect(files.length).toBeGreaterThan(0);
  for (const { state, reason, report } of files) {
    expect(mailStates).toContain(state);
    if (state !== "read") expect(reasonText(reason)).toMatch(/\w/);
    for (const { row } of report?.records ?? []) expect(row.count >= 0 && Number.isSafeInteger(row.count)).toBe(true);
  }
}
