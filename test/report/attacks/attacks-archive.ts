import { gzipSync } from "node:zlib";
import { reportXml, type ZipEntry, zipOf } from "../report-files.ts";
import type { Attack } from "./attacks.ts";
import { gzipQuine } from "./quine.ts";

const xml = Buffer.from(reportXml());
const report: ZipEntry = { name: "r.xml", bytes: xml };
/** Past the 10 MB from which on the ratio counts. */
const zeros = Buffer.alloc(24 * 1024 * 1024);

function nested(layers: number, bytes: Uint8Array): Uint8Array {
  return layers === 0 ? bytes : nested(layers - 1, gzipSync(bytes));
}

/** A zip whose directory names one file many times over. */
function overlapping(entry: ZipEntry, times: number): Buffer {
  const zip = zipOf([entry]);
  const start = zip.indexOf("PK\x01\x02", 0, "latin1");
  const end = zip.indexOf("PK\x05\x06", 0, "latin1");
  const directory = Array.from({ length: times }, () => zip.subarray(start, end));
  return withCount(
    Buffer.concat([zip.subarray(0, start), ...directory, zip.subarray(end)]),
    times,
    times * (end - start),
  );
}

/** A zip whose end record tells of so many files, in a directory of so many bytes. */
function withCount(zip: Buffer, files: number, directoryBytes?: number): Buffer {
  const end = zip.lastIndexOf("PK\x05\x06", undefined, "latin1");
  zip.writeUInt16LE(files, end + 8);
  zip.writeUInt16LE(files, end + 10);
  if (directoryBytes !== undefined) zip.writeUInt32LE(directoryBytes, end + 12);
  return zip;
}

function gzipWithLongName(size: number): Buffer {
  return Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]), Buffer.alloc(size, "n")]);
}

/** Bombs and archives that lie about themselves. */
export const archiveAttacks: readonly Attack[] = [
  { name: "gzip bomb", make: () => gzipSync(zeros), state: "too-big", says: "unpacks to more than 200 times" },
  { name: "gzip bomb in gzip", make: () => nested(2, zeros), state: "too-big", says: "unpacks to more than 200 times" },
  { name: "gzip bomb in zip", make: () => zipOf([{ name: "r.gz", bytes: gzipSync(zeros) }]), state: "too-big" },
  {
    name: "gzip bomb of many members",
    make: () => Buffer.concat(Array(9).fill(gzipSync(zeros.subarray(0, 8_000_000)))),
    state: "too-big",
  },
  {
    name: "gzip that unpacks to itself",
    make: gzipQuine,
    state: "too-big",
    says: "is packed more than 2 times over",
  },
  {
    name: "gzip a thousand times over",
    make: () => nested(1000, xml),
    state: "too-big",
    says: "is packed more",
  },
  {
    name: "gzip of a million empty members",
    make: (size) => Buffer.alloc(size, gzipSync("")),
    state: "corrupt",
    says: "the gzip file has more than 10000 members",
  },
  { name: "gzip with an endless name", make: gzipWithLongName, state: "corrupt", says: "the gzip file is cut off" },
  { name: "zip bomb", make: () => zipOf([{ name: "r.xml", bytes: zeros }]), state: "too-big" },
  {
    name: "zip bomb of many files",
    make: () =>
      zipOf(Array.from({ length: 10 }, (_, i) => ({ name: `${i}.xml`, bytes: zeros.subarray(0, 8_000_000) }))),
    state: "too-big",
  },
  { name: "zip of overlapping bombs", make: () => overlapping({ name: "r.xml", bytes: zeros }, 10), state: "too-big" },
  { name: "zip of overlapping files", make: () => overlapping(report, 10), state: "read" },
  {
    name: "zip of 60,000 overlapping files",
    make: () => overlapping(report, 60_000),
    state: "too-big",
    says: "the zip holds",
  },
  { name: "zip that tells of too few files", make: () => withCount(zipOf([report, report]), 1), state: "read" },
  { name: "zip that tells of too many files", make: () => withCount(zipOf([report]), 9), state: "corrupt" },
  { name: "zip that understates a size", make: () => zipOf([{ ...report, declaredSize: 10 }]), state: "corrupt" },
  { name: "zip that overstates a size", make: () => zipOf([{ ...report, declaredSize: 2 ** 31 }]), state: "corrupt" },
  {
    name: "zip bomb that understates its size",
    make: () => zipOf([{ name: "r", bytes: zeros, declaredSize: 10 }]),
    state: "corrupt",
  },
  {
    name: "zip in zip",
    make: () => zipOf([{ name: "r.zip", bytes: zipOf([report]) }]),
    state: "corrupt",
    says: "a zip in a zip",
  },
  {
    name: "zip with an encrypted file",
    make: () => zipOf([{ ...report, flags: 1 }]),
    state: "corrupt",
    says: "a file in the zip is encrypted",
  },
  {
    name: "zip with names that are paths",
    make: () =>
      zipOf(["../r.xml", "/etc/r.xml", "C:\\r.xml", "a\0.xml", "\u202er.xml"].map((name) => ({ ...report, name }))),
    state: "read",
  },
];
