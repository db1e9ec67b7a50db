import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Config, readConfig } from "../../../src/config/config.ts";
import { parseState } from "../../../src/history/state.ts";
import type { Host } from "../../../src/io/host.ts";
import { takeInMails } from "../../../src/steps/intake/intake.ts";
import { record, reportXml } from "../../report/report-files.ts";
import { makeFolder } from "../../servers/git.ts";
import { type FolderMail, type ImapFolder, startImapFolder } from "../../servers/imap/imap-folder.ts";
import { Killed, type MemoryFault, type MemoryHistory, memoryHistory } from "../../servers/memory-history.ts";

/*
 * In which order mails are read, over many runs that are cut short in any way: none is lost, and what is known in the end
 * is what one run would have found out.
 */

let folder: ImapFolder;
beforeAll(async () => {
  folder = await startImapFolder();
});
afterAll(() => folder.stop());

const kinds = ["believed", "forged", "without results", "stranger", "no report", "garbage"] as const;
type Kind = (typeof kinds)[number];

function textOf(kind: Kind, uid: number): string {
  const from = kind === "stranger" ? "dmarc@evil.example" : "noreply-dmarc-support@google.com";
  const domain = from.slice(from.indexOf("@") + 1);
  const results = `Authentication-Results: mx.example.net;\r\n dmarc=${kind === "forged" ? "fail" : "pass"} header.from=${domain}`;
  const xml = reportXml({ reportId: `report-${uid}`, records: record({ count: String(uid) }) });
  const body = kind === "no report" ? "see you at lunch" : kind === "garbage" ? "<feedback>" : xml;
  return [
    ...(kind === "without results" ? [] : [results]),
    "Received: from a.example by mx.example.net; Wed, 18 Nov 2026 08:00:00 +0000",
    `From: ${from}`,
    `Subject: ${uid}`,
    kind === "no report" ? "Content-Type: text/plain" : "Content-Type: text/xml",
    "",
    body,
    "",
  ].join("\r\n");
}

function fill(kindsInOrder: readonly Kind[], gaps = 1): void {
  const before = folder.mails.at(-1)?.uid ?? 0;
  const mails = kindsInOrder.map((kind, index): FolderMail => {
    const uid = before + (index + 1) * gaps;
    return { uid, text: textOf(kind, uid), arrived: new Date(`2026-11-${10 + (uid % 8)}T08:00:00Z`) };
  });
  folder.mails.push(...mails);
}

function empty(): void {
  Object.assign(folder, { mails: [], fetched: [], cutAfter: undefined, uidValidity: folder.uidValidity + 1 });
}

function configOf(inputs: Record<string, string>, timeBudget: number): Config {
  const given = {
    now: "2026-11-20T09:00:00Z",
    domains: "example.com",
    weekly: "none",
    store: "git",
    "imap-host": "127.0.0.1",
    "imap-port": String(folder.port),
    "imap-security": "none",
    "imap-user": "me",
    "imap-password": "secret",
    ...inputs,
  };
  return { ...readConfig(given, {}, new Date()), timeBudget };
}

const host: Host = { info: () => {}, error: () => {}, display: { colour: false, width: 80 }, publish: async () => [] };
const longTime = 600_000;

test("each mailbox has its share of the time, and leaves what it does not need to those that follow", async () => {
  empty();
  fill(Array.from({ length: 40 }, () => "stranger"));
  const files = makeFolder();
  for (let id = 1; id <= 40; id += 1) writeFileSync(join(files, `${id}.eml`), textOf("stranger", 1000 + id));
  const readAfter = async (looks: number) => {
    const history = memoryHistory();
    // Each look at the clock is a tenth of a second later: no mailbox is silent for so long as its share.
    let time = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => (time += 100));
    const { toGo, unposted } = await takeInMails(configOf({ "mail-path": files }, looks * 100), history, host);
    clock.mockRestore();
    const read = (name: string): number => unposted.filter(({ mailbox }) => mailbox === name).length;
    return { toGo: toGo.map(({ mailbox }) => mailbox), imap: read("imap"), files: read("files") };
  };
  const { toGo, imap, files: ofFiles } = await readAfter(40);
  expect({ toGo, isShared: imap > 5 && ofFiles > 5 }).toEqual({ toGo: ["imap", "files"], isShared: true });
  // A mailbox that is done early leaves its time to the next.
  folder.mails = folder.mails.slice(0, 2);
  expect(await readAfter(60)).toEqual({ toGo: [], imap: 2, files: 40 });
});

