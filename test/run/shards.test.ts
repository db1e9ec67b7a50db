import { createHash } from "node:crypto";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { makeFolder } from "../servers/git.ts";
import { startGraph } from "../servers/graph.ts";
import { type Dovecot, haveDovecot, startDovecot, trustServer } from "../servers/imap/dovecot.ts";
import { imapAccount } from "../servers/place.ts";
import { startS3 } from "../servers/s3.ts";
import { collectAt, graphMailbox, type MemoryPlace, makeRunPlace, runAt } from "./place.ts";
import { believed, mailOf, type ReportedDay } from "./reported-mails.ts";

/* What the jobs of a matrix collect and one commits is what one run makes of the same mails: the whole history, byte by byte. */

const [before, now] = ["2026-11-19T09:00:00Z", "2026-11-20T09:00:00Z"];

/** Beyond the case that is always tried and one that is drawn, as many as go into `FUZZ_SECONDS`, on each kind of mailbox. */
const secondsOfDraws = Number(process.env.FUZZ_SECONDS ?? 0);
const timeout = 180_000 + secondsOfDraws * 1000;

/** A mail, and when it came. */
interface Mail {
  bytes: Buffer;
  arrived: Date;
}

/** Where mails lie, as a run is told. */
interface Mailbox {
  inputs: Record<string, string>;
  changes?: Partial<Config>;
  put: (mail: Mail) => void;
}

/** A report about a day, and what of it differs where another mail has the same figures. */
interface MailKind extends ReportedDay {
  copy: number;
  policy: string;
  hasId: boolean;
}

/** Few of each kind, so that a report often comes twice, under another id, or with other figures under the same. */
const report: fc.Arbitrary<MailKind> = fc.record({
  reporter: fc.constantFrom<ReportedDay["reporter"][]>("google", "microsoft", "stranger"),
  domain: fc.constantFrom("example.com", "example.org"),
  day: fc.constantFrom("2026-11-15", "2026-11-16"),
  hoursLate: fc.constantFrom(12, 30),
  pass: fc.integer({ min: 1, max: 2 }),
  fail: fc.constantFrom(0, 5),
  copy: fc.integer({ min: 0, max: 1 }),
  policy: fc.constantFrom("none", "reject"),
  hasId: fc.boolean(),
});

const sharding = fc.record({
  of: fc.constantFrom<number[]>(1, 2, 3, 5, 16),
  /** By which the files are sorted that the jobs leave. */
  order: fc.array(fc.nat(), { minLength: 16, maxLength: 16 }),
  /** The shards that do not come with the others: their files come alone later, or all is read once more. */
  late: fc.subarray([1, 2, 3, 4, 16], { maxLength: 3 }),
  isReadAgain: fc.boolean(),
  /** Whether a job has left its file twice. */
  isTwice: fc.boolean(),
});

type Sharding = typeof sharding extends fc.Arbitrary<infer One> ? One : never;

/** Mails of one mailbox, of which one run has read some before, and some ways to share out the others. */
const mailbox = fc.record({
  earlier: fc.array(report, { maxLength: 6 }),
  reports: fc.array(report, { minLength: 2, maxLength: 24 }),
  /** Whether the stranger is believed since. */
  isTrusted: fc.boolean(),
  shardings: fc.array(sharding, { minLength: 3, maxLength: 5 }),
});

type Case = typeof mailbox extends fc.Arbitrary<infer One> ? One : never;

const sampled = fc.sample(report, { seed: 20, numRuns: 24 });

/** One content twice, with an id and without one and under another policy, and then a larger one with the id of the first. */
const taken = ["example.com", "example.org"].flatMap((domain) =>
  ["2026-11-15", "2026-11-16"].flatMap((day): MailKind[] => {
    const one = { reporter: "yahoo" as const, domain, day, hoursLate: 12, fail: 0, copy: 0 };
    return [
      { ...one, pass: 1, policy: "none", hasId: true },
      { ...one, pass: 1, policy: "reject", hasId: false },
      { ...one, pass: 2, policy: "reject", hasId: true },
    ];
  }),
);

