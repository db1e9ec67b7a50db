import { Writable } from "node:stream";
import { gunzipSync, inflateRawSync } from "node:zlib";
import type { BenchMailbox } from "./imap.ts";
import { peakMegabytes } from "./peak.ts";
import type { ReadSums } from "./straight.ts";

/*
 * One reading in a process of its own: `reader.ts straight|json|table FOLDER [TIMES]`, or `reader.ts imap|imap-straight|raw MAILBOX`.
 * Prints what was read and what it took as one line of JSON.
 */

const now = new Date("2026-11-20T09:00:00Z");
const [pipeline = "", place = "", times = "1"] = process.argv.slice(2);
const pipelines = {
  straight: prepareStraight,
  json: prepareJson,
  table: prepareTable,
  imap: prepareImap,
  raw: prepareRaw,
  "imap-straight": prepareImapStraight,
};
const read = await pipelines[pipeline as keyof typeof pipelines]();
const before = process.cpuUsage();
const start = performance.now();
const sums: ReadSums = { records: 0, messages: 0, dmarcFail: 0 };
for (let time = 0; time < Number(times); time += 1) await read(place, sums);
const elapsed = performance.now() - start;
const reading = process.cpuUsage(before);
const whole = process.cpuUsage();
console.log(
  JSON.stringify({
    ...sums,
    reading: (reading.user + reading.system) / 1e6,
    whole: (whole.user + whole.system) / 1e6,
    elapsed: elapsed / 1000,
    megabytes: await peakMegabytes(),
  }),
);

type Read = (place: string, sums: ReadSums) => Promise<void>;

/** The command `read --json`, as it is. */
async function prepareJson(): Promise<Read> {
  const { read } = await import("../../src/commands/read/read.ts");
  return async (path, total) => {
    const stdout = writing((line) => {
      for (const report of JSON.parse(line).reports as ReadSums[]) add(total, report);
    });
    await read({ paths: [path], json: true, now, stdout, stderr: process.stderr });
  };
}

/** The command `read`, whose table goes nowhere. */
async function prepareTable(): Promise<Read> {
  const { read } = await import("../../src/commands/read/read.ts");
  return async (path) => {
    await read({ paths: [path], json: false, now, stdout: writing(() => undefined), stderr: process.stderr });
  };
}

function writing(take: (text: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write: (text: string, _, done) => {
      take(text);
      done();
    },
  });
}

async function prepareImap(): Promise<Read> {
  const { imapSource } = await import("../../src/io/imap/imap.ts");
  const { readFetched } = await import("../../src/io/source.ts");
  const { defaultLimits: limits } = await import("../../src/report/limits.ts");
  const { isAggregate } = await import("../../src/history/day/day.ts");
  const { totalsOf } = await import("../../src/history/totals.ts");
  return async (mailbox, total) => {
    const { port, user, password } = JSON.parse(mailbox) as BenchMailbox;
    const signIn = { kind: "password", password } as const;
    const address = { host: "127.0.0.1", port, security: "none" as const, user, signIn, folder: "INBOX" };
    const source = imapSource({ name: "bench", ...address, since: new Date(0), limits });
    for await (const mail of source.mails(undefined)) {
      for (const { report } of (await readFetched(mail, { now })).files) {
        if (report !== undefined && isAggregate(report))
          add(total, { ...totalsOf([report]), records: report.records.length });
      }
    }
  };
}

async function prepareStraight(): Promise<Read> {
  const { readStraight } = await import("./straight.ts");
  const { readdir, readFile } = await import("node:fs/promises");
  return async (path, total) => {
    for (const name of (await readdir(path)).sort()) add(total, await readStraight(await readFile(`${path}/${name}`)));
  };
}

/** The least that any reader must do: fetch the mails, inflate what is in them, and look at each byte of that once. */
async function prepareRaw(): Promise<Read> {
  return async (mailbox, total) => {
    for await (const mail of mailsIn(mailbox)) {
      const [bytes, lessThan] = [inflated(mail), 60];
      for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === lessThan) total.records += 1;
    }
  };
}

/** The one attachment of a mail of the benches: of the parts in base64 the longest, in gzip or zip. */
function inflated(mail: Buffer): Buffer {
  const parts = mail.toString("latin1").match(/(?<=\r\n\r\n)(?:[\w+/=]+\r\n)+/g) ?? [];
  const bytes = Buffer.from(
    parts.reduce((a, b) => (a.length > b.length ? a : b), ""),
    "base64",
  );
  if (bytes[0] === 0x1f) return gunzipSync(bytes);
  return inflateRawSync(bytes.subarray(30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28)));
}

async function prepareImapStraight(): Promise<Read> {
  const { readStraight } = await import("./straight.ts");
  return async (mailbox, total) => {
    for await (const mail of mailsIn(mailbox)) add(total, await readStraight(mail));
  };
}

async function* mailsIn(mailbox: string): AsyncGenerator<Buffer> {
  const { ImapFlow } = await import("imapflow");
  const { port, user, password } = JSON.parse(mailbox) as BenchMailbox;
  const client = new ImapFlow({
    host: "127.0.0.1",
    port,
    secure: false,
    doSTARTTLS: false,
    auth: { user, pass: password },
    logger: false,
  });
  await client.connect();
  await client.mailboxOpen("INBOX", { readOnly: true });
  for await (const { source } of client.fetch("1:*", { source: true })) if (source !== undefined) yield source;
  await client.logout();
}

function add(total: ReadSums, { records, messages, dmarcFail }: ReadSums): void {
  total.records += records;
  total.messages += messages;
  total.dmarcFail += dmarcFail;
}
