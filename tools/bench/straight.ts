import { gunzipSync } from "node:zlib";
import { XMLParser } from "fast-xml-parser";
import { simpleParser } from "mailparser";
import { fromBufferPromise } from "yauzl";

/** What both pipelines must agree on. */
export interface ReadSums {
  records: number;
  messages: number;
  dmarcFail: number;
}

/** The sums of one mail the straight way: mailparser, zlib or yauzl, and one tree of the whole XML. */
export async function readStraight(bytes: Buffer): Promise<ReadSums> {
  const { attachments } = await simpleParser(bytes);
  const sums: ReadSums = { records: 0, messages: 0, dmarcFail: 0 };
  for (const { content } of attachments) {
    const xml = content[0] === 0x1f ? gunzipSync(content) : await unzip(content);
    for (const record of parser.parse(xml).feedback.record as StraightRecord[]) {
      const { dkim, spf } = record.row.policy_evaluated;
      const count = Number(record.row.count);
      sums.records += 1;
      sums.messages += count;
      if (dkim !== "pass" && spf !== "pass") sums.dmarcFail += count;
    }
  }
  return sums;
}

interface StraightRecord {
  row: { count: string; policy_evaluated: { dkim: string; spf: string } };
}

const parser = new XMLParser({
  parseTagValue: false,
  removeNSPrefix: true,
  isArray: (name) => name === "record",
});

async function unzip(bytes: Buffer): Promise<Buffer> {
  const zip = await fromBufferPromise(bytes, { lazyEntries: true });
  const chunks: Buffer[] = [];
  for await (const entry of zip.eachEntry()) {
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
