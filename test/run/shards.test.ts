import { createHash } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { makeFolder } from "../servers/git.ts";
import { startGraph } from "../servers/graph.ts";
import { type Dovecot, haveDovecot, startDovecot, trustServer } from "../servers/imap/dovecot.ts";
import { imapAccount } from "../servers/place.ts";
import { startS3 } from "../servers/s3.ts";
import { collectAt, graphMailbox, makeRunPlace, type RunPlace, runAt } from "./place.ts";
import { believed, mailOf, type ReportedDay } from "./reported-mails.ts";

/* What the jobs of a matrix collect and one commits is what one run makes of the same mails: days, indexes, ledgers, cursors. */

const now = "2026-11-20T09:00:00Z";

/** A mail, and when it came. */
interface Mail {
  bytes: Buffer;
  arrived: Date;
}

/** Where mails lie, as a run is told. */
interface Mailbox {
  inputs: Record<string, string>;
  changes?: Partial<Config>;
}

/** Fills a new mailbox. */
type Fill = (mails: readonly Mail[]) => Promise<Mailbox> | Mailbox;

/** Few of each kind, so that a report often comes twice, under another id, or with other figures under the same. */
const report = fc.record({
  reporter: fc.constantFrom<ReportedDay["reporter"][]>("google", "microsoft", "stranger"),
  domain: fc.constantFrom("example.com", "example.org"),
  day: fc.constantFrom("2026-11-15", "2026-11-16"),
  hoursLate: fc.constantFrom(12, 30),
  pass: fc.integer({ min: 1, max: 2 }),
  fail: fc.constantFrom(0, 5),
  copy: fc.integer({ min: 0, max: 1 }),
});

const sharding = fc.record({
  reports: fc.array(report, { minLength: 2, maxLength: 14 }),
  of: fc.constantFrom(1, 2, 3, 5, 16),
  /** By which the files are sorted that the jobs leave. */
  order: fc.array(fc.nat(), { minLength: 16, maxLength: 16 }),
  /** The shards that do not come with the others: their files come alone later, or all is read once more. */
  late: fc.subarray([1, 2, 3, 4], { maxLength: 3 }),
  isReadAgain: fc.boolean(),
  /** Whether a job has left its file twice. */
  isTwice: fc.boolean(),
});

function mailWith({ copy, ...reported }: ReportedDay & { copy: number }): Mail {
  const midnight = Date.parse(reported.day) + 86_400_000;
  return {
    bytes: Buffer.from(`X-Copy: ${copy}\n${mailOf(reported)}`),
    arrived: new Date(midnight + reported.hoursLate * 3_600_000),
  };
}

type Sharding = typeof sharding extends fc.Arbitrary<infer One> ? One : never;

/** All of the history but what says when a run was, and how far each mailbox is read. */
function leftIn({ repository }: RunPlace): { files: Record<string, string>; cursors: unknown } {
  const read = (path: string): string => readFileSync(join(repository.folder, path), "utf8");
  const paths = repository.git("ls-files", "data").split("\n");
  const kept = paths.filter((path) => !/state\.json|README\.md|\.svg$/.test(path));
  return {
    files: Object.fromEntries(kept.map((path) => [path, read(path)])),
    cursors: JSON.parse(read("data/state.json")).mailboxes,
  };
}

