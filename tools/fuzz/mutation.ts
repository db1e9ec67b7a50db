import { gunzipSync, gzipSync } from "node:zlib";
import { zipOf } from "../../test/report/report-files.ts";

/** A stream of whole numbers, the same for the same seed (mulberry32). */
export function makeRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** What readers of mails, archives and XML look for. */
const tokens = [
  "<feedback>",
  "</feedback>",
  "<record>",
  "</record>",
  "</record></feedback>",
  "<a@b>",
  " < ",
  "<count>",
  "<![CDATA[",
  "]]>",
  "<!--",
  "-->",
  "<?xml ",
  "?>",
  "<!DOCTYPE ",
  "&amp;",
  "&#0;",
  "&#x10ffff;",
  "<__proto__>",
  'encoding="utf-16"',
  "\x1f\x8b\x08\0",
  "PK\x03\x04",
  "PK\x01\x02",
  "PK\x05\x06",
  "H4sI",
  "UEsDB",
  "--b1",
  "\r\n\r\n",
  "\n\n",
  "Content-Type: message/rfc822\n\n",
  "Content-Transfer-Encoding: base64\n",
  "Content-Type: multipart/mixed; boundary=b1\n\n",
  "=\n",
  "\0",
  "\xff\xfe",
  "\xef\xbb\xbf",
  "-1",
  "1e300",
  "9007199254740992",
  "unused",
  "{",
  "date-range",
  "begin 644 a!b!1!2.xml\nM",
  "Rar!\x1a\x07",
  "Subject: Report Domain: a\n",
  "Content-Type: message/delivery-status\n\n",
  "report-type=feedback-report",
].map((text) => Buffer.from(text, "latin1"));

type Random = (below: number) => number;

/** Some bytes with a few changes; of a gzip file at times what is inside. */
export function mutate(seed: Buffer, other: Buffer, random: Random): Buffer {
  const unpacked = random(3) === 0 ? unpackedOf(seed) : undefined;
  let bytes = unpacked ?? seed;
  for (let change = random(6); change >= 0; change -= 1) bytes = changeOnce(bytes, other, random);
  return unpacked === undefined && random(8) > 0 ? bytes : pack(bytes, random);
}

function changeOnce(bytes: Buffer, other: Buffer, random: Random): Buffer {
  const start = random(bytes.length + 1);
  const end = Math.min(bytes.length, start + random(random(4) === 0 ? 2000 : 16));
  const [before, within, after] = [bytes.subarray(0, start), bytes.subarray(start, end), bytes.subarray(end)];
  switch (random(8)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([before, ...Array<Buffer>(1 + random(50)).fill(within), after]);
    case 2:
      return Buffer.concat([before, Buffer.from(within.map(() => random(256))), after]);
    case 3:
      return Buffer.concat([before, Buffer.from(within.map((byte) => byte ^ (1 << random(8)))), after]);
    case 4: {
      const from = random(other.length + 1);
      return Buffer.concat([before, other.subarray(from, from + random(500)), after]);
    }
    case 5:
      return before;
    default:
      return Buffer.concat([
        before,
        ...Array<Buffer>(random(10) === 0 ? 1000 : 1).fill(tokens[random(tokens.length)] ?? before),
        after,
      ]);
  }
}

function unpackedOf(bytes: Buffer): Buffer | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return undefined;
  try {
    return gunzipSync(bytes, { maxOutputLength: 1_000_000 });
  } catch {
    return undefined;
  }
}

function pack(bytes: Buffer, random: Random): Buffer {
  switch (random(3)) {
    case 0:
      return zipOf([{ name: "r.xml", bytes }]);
    case 1:
      return gzipSync(gzipSync(bytes));
    default:
      return gzipSync(bytes);
  }
}