/** Each kind of report, and what may become of 16, 5 and 3 shards and of one alone. */
const always: Case = {
  earlier: sampled.slice(0, 6),
  reports: [...sampled.slice(6), ...taken],
  isTrusted: true,
  shardings: [
    { of: 16, late: [], isTwice: false },
    { of: 5, late: [], isTwice: true },
    { of: 1, late: [], isTwice: true },
    { of: 16, late: [3, 16], isTwice: true, isReadAgain: true },
    { of: 5, late: [1, 4], isTwice: false },
    { of: 3, late: [2], isTwice: false, isReadAgain: true },
  ].map(
    (one): Sharding => ({ isReadAgain: false, ...one, order: Array.from({ length: 16 }, (_, at) => (at * 7) % 16) }),
  ),
};

function mailWith({ copy, policy, hasId, ...reported }: MailKind): Mail {
  const midnight = Date.parse(reported.day) + 86_400_000;
  const mail = mailOf(reported).replace("<p>reject", `<p>${policy}`);
  return {
    bytes: Buffer.from(`X-Copy: ${copy}\n${hasId ? mail : mail.replace(/<report_id>[^<]*/, "<report_id>")}`),
    arrived: new Date(midnight + reported.hoursLate * 3_600_000),
  };
}

/** All files of the history. */
function leftIn({ repository }: MemoryPlace): Record<string, string> {
  return Object.fromEntries(repository.commits.at(-1)?.files ?? []);
}

function cursorsIn(files: Record<string, string>): unknown {
  return JSON.parse(files["state.json"] ?? "{}").mailboxes ?? {};
}

/** A place whose history is that of another one. */
function copyOf({ repository }: MemoryPlace): MemoryPlace {
  const place = makeRunPlace();
  cpSync(repository.folder, place.repository.folder, { recursive: true });
  place.repository.commits.push(...repository.commits);
  return place;
}

/** One run over the mails, and what it has left; each sharding of the same mails is compared with that. */
async function checkMailbox(
  { inputs, changes = {}, put }: Mailbox,
  { earlier, reports, isTrusted, shardings }: Case,
): Promise<void> {
  const first = { ...believed, ...inputs };
  const trust: Record<string, string> = isTrusted ? { "trusted-reporters": "evil.example" } : {};
  const given = { ...first, ...trust };
  const start = makeRunPlace();
  earlier.map(mailWith).forEach(put);
  if (earlier.length > 0) await runAt(start, before, first, before, changes);
  reports.map(mailWith).forEach(put);
  const single = copyOf(start);
  await runAt(single, now, given, now, changes);
  const expected = leftIn(single);

  const collect = async (place: MemoryPlace, of: number): Promise<string[]> => {
    const shards = Array.from({ length: of }, (_, at) => `${at + 1}/${of}`);
    const paths: string[] = [];
    for (const shard of shards) paths.push(await collectAt(place, now, { ...given, shard }, changes));
    return paths;
  };
  const collected = new Map<number, string[]>();
  for (const one of shardings) {
    const paths = collected.get(one.of) ?? (await collect(start, one.of));
    collected.set(one.of, paths);
    const place = copyOf(start);
    await checkSharding(place, one, { paths, trust, expected, readAgain: async () => await collect(place, one.of) });
  }
}

interface Collected {
  /** The files that the jobs have left. */
  paths: string[];
  /** Inputs that say who is believed. */
  trust: Record<string, string>;
  /** What one run leaves. */
  expected: Record<string, string>;
  /** Runs the jobs once more. */
  readAgain: () => Promise<string[]>;
}

