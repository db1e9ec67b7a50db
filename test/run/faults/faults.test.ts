import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseState } from "../../../src/history/state.ts";
import { record, reportXml } from "../../report/report-files.ts";
import { wrapGit } from "../../servers/git-wrapper.ts";
import { type Dovecot, haveDovecot, startDovecot, trustServer } from "../../servers/imap/dovecot.ts";
import { commitFile, imapAccount, openSlack, subjects } from "../../servers/place.ts";
import { startProxy } from "../../servers/proxy.ts";
import {
  committed,
  type GitPlace,
  headsOf,
  type MemoryPlace,
  makeGitHubPlace,
  makePushingPlace,
  makeRunPlace,
  putReport,
  runAt,
  verified,
} from "../place.ts";

/* Clocks that are wrong, files that were damaged by hand, connections that are cut, mails that go, disks that are full. */

const now = "2026-11-20T09:00:00Z";

function stateOf(place: MemoryPlace) {
  return parseState(committed(place, "state.json"));
}

const daysTold = (place: MemoryPlace): string[] =>
  stateOf(place).sent.flatMap(({ figures }) => figures.map(({ day }) => day));

describe("a clock that is off by a day", () => {
  async function makePlace(): Promise<MemoryPlace> {
    const place = { ...makeRunPlace(), slack: await openSlack() };
    for (const day of ["2026-11-16", "2026-11-17"]) putReport(place, day, { pass: 100 });
    await runAt(place, now);
    for (const day of ["2026-11-18", "2026-11-19"]) putReport(place, day, { pass: 100 });
    return place;
  }

  test("ahead tells a day early, and no day twice or never", async () => {
    const place = await makePlace();
    for (const moment of ["2026-11-22", "2026-11-21", "2026-11-22", "2026-11-23"]) {
      expect((await runAt(place, `${moment}T09:00:00Z`)).problems).toEqual([]);
    }
    expect(daysTold(place)).toEqual(["2026-11-17", "2026-11-19", "2026-11-18", "2026-11-20"]);
    expect(place.slack?.messages).toHaveLength(3);
    expect(await verified(place)).toMatch(/^4 day files, .*: all good\n$/);
  });

  test("behind stores what has come, and tells nothing again", async () => {
    const place = await makePlace();
    const { problems, digest } = await runAt(place, "2026-11-19T09:00:00Z");
    expect({ problems, intake: digest.intake.states }).toEqual({ problems: [], intake: { stored: 2 } });
    expect(place.slack?.messages).toHaveLength(1);
    await runAt(place, "2026-11-21T09:00:00Z");
    expect(daysTold(place)).toEqual(["2026-11-17", "2026-11-18"]);
    expect(await verified(place)).toMatch(/^4 day files, .*: all good\n$/);
  });

  test("ahead in a run that was killed before it sent keeps nobody from sending", async () => {
    const place = await makePlace();
    const before = stateOf(place);
    const claim = { days: ["2026-11-18", "2026-11-19"], runId: "killed", at: "2026-11-22T09:00:00.000Z" };
    commitFile(place.repository, "data/state.json", `${JSON.stringify({ ...before, sending: claim }, null, 2)}\n`);
    await runAt(place, "2026-11-21T09:00:00Z");
    expect(daysTold(place)).toEqual(["2026-11-17", "2026-11-18"]);
  });
});

test("a file that was damaged by hand stops the run, which names it, tells nobody and overwrites nothing", async () => {
  const place = makeRunPlace();
  const { repository } = place;
  putReport(place, "2026-11-17", { pass: 100 });
  await runAt(place, now);
  putReport(place, "2026-11-17", { pass: 50, reportId: "more" });
  putReport(place, "2026-11-18", { pass: 100 });
  const slack = await openSlack();
  for (const [path, damaged] of [
    ["state.json", "{"],
    ["example.com/2026/2026-11-17.json", '{"version": 1}'],
    ["example.com/2026/2026-11-pairs.7936a04e.csv", "day v2,reporter\n2026-11-17"],
    ["example.com/2026/2026-11-senders.1d38a604.csv", "day v2,<<<<<<< HEAD\n"],
    ["intake/2026/11/2026-11-17.csv", ""],
  ] as const) {
    const whole = committed(place, path);
    commitFile(repository, `data/${path}`, damaged);
    const heads = headsOf(place);
    const running = runAt({ ...place, slack }, "2026-11-21T09:00:00Z");
    await expect(running).rejects.toThrow(new RegExp(`${path.replaceAll(".", "\\.")} can't be read .*not overwritten`));
    expect(headsOf(place)).toEqual(heads);
    expect(slack.messages).toEqual([]);
    commitFile(repository, `data/${path}`, whole);
  }
  const { problems, digest } = await runAt({ ...place, slack }, "2026-11-21T09:00:00Z");
  expect({ problems, intake: digest.intake.states }).toEqual({ problems: [], intake: { stored: 2 } });
  expect(await verified(place)).toMatch(/: all good\n$/);
});

