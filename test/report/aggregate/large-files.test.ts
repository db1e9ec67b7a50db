import { deflateRawSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { reasonText } from "../../../src/render/words/words.ts";
import { defaultLimits, type Limits } from "../../../src/report/limits.ts";
import { readReportFile } from "../../../src/report/mail/file.ts";
import type { ReadFile } from "../../../src/report/read-mail.ts";
import { record, reportXml, zipOf } from "../report-files.ts";

async function filesIn(bytes: Uint8Array, limits: Partial<Limits> = {}): Promise<ReadFile[]> {
  const now = new Date("2026-11-20T09:00:00Z");
  return readReportFile(bytes, { limits: { ...defaultLimits, ...limits }, now });
}

/** `state`, or `state: reason`, of each file. */
async function statesIn(bytes: Uint8Array, limits: Partial<Limits> = {}): Promise<string[]> {
  const files = await filesIn(bytes, limits);
  return files.map(({ state, reason }) => (reason === undefined ? state : `${state}: ${reasonText(reason)}`));
}

/** More than is held of a packed file: 20,000 records of different addresses, so that it packs as real ones do. */
const records = Array.from({ length: 20_000 }, (_, index) =>
  record({ count: String(index), header: `h${(index * 7919) % 20_000}.example` }),
);
const large = reportXml({ records: records.join("\n") });
const utf8 = Buffer.from(large);

describe("a report of more than 4 MB", () => {
  test.each([
    ["gzip", gzipSync(utf8)],
    ["gzip of two members", Buffer.concat([gzipSync(utf8.subarray(0, 1_000_000)), gzipSync(utf8.subarray(1_000_000))])],
    ["gzip without its trailer", gzipSync(utf8).subarray(0, -8)],
    ["gzip in gzip", gzipSync(gzipSync(utf8))],
    ["zip", zipOf([{ name: "r.xml", bytes: utf8 }])],
    ["UTF-16 in gzip", gzipSync(Buffer.from(`\uFEFF${large}`, "utf16le"))],
    ["no container", utf8],
  ])("is read record by record out of %s", async (container, bytes) => {
    expect(utf8.length).toBeGreaterThan(4 * 1024 * 1024);
    const [file] = await filesIn(bytes);
    expect(file?.state).toBe("read");
    expect(file?.report?.records.map(({ row }) => row.count)).toEqual(records.map((_text, index) => index));
    expect(file?.report?.records[5]).toHaveProperty("identifiers.headerFrom", `h${(5 * 7919) % 20_000}.example`);
    expect(file?.report?.notes).toEqual(
      container === "gzip without its trailer"
        ? ["the gzip file ends without its checksum, which could not be compared"]
        : [],
    );
  });

  test("is read with characters beyond ASCII, in the encoding that it declares", async () => {
    const text = `<?xml version="1.0" encoding="windows-1252"?>${large.replace("example.net", "Bücher")}`;
    const [file] = await filesIn(gzipSync(Buffer.from(text, "latin1")));
    expect(file?.report?.reportMetadata.orgName).toBe("Bücher");
  });

  test("is corrupt when it would have to be repaired, or is cut off", async () => {
    const ampersand = large.replace("example.net", "A & B");
    for (const text of [ampersand, large.slice(0, -20), `${large}<x/>`]) {
      for (const bytes of [gzipSync(text), Buffer.from(text)]) {
        expect((await statesIn(bytes))[0]).toMatch(/^corrupt: not well-formed XML, /);
      }
    }
  });

  test("is refused for a wrong checksum and past a limit, whatever stands in it", async () => {
    for (const text of [large, large.replace("example.net", "A & B")]) {
      const wrong = gzipSync(text);
      wrong.writeUInt32LE(1, wrong.length - 8);
      expect(await statesIn(wrong)).toEqual(["corrupt: the gzip file has a wrong checksum"]);
      expect(await statesIn(gzipSync(text), { unpackedBytes: 4_300_000 })).toEqual([
        "too-big: unpacks to more than 4300000 bytes (limits: unpackedBytes)",
      ]);
      const zip = zipOf([
        { name: "1.xml", bytes: Buffer.from(text), declaredCrc: 1 },
        { name: "2.xml", bytes: Buffer.from(reportXml()) },
      ]);
      expect(await statesIn(zip)).toEqual(["corrupt: a file in the zip has a wrong checksum", "read"]);
    }
    expect(await statesIn(gzipSync(large), { records: 19_999 })).toEqual([
      "too-big: holds more than 19999 records (limits: records)",
    ]);
  });
});

test("what is large and no report is told as what is small", async () => {
  const spaces = " ".repeat(5_000_000);
  const limits = { compressionRatio: 10_000 };
  expect(await statesIn(gzipSync(`hello${spaces}`), limits)).toEqual(["not-a-report: neither XML nor JSON"]);
  expect(await statesIn(gzipSync(`{${spaces}}`), limits)).toEqual([
    "not-a-report: a large JSON file, but no TLS report (RFC 8460)",
  ]);
  expect(await statesIn(gzipSync(`<rss>${spaces}</rss>`), limits)).toEqual([
    "not-a-report: XML of <rss>, not of <feedback>",
  ]);
  expect(await statesIn(gzipSync(`<!DOCTYPE feedback><feedback>${spaces}`), limits)).toEqual([
    "corrupt: declares a DOCTYPE, which no report needs",
  ]);
});

test("a size in the trailer that is a lie changes nothing", async () => {
  const packed = deflateRawSync(reportXml());
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  const trailer = gzipSync(reportXml()).subarray(-8);
  trailer.writeUInt32LE(0xffffffff, 4);
  expect(await statesIn(Buffer.concat([header, packed, trailer]))).toEqual(["read"]);
});

test("one child of the root that is larger than all that is held is refused in time", async () => {
  const fat = reportXml({ records: `<x>${"<!-- -->".repeat(1_500_000)}</x>${record()}` });
  expect((await statesIn(gzipSync(fat), { compressionRatio: 10_000 }))[0]).toMatch(/^corrupt: .* larger than/);
});