/** Commits what the jobs of a matrix have left, once or twice. */
async function checkSharding(
  place: MemoryPlace,
  { of, order, late, isReadAgain, isTwice }: Sharding,
  { paths, trust, expected, readAgain }: Collected,
): Promise<void> {
  const commit = async (some: readonly string[]): Promise<string[]> => {
    const rankOf = (path: string): number => order[paths.indexOf(path)] ?? 0;
    const files = some.toSorted((a, b) => rankOf(a) - rankOf(b)).join("\n");
    return (await runAt(place, now, { ...trust, "mail-path": "", collected: files })).problems;
  };
  const from = cursorsIn(leftIn(place));
  const missing = paths.filter((_, at) => late.length < of && late.includes(at + 1));
  const came = paths.filter((path) => !missing.includes(path));
  const problems = await commit(isTwice ? [...came, twinOf(came[0] ?? "")] : came);
  expect(problems).toHaveLength(missing.length);
  if (missing.length === 0) {
    expect(leftIn(place)).toEqual(expected);
    return;
  }
  expect(cursorsIn(leftIn(place))).toEqual(from);
  await commit(isReadAgain ? await readAgain() : missing);
  const left = leftIn(place);
  expect(daysOf(left)).toEqual(daysOf(expected));
  // A file that comes alone is a share of the mails: the next run reads all of them.
  expect(cursorsIn(left)).toEqual(isReadAgain ? cursorsIn(expected) : from);
}

/** Days and indexes alone: the ledger says in which order mails were taken in, and what was sent and drawn is of two runs. */
function daysOf(files: Record<string, string>): Record<string, string> {
  const days = Object.entries(files).filter(([path]) => /^[^/]+\.[^/]+\//.test(path));
  expect(days).not.toEqual([]);
  return Object.fromEntries(days);
}

function twinOf(path: string): string {
  const twin = join(makeFolder(), "again.collected.jsonl");
  cpSync(path, twin);
  return twin;
}

/** Tries mailboxes of one kind, each of them new. */
async function check(open: () => Mailbox): Promise<void> {
  const holds = fc.asyncProperty(mailbox, (one) => checkMailbox(open(), one));
  const until = performance.now() + secondsOfDraws * 1000;
  await fc.assert(holds, { numRuns: 2, examples: [[always]], endOnFailure: true });
  while (performance.now() < until) await fc.assert(holds, { numRuns: 1, endOnFailure: true });
}

describe("what the jobs of a matrix collect is what one run makes of it, whatever their number, their order and what is late", () => {
  test(
    "from a folder, by the place of a file",
    async () => {
      await check(() => {
        const folder = makeFolder();
        let count = 100;
        return {
          inputs: { "mail-path": folder },
          put: ({ bytes }) => writeFileSync(join(folder, `${count++}.eml`), bytes),
        };
      });
    },
    timeout,
  );

  test(
    "from a bucket, by object key",
    async () => {
      const s3 = await startS3({ pageKeys: 4 });
      await check(() => {
        s3.objects.clear();
        return {
          inputs: { "mail-path": "", s3: `s3://${s3.bucket}/mail/`, "s3-endpoint": s3.url },
          put: ({ bytes, arrived: put }) => {
            s3.objects.set(`mail/${createHash("md5").update(String(s3.objects.size)).digest("hex")}`, { bytes, put });
          },
        };
      });
    },
    timeout,
  );

  test(
    "by Microsoft Graph, by the message's id",
    async () => {
      const graph = await startGraph();
      await check(() => {
        graph.messages.clear();
        return {
          inputs: {},
          changes: { mailboxes: [graphMailbox(graph)] },
          put: ({ bytes, arrived }) => graph.deliver(bytes, arrived),
        };
      });
    },
    timeout,
  );

  describe.runIf(haveDovecot)("by IMAP", () => {
    let dovecot: Dovecot;
    beforeAll(async () => {
      dovecot = await startDovecot();
      trustServer(dovecot);
    });
    afterAll(async () => await dovecot.stop());

    test(
      "by UID",
      async () => {
        let folders = 0;
        await check(() => {
          folders += 1;
          const folder = `Reports${folders}`;
          return {
            inputs: { "mail-path": "", ...imapAccount(dovecot, folder) },
            put: ({ bytes, arrived }) => dovecot.deliver(folder, bytes, arrived),
          };
        });
      },
      timeout,
    );
  });
});
