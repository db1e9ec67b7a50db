import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { reasonText } from "../../../src/render/words/words.ts";
import { readMail } from "../../../src/report/mail/mail.ts";
import { record, reportXml, zipOf } from "../report-files.ts";

async function notesOn(bytes: Uint8Array | string): Promise<string[][]> {
  const { files } = await readMail(Buffer.from(bytes), { now: new Date("2026-11-20T09:00:00Z") });
  return files.map(({ report, reason }) => report?.notes ?? [`no report: ${reasonText(reason)}`]);
}

const gzip = gzipSync(reportXml());
const zip = zipOf([1, 2].map((id) => ({ name: `${id}.xml`, bytes: Buffer.from(reportXml({ reportId: `${id}` })) })));
const behind = (bytes: Buffer, text: string): Buffer => Buffer.concat([bytes, Buffer.from(text)]);

describe("a repair is told on the report", () => {
  const gzipEnd = "what follows the end of the gzip file was left out";
  const zipEnd = "what follows the end of the zip was left out";
  const noChecksum = "the gzip file ends without its checksum, which could not be compared";
  test.each([
    ["bytes after gzip", behind(gzip, "\r\n-- \r\nsent by"), [[gzipEnd]]],
    ["bytes after gzip in gzip", gzipSync(behind(gzip, "x")), [[gzipEnd]]],
    ["bytes after a zip, for each of its files", behind(zip, "x"), [[zipEnd], [zipEnd]]],
    ["a gzip without its checksum", gzip.subarray(0, -3), [[noChecksum]]],
    [
      "a gzip without its checksum beside a sound file, on its own report alone",
      zipOf([
        { name: "1.gz", bytes: gzip.subarray(0, -8) },
        { name: "2.gz", bytes: gzip },
      ]),
      [[noChecksum], []],
    ],
    [
      "UTF-16 with half of a pair in it",
      Buffer.from(`\uFEFF${reportXml().replace("example.net", "a\uD800b")}`, "utf16le"),
      [["bytes that aren't UTF-16LE were replaced"]],
    ],
    [
      "other metadata",
      reportXml({ records: "<report_metadata/><record/>" }),
      [["another <report_metadata> was left out"]],
    ],
    ["a record without From", reportXml({ records: record({ header: "" }) }), [["a record has no <header_from>"]]],
  ])("%s", async (_, bytes, notes) => {
    expect(await notesOn(bytes)).toEqual(notes);
  });
});

describe("what is normal has no note", () => {
  test.each([
    ["a line end after gzip", behind(gzip, "\r\n")],
    ["blanks and NUL after gzip", behind(gzip, " \n\0\0")],
    ["several members", Buffer.concat([gzip, gzipSync("\n")])],
    ["a line end after a zip", behind(zip, "\r\n")],
    ["UTF-16", Buffer.from(`\uFEFF${reportXml()}`, "utf16le")],
  ])("%s", async (_, bytes) => {
    expect((await notesOn(bytes)).flat()).toEqual([]);
  });
});

test("of two counts in a row none is guessed", async () => {
  const records = record({ count: "3</count><count>4" }) + record();
  const { files } = await readMail(Buffer.from(reportXml({ records })), { now: new Date("2026-11-20T09:00:00Z") });
  expect(files).toMatchObject([{ report: { unreadableRecords: 1, records: [{ row: { count: 3 } }] } }]);
});