/** One run as far as it gets; gives how many mails it left. */
async function runOnce(history: MemoryHistory, inputs: Record<string, string>, timeBudget = longTime) {
  await history.reopen();
  try {
    const { toGo, unread } = await takeInMails(configOf(inputs, timeBudget), history, host);
    return { toGo: toGo[0]?.mails ?? 0, isCut: unread.length > 0 };
  } catch (error) {
    if (!(error instanceof Killed) && (error as Error).name !== "SourceError") throw error;
    return { toGo: undefined, isCut: true };
  }
}

/** All files but the state, whose cursors are those of the same end, and but for which commit each mail came in. */
function filesOf({ repository }: MemoryHistory) {
  const files = new Map(repository.commits.at(-1)?.files);
  const { mailboxes } = parseState(files.get("state.json"));
  files.delete("state.json");
  for (const [path, text] of files) if (path.startsWith("intake/")) files.set(path, text.replaceAll(/,\d+$/gm, ","));
  return { files, mailboxes };
}

function uidsIn({ repository }: MemoryHistory): number[] {
  const ledgers = [...(repository.commits.at(-1)?.files ?? [])].filter(([path]) => path.startsWith("intake/"));
  const rows = ledgers.flatMap(([, text]) => text.trimEnd().split("\n").slice(1));
  return rows.map((row) => Number(row.split(",")[4])).sort((a, b) => a - b);
}

const authservId = { "authserv-id": "mx.example.net" };
const someKinds = fc.array(fc.constantFrom(...kinds), { maxLength: 12 });
const someRun = fc.record({
  mails: someKinds,
  fault: fc.constantFrom<MemoryFault>("none", "kill-before", "kill-after", "go-back", "lost"),
  cutAfter: fc.option(fc.nat(8), { nil: undefined }),
  isShort: fc.boolean(),
  isTrusting: fc.boolean(),
});

test("any mails, cut short in any way, give the history of one run that was not", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(someRun, { maxLength: 6 }), fc.constantFrom({}, authservId), async (runs, inputs) => {
      empty();
      fill(["believed"]);
      const history = memoryHistory();
      for (const { mails, fault, cutAfter, isShort } of runs) {
        fill(mails, 2);
        history.repository.faults = [fault];
        folder.cutAfter = cutAfter;
        await runOnce(history, inputs, isShort ? 0 : longTime);
      }
      history.repository.faults = [];
      folder.cutAfter = undefined;
      expect(await runOnce(history, inputs)).toEqual({ toGo: 0, isCut: false });
      const straight = memoryHistory();
      await runOnce(straight, inputs);
      expect(filesOf(history)).toEqual(filesOf(straight));
      expect(uidsIn(history)).toEqual(folder.mails.map(({ uid }) => uid));
    }),
    { numRuns: 12 },
  );
});

test("no mail is lost when others are believed from one run to the next", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(someRun, { maxLength: 6 }), async (runs) => {
      empty();
      fill(["stranger"]);
      const history = memoryHistory();
      for (const { mails, cutAfter, isShort, isTrusting } of runs) {
        fill(mails);
        folder.cutAfter = cutAfter;
        await runOnce(history, isTrusting ? authservId : {}, isShort ? 0 : longTime);
      }
      folder.cutAfter = undefined;
      await runOnce(history, {});
      expect(uidsIn(history)).toEqual(folder.mails.map(({ uid }) => uid));
    }),
    { numRuns: 10 },
  );
});

test("runs that have time for one mail each come to an end, the believed mails first", async () => {
  for (const inputs of [{}, authservId]) {
    empty();
    fill(["stranger", "believed", "no report", "forged", "believed", "stranger"]);
    const history = memoryHistory();
    const left: (number | undefined)[] = [];
    const known: number[] = [];
    while (left.at(-1) !== 0) {
      left.push((await runOnce(history, inputs, 0)).toGo);
      known.push(...uidsIn(history).filter((uid) => !known.includes(uid)));
    }
    expect({ known, left }).toEqual(
      "authserv-id" in inputs
        ? { known: [2, 3, 5, 1, 4, 6], left: [5, 4, 3, 2, 1, 0] }
        : { known: [2, 3, 4, 5, 1, 6], left: [5, 4, 3, 2, 1, 0] },
    );
  }
});
