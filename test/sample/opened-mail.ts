import { gunzipSync } from "node:zlib";
import { type ParsedMail, simpleParser } from "mailparser";
import { fromBufferPromise } from "yauzl";
import { type SampleMail, sampleMails } from "../../src/sample/mailbox.ts";

/** A sample mail taken apart with other means than the project's own. */
export interface OpenedMail {
  mail: SampleMail;
  parsed: ParsedMail;
  /** The report's XML; `undefined` when the attachment can't be unpacked. */
  xml?: string;
}

/** What a report says, found with regular expressions alone. */
export interface PlainReport {
  orgName: string;
  reportId: string;
  domain: string;
  begin: number;
  end: number;
  /** The UTC date of the middle of the period. */
  day: string;
  records: PlainRecord[];
}

export interface PlainRecord {
  sourceIp: string;
  count: number;
  disposition: string;
  dkim: string;
  spf: string;
  reason?: string;
}

/** All sample mails, opened; made once. */
export function openedMails(): Promise<OpenedMail[]> {
  opened ??= Promise.all(sampleMails().map(openMail));
  return opened;
}

let opened: Promise<OpenedMail[]> | undefined;

/** The reports of the sample, each once, whatever number of mails brought it; made once. */
export function plainReports(): Promise<PlainReport[]> {
  plain ??= openedMails().then(onceEach);
  return plain;
}

let plain: Promise<PlainReport[]> | undefined;

function onceEach(mails: OpenedMail[]): PlainReport[] {
  const reports = mails.flatMap(({ xml }) => (xml === undefined ? [] : [readPlainly(xml)]));
  return [...new Map(reports.map((report) => [`${report.orgName} ${report.reportId}`, report])).values()];
}

/** Messages of some records; all of them when no test is given. */
export function countOf(records: PlainRecord[], test: (record: PlainRecord) => boolean = () => true): number {
  return records.filter(test).reduce((sum, { count }) => sum + count, 0);
}

async function openMail(mail: SampleMail): Promise<OpenedMail> {
  const parsed = await simpleParser(Buffer.from(mail.bytes));
  const attachment = parsed.attachments[0]?.content;
  if (attachment === undefined) return { mail, parsed };
  try {
    return { mail, parsed, xml: await unpack(attachment) };
  } catch {
    return { mail, parsed };
  }
}

async function unpack(bytes: Buffer): Promise<string> {
  if (bytes.subarray(0, 2).toString("latin1") !== "PK") {
    const isPadded = bytes.subarray(-2).toString("latin1") === "\r\n";
    return gunzipSync(isPadded ? bytes.subarray(0, -2) : bytes).toString();
  }
  const archive = await fromBufferPromise(bytes, { lazyEntries: true });
  for await (const entry of archive.eachEntry()) {
    const stream = await archive.openReadStreamPromise(entry);
    return Buffer.concat(await stream.toArray()).toString();
  }
  throw new Error("an empty archive");
}

function readPlainly(xml: string): PlainReport {
  const [head = "", ...records] = xml.split("<record>");
  const begin = Number(text(head, "begin"));
  const end = Number(text(head, "end"));
  return {
    orgName: text(head, "org_name"),
    reportId: text(head, "report_id"),
    domain: text(head, "domain"),
    begin,
    end,
    day: new Date(((begin + end) / 2) * 1000).toISOString().slice(0, 10),
    records: records.map((record) => ({
      sourceIp: text(record, "source_ip"),
      count: Number(text(record, "count")),
      disposition: text(record, "disposition"),
      dkim: text(record, "dkim"),
      spf: text(record, "spf"),
      ...(record.includes("<reason>") && { reason: text(record, "type") }),
    })),
  };
}

/** The text of the first element of a name that holds text alone. */
function text(xml: string, name: string): string {
  const found = new RegExp(`<${name}>([^<\\s][^<]*)</${name}>`).exec(xml)?.[1];
  if (found === undefined) throw new Error(`no <${name}> in ${xml.slice(0, 200)}`);
  return found;
}