/** Runs the jobs of a matrix, and the one that commits what they left, once or twice; compares that with one run. */
async function checkSharding(fill: Fill, { reports, of, order, late, isReadAgain, isTwice }: Sharding): Promise<void> {
  const { inputs, changes } = await fill(reports.map(mailWith));
  const given = { ...believed, ...inputs };
  const [single, place] = [makeRunPlace(), makeRunPlace()];
  await runAt(single, now, given, now, changes);

  const collect = async (): Promise<string[]> => {
    const paths: string[] = [];
    for (let index = 1; index <= of; index += 1) {
      paths.push(await collectAt(place, now, { ...given, shard: `${index}/${of}` }, changes));
    }
    return paths;
  };
  const commit = async (paths: readonly string[]): Promise<string[]> => {
    const rankOf = (path: string): number => order[paths.indexOf(path)] ?? 0;
    const collected = paths.toSorted((a, b) => rankOf(a) - rankOf(b)).join("\n");
    return (await runAt(place, now, { "mail-path": "", collected })).problems;
  };

  const paths = await collect();
  const missing = paths.filter((_, at) => late.length < of && late.includes(at + 1));
  const came = paths.filter((path) => !missing.includes(path));
  const problems = await commit(isTwice ? [...came, copyOf(came[0] ?? "")] : came).catch(whenEmpty);
  if (problems !== undefined) {
    expect(problems.length).toBe(missing.length);
    if (missing.length > 0) expect(leftIn(place).cursors).toEqual({});
  }
  if (missing.length > 0) await commit(isReadAgain ? await collect() : missing).catch(whenEmpty);
  const [left, expected] = [leftIn(place), leftIn(single)];
  if (missing.length === 0) expect(left).toEqual(expected);
  // The ledger says in which order mails were taken in: which of two came first, and which once more.
  const withoutLedger = (files: Record<string, string>) =>
    Object.entries(files).filter(([path]) => !path.includes("/intake/"));
  expect(withoutLedger(left.files)).toEqual(withoutLedger(expected.files));
  // A file that comes alone is a share of the mails: the next run reads all of them.
  expect(left.cursors).toEqual(missing.length === 0 || isReadAgain ? expected.cursors : {});
}

function copyOf(path: string): string {
  const copy = join(makeFolder(), "again.collected.jsonl");
  cpSync(path, copy);
  return copy;
}

/** Where there is no mail in the shards that came, and others are missing, nothing could be read at all. */
function whenEmpty(error: unknown): undefined {
  expect(error).toMatchObject({ reason: { code: "no-mailbox-read" } });
}

async function check(fill: Fill, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(sharding, (one) => checkSharding(fill, one)),
    { numRuns, endOnFailure: true },
  );
}

describe("what the jobs of a matrix collect is what one run makes of it, whatever their number, their order and what is late", () => {
  test("from a folder, by the place of a file", async () => {
    await check((mails) => {
      const folder = makeFolder();
      for (const [index, { bytes }] of mails.entries()) writeFileSync(join(folder, `${100 + index}.eml`), bytes);
      return { inputs: { "mail-path": folder } };
    }, 8);
  });

  test("from a bucket, by object key", async () => {
    const s3 = await startS3({ pageKeys: 4 });
    await check((mails) => {
      s3.objects.clear();
      for (const [index, { bytes, arrived: put }] of mails.entries()) {
        s3.objects.set(`mail/${createHash("md5").update(String(index)).digest("hex")}`, { bytes, put });
      }
      return { inputs: { "mail-path": "", s3: `s3://${s3.bucket}/mail/`, "s3-endpoint": s3.url } };
    }, 8);
  });

  test("by Microsoft Graph, by the message's id", async () => {
    const graph = await startGraph();
    await check((mails) => {
      graph.messages.clear();
      for (const { bytes, arrived } of mails) graph.deliver(bytes, arrived);
      return { inputs: {}, changes: { mailboxes: [graphMailbox(graph)] } };
    }, 4);
  });

  describe.runIf(haveDovecot)("by IMAP", () => {
    let dovecot: Dovecot;
    beforeAll(async () => {
      dovecot = await startDovecot();
      trustServer(dovecot);
    });
    afterAll(async () => await dovecot.stop());

    test("by UID", async () => {
      let folders = 0;
      await check((mails) => {
        folders += 1;
        const folder = `Reports${folders}`;
        for (const { bytes, arrived } of mails) dovecot.deliver(folder, bytes, arrived);
        return { inputs: { "mail-path": "", ...imapAccount(dovecot, folder) } };
      }, 4);
    });
  });
});
