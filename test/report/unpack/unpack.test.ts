import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { reasonText } from "../../../src/render/words/words.ts";
import { defaultLimits, type Limits } from "../../../src/report/limits.ts";
import { collect, unpack } from "../../../src/report/unpack/unpack.ts";
import { zipOf } from "../report-files.ts";

/** Texts of the files, or `state: reason` of those that are refused. */
async function unpacked(bytes: Uint8Array, limits: Partial<Limits> = {}): Promise<string[]> {
  const files: string[] = [];
  for await (const file of unpack(bytes, { ...defaultLimits, ...limits }, { readLarge: collect, notes: [] })) {
    files.push(file instanceof Uint8Array ? Buffer.from(file).toString() : `${file.state}: ${reasonText(file.reason)}`);
  }
  return files;
}

const hello = Buffer.from("<hello/>");

describe("gzip", () => {
  const packed = gzipSync(hello);

  test("a line end after the last member is ignored", async () => {
    expect(await unpacked(Buffer.concat([packed, Buffer.from("\r\n")]))).toEqual(["<hello/>"]);
  });

  test("several members are one file", async () => {
    expect(await unpacked(Buffer.concat([packed, gzipSync("<you/>")]))).toEqual(["<hello/><you/>"]);
  });

  test("a header with a name, a comment, extra bytes and a checksum is passed over", async () => {
    const header = Buffer.from([0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3]);
    const fields = Buffer.from("\x03\x00abcname\0comment\0\x12\x34", "latin1");
    expect(await unpacked(Buffer.concat([header, fields, packed.subarray(10)]))).toEqual(["<hello/>"]);
  });

  test("a stream that is cut off is refused, whatever came before", async () => {
    expect(await unpacked(packed.subarray(0, 14))).toEqual(["corrupt: the gzip file is cut off"]);
    expect(await unpacked(packed.subarray(0, 5))).toEqual(["corrupt: the gzip file is cut off in its header"]);
  });

  test("a whole stream is kept when only its trailer is cut off", async () => {
    expect(await unpacked(packed.subarray(0, -3))).toEqual(["<hello/>"]);
  });

  test("a wrong checksum is refused", async () => {
    const wrong = Buffer.from(packed);
    wrong.writeUInt32LE(1, wrong.length - 8);
    expect(await unpacked(wrong)).toEqual(["corrupt: the gzip file has a wrong checksum"]);
  });

  test("a bomb is refused by the ratio, and by the size", async () => {
    const bomb = gzipSync(Buffer.alloc(12 * 1024 * 1024));
    expect(await unpacked(bomb)).toEqual([
      `too-big: unpacks to more than 200 times its ${bomb.length} bytes (limits: compressionRatio)`,
    ]);
    expect(await unpacked(bomb, { unpackedBytes: 1000 })).toEqual([
      "too-big: unpacks to more than 1000 bytes (limits: unpackedBytes)",
    ]);
  });

  test("the limit holds over all members", async () => {
    const twice = Buffer.concat([packed, packed]);
    expect(await unpacked(twice, { unpackedBytes: 16 })).toEqual(["<hello/><hello/>"]);
    expect(await unpacked(twice, { unpackedBytes: 15 })).toEqual([
      "too-big: unpacks to more than 15 bytes (limits: unpackedBytes)",
    ]);
  });

  test("gzip in gzip is unpacked, and no deeper", async () => {
    expect(await unpacked(gzipSync(packed))).toEqual(["<hello/>"]);
    expect(await unpacked(gzipSync(gzipSync(packed)))).toEqual([
      "too-big: is packed more than 2 times over (limits: archiveLayers)",
    ]);
  });
});

describe("zip", () => {
  test("files come one by one, without folders and what macOS adds", async () => {
    const zip = zipOf([
      { name: "reports/", bytes: Buffer.alloc(0) },
      { name: "reports/1.xml", bytes: hello },
      { name: "__MACOSX/reports/._1.xml", bytes: Buffer.from("junk") },
      { name: "../2.xml", bytes: Buffer.from("<you/>") },
    ]);
    expect(await unpacked(zip)).toEqual(["<hello/>", "<you/>"]);
  });

  test("bytes after the end record are ignored", async () => {
    const zip = zipOf([{ name: "1.xml", bytes: hello }]);
    expect(await unpacked(Buffer.concat([zip, Buffer.from("\r\n")]))).toEqual(["<hello/>"]);
  });

  test("a broken or encrypted file loses none of the others", async () => {
    const zip = zipOf([
      { name: "1.xml", bytes: hello, declaredCrc: 1 },
      { name: "2.xml", bytes: hello, flags: 1 },
      { name: "3.xml", bytes: hello },
    ]);
    expect(await unpacked(zip)).toEqual([
      "corrupt: a file in the zip has a wrong checksum",
      "corrupt: a file in the zip is encrypted",
      "<hello/>",
    ]);
  });

  test("too many files are refused before any is unpacked", async () => {
    const files = Array.from({ length: 41 }, (_, index) => ({ name: `${index}.xml`, bytes: hello }));
    expect(await unpacked(zipOf(files))).toEqual([
      "too-big: the zip holds more than 10 files (limits: archiveEntries)",
    ]);
  });

  test("the limit is on real sizes, over all files, whatever the directory declares", async () => {
    const files = ["1.xml", "2.xml"].map((name) => ({ name, bytes: Buffer.alloc(1000, 32) }));
    expect(await unpacked(zipOf(files), { unpackedBytes: 1500 })).toEqual([
      " ".repeat(1000),
      "too-big: unpacks to more than 1500 bytes (limits: unpackedBytes)",
    ]);
    const [lied] = await unpacked(zipOf([{ name: "1.xml", bytes: Buffer.alloc(1000), declaredSize: 10 }]));
    expect(lied).toMatch(/^corrupt: a file in the zip can't be unpacked/);
  });

  test("gzip in zip is unpacked; zip in zip is not", async () => {
    const inner = zipOf([{ name: "1.xml", bytes: hello }]);
    const zip = zipOf([
      { name: "1.xml.gz", bytes: gzipSync(hello) },
      { name: "1.zip", bytes: inner },
    ]);
    expect(await unpacked(zip)).toEqual(["<hello/>", "corrupt: a zip in a zip isn't unpacked"]);
  });

  test("a cut off zip is refused", async () => {
    const zip = zipOf([{ name: "1.xml", bytes: hello }]);
    const [file] = await unpacked(zip.subarray(0, 40));
    expect(file).toMatch(/^corrupt: the zip can't be read/);
  });
});

test("what is not packed comes back as it is", async () => {
  expect(await unpacked(hello)).toEqual(["<hello/>"]);
});
