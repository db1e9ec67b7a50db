import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Report } from "../../../src/report/types.ts";
import { attachmentPart, formatDate, type MimePart, multipart, receiveMail } from "../../../src/sample/mail.ts";
import { makeRandom } from "../../../src/sample/random.ts";
import { formatXml } from "../../../src/sample/xml.ts";
import { domainName } from "./corpus.ts";
import { clone, makeFirstCommit, startRun } from "./place.ts";

/** Tiny reports about one domain and day, and how they come. */
interface Flood {
  name: string;
  /** Reports in a mail. */
  together: number;
  /** Whether the mails are those of a reporter that counts, or of a stranger. */
  isBelieved: boolean;
  /** Whether all say the same, under ever new ids. */
  isEqual?: boolean;
}

const floods: Flood[] = [
  { name: "one a mail, of a stranger", together: 1, isBelieved: false },
  { name: "one a mail, of a stranger, all equal", together: 1, isBelieved: false, isEqual: true },
  { name: "900 a mail, of a stranger", together: 900, isBelieved: false },
  { name: "900 a mail, of a reporter that counts", together: 900, isBelieved: true },
  { name: "900 a mail, of a reporter that counts, all equal", together: 900, isBelieved: true, isEqual: true },
];

/** A report may cost so much more among 20,000 than among 1,000, and all of them so many seconds of CPU. */
const goal = { few: 1000, many: 20_000, ratio: 1.2, seconds: 60 };

/** Measures what tiny reports cost by the thousand; gives the goals that were missed. */
export async function measureFloods(folder: string, runner: string): Promise<string[]> {
  const misses: string[] = [];
  for (const flood of floods) {
    const start = await secondsOf(flood, { folder, runner, reports: 1 });
    const few = await secondsOf(flood, { folder, runner, reports: goal.few });
    const many = await secondsOf(flood, { folder, runner, reports: goal.many });
    const each = { few: (few - start) / goal.few, many: (many - start) / goal.many };
    const ratio = each.many / each.few;
    const costs = `${(each.few * 1000).toFixed(2)} and ${(each.many * 1000).toFixed(2)} ms of CPU a report`;
    console.log(
      `${flood.name}: ${costs} among ${goal.few} and ${goal.many}, ratio ${ratio.toFixed(2)}; ${many.toFixed(1)} CPU s`,
    );
    if (!(ratio <= goal.ratio)) misses.push(`${flood.name}: the ratio must be ${goal.ratio}, is ${ratio.toFixed(2)}`);
    if (many > goal.seconds) misses.push(`${flood.name}: must take ${goal.seconds} CPU s, takes ${many.toFixed(1)}`);
  }
  return misses;
}

/** CPU seconds of a first run in which so many reports came, with the start of the process and without git. */
async function secondsOf(
  flood: Flood,
  { folder, runner, reports }: { folder: string; runner: string; reports: number },
): Promise<number> {
  const place = join(folder, `${flood.name} ${reports}`);
  const mails = join(place, "mails");
  await saveFlood(mails, flood, reports);
  const bare = await makeFirstCommit(join(place, "history.git"));
  const inputs = { "authserv-id": "mx.example.net" };
  const run = { store: "git", bare, clone: await clone(bare), mails, now: "2026-11-18T09:00:00Z", inputs } as const;
  const { cpu, problems } = await startRun(runner, run);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return cpu;
}

const begin = Date.UTC(2026, 10, 17) / 1000;
const dayLength = 86_400;

async function saveFlood(folder: string, { together, isBelieved, isEqual }: Flood, reports: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let first = 0; first < reports; first += together) {
    const numbers = Array.from({ length: Math.min(together, reports - first) }, (_, index) => first + index);
    const parts = numbers.map((number) => reportPart(number, isEqual === true));
    const letter = {
      from: isBelieved ? "noreply@google.com" : "noreply@stranger.example",
      subject: `Reports from ${first}`,
      messageId: `${first}@stranger.example`,
      date: formatDate(begin + dayLength),
      host: { name: "mta.stranger.example", address: "192.0.2.25" },
      body: parts.length === 1 && parts[0] !== undefined ? parts[0] : multipart("flood", parts),
    };
    const mail = receiveMail(letter, begin + dayLength + first, makeRandom(`flood ${first}`));
    await writeFile(join(folder, `${String(first).padStart(6, "0")}.eml`), mail);
  }
}

function reportPart(number: number, isEqual: boolean): MimePart {
  const domain = domainName(0);
  const report: Report = {
    reportMetadata: {
      orgName: "Reporter",
      email: "noreply@google.com",
      reportId: `id-${number}`,
      dateRange: { begin, end: begin + dayLength - 1 },
    },
    policyPublished: { domain, adkim: "r", aspf: "r", p: "none", sp: "none" },
    records: [
      {
        row: {
          sourceIp: "192.0.2.1",
          count: isEqual ? 1 : number + 1,
          policyEvaluated: { disposition: "none", dkim: "pass", spf: "pass", reasons: [] },
        },
        identifiers: { headerFrom: domain },
        authResults: { dkim: [], spf: [{ domain, scope: "mfrom", result: "pass" }] },
      },
    ],
    unreadableRecords: 0,
    notes: [],
  };
  const xml = formatXml(report, { declaration: '<?xml version="1.0"?>', envelopeFrom: false });
  return attachmentPart({ name: `${number}.xml.gz`, type: "application/gzip", bytes: gzipSync(xml) });
}