test("a disk that is full stops the run before anything is told, and the next makes it good", async () => {
  const place = { ...makePushingPlace(), slack: await openSlack() };
  putReport(place, "2026-11-17", { pass: 100 });
  // The limit that stands for the disk: without the signal, a write fails as on a full one.
  const wrapper = wrapGit("fast-import", `trap "" XFSZ; ulimit -f 0; exec "$git" "$@"`);
  await expect(runAt(place, now)).rejects.toThrow(/The disk is full: make room/);
  wrapper.end();
  expect(place.slack.messages).toEqual([]);
  const { problems, digest } = await runAt(place, now);
  expect({ problems, intake: digest.intake.states }).toEqual({ problems: [], intake: { stored: 1 } });
  expect(place.slack.messages).toHaveLength(1);
  expect(subjects(place)).toEqual(["dmarc: digest of 2026-11-17 sent", "dmarc: 1 report for 1 domain, 100 messages"]);
});

describe.runIf(haveDovecot)("a mailbox", () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
    trustServer(dovecot);
  });
  afterAll(async () => await dovecot.stop());

  /** Puts a report into a folder, in a mail of so many bytes at least. */
  function deliver(folder: string, number: number, bytes = 0): void {
    const xml = reportXml({ reportId: String(number), records: record({ count: String(number) }) });
    const mail = `From: reports@example.net\nContent-Type: text/xml\n\n${xml}\n<!--${"x".repeat(bytes)}-->\n`;
    dovecot.deliver(folder, Buffer.from(mail), new Date("2026-11-19T08:00:00Z"));
  }

  const inputsFor = (folder: string, inputs: Record<string, string> = {}): Record<string, string> => ({
    "mail-path": "",
    ...imapAccount(dovecot, folder),
    "count-unverified": "true",
    ...inputs,
  });

  test("whose connection is cut in the middle of a mail keeps its place, and the next run goes on", async () => {
    const place = { ...makePushingPlace(), slack: await openSlack() };
    for (const number of [1, 2, 3]) deliver("Cut", number, 400_000);
    const proxy = await startProxy(dovecot.tlsPort, { fromServer: { cutAfter: 1_000_000 } });
    const cut = await runAt(place, now, inputsFor("Cut", { "imap-port": String(proxy.port) }));
    await proxy.stop();
    expect(cut.problems).toEqual([expect.stringMatching(/the connection was lost while mails were read/)]);
    expect(cut.digest).toMatchObject({ verdict: "look", intake: { mails: 2, states: { stored: 2 } } });
    const next = await runAt(place, "2026-11-20T10:00:00Z", inputsFor("Cut"));
    expect({ problems: next.problems, intake: next.digest.intake.states }).toEqual({
      problems: [],
      // The run before has posted nothing, since it could not read its mailbox to the end.
      intake: { stored: 3 },
    });
    expect(await verified(place)).toMatch(/: all good\n$/);
    expect(subjects(place).filter((subject) => subject.includes("report"))).toHaveLength(2);
  });

  test("from which a mail goes between listing and fetching is read on, and the next run misses nothing", async () => {
    // The first commit has 2,000 mails; of the others 16 MB may be here already when it is made.
    for (let number = 1; number <= 2040; number += 1) deliver("Gone", number, number > 2000 ? 1_000_000 : 0);
    let isFirst = true;
    const place: GitPlace = await makeGitHubPlace({
      async before({ operation }) {
        if (operation !== "mutation Commit" || !isFirst) return;
        isFirst = false;
        await dovecot.remove("Gone", 2038);
      },
    });
    const { problems, digest } = await runAt(place, now, inputsFor("Gone"));
    expect({ problems, intake: digest.intake.states }).toEqual({ problems: [], intake: { stored: 2039 } });
    deliver("Gone", 2041);
    const next = await runAt(place, "2026-11-20T10:00:00Z", inputsFor("Gone"));
    expect(next.digest.intake.states).toEqual({ stored: 1 });
    expect(await verified(place)).toMatch(/^1 day file, .*: all good\n$/);
  });
});
