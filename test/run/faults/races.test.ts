import { expect, test } from "vitest";
import { daysUpTo } from "../../digest/windows.ts";
import { makeFolder } from "../../servers/git.ts";
import type { GitHubServerOptions } from "../../servers/github/github.ts";
import { openSlack, subjects } from "../../servers/place.ts";
import { makeGitHubPlace, makePushingPlace, type PushingPlace, putReport, runAt, verified } from "../place.ts";
import { believed, putMails } from "../reported-mails.ts";

/* Two runs at once, branches that move or go, lost answers, public repositories: the history holds each report once. */

const first = "2026-11-20T09:00:00Z";

async function makePlace(store: "git" | "github"): Promise<PushingPlace> {
  const place = store === "git" ? makePushingPlace({}, "started") : await makeGitHubPlace();
  return { ...place, slack: await openSlack() };
}

test.each(["git", "github"] as const)(
  "two runs at once on one branch of %s store each report once and send once",
  async (store) => {
    const place = await makePlace(store);
    const folder = place.repository.clone();
    const other = { ...place, repository: { ...place.repository, folder } };
    for (const day of ["2026-11-15", "2026-11-16", "2026-11-17"]) putReport(place, day, { pass: 100 });
    const [one, two] = await Promise.all([runAt(place, first, {}, "1"), runAt(other, first, {}, "2")]);
    expect([...one.problems, ...two.problems]).toEqual([]);
    expect([one.digest.totals.messages, two.digest.totals.messages]).toEqual([100, 100]);
    expect(await verified(place)).toBe("3 day files, 2 index files, 3 intake files: all good\n");
    expect(place.slack?.messages).toHaveLength(1);
    const inAll = subjects(place).filter((subject) => subject.startsWith("dmarc: 3 reports"));
    expect(inAll).toHaveLength(1);
  },
  30_000,
);

/** For the local GitHub: does something once, before the first commit. */
function beforeCommit(work: () => void | Promise<void>): Pick<GitHubServerOptions, "before"> {
  let isDone = false;
  return {
    async before({ operation }) {
      if (isDone || operation !== "mutation Commit") return;
      isDone = true;
      await work();
    },
  };
}

test("a first run whose branch has moved sends what the history says by then, not what it knew at its start", async () => {
  const place: PushingPlace = await makeGitHubPlace(beforeCommit(async () => await other()));
  const days = daysUpTo("2026-11-19", 40);
  async function other(): Promise<void> {
    const folder = { ...place, mailbox: makeFolder() };
    putMails(
      folder,
      days.map((day) => ({ reporter: "google", domain: "example.org", day, hoursLate: 1, pass: 344 })),
    );
    expect((await runAt(folder, first, believed, "1")).problems).toEqual([]);
  }
  putMails(
    place,
    days.map((day) => ({ reporter: "google", day, hoursLate: 1, pass: 100 })),
  );
  const slack = await openSlack();
  const { digest, problems } = await runAt({ ...place, slack }, first, believed, "2");
  expect({ problems, messages: digest.totals.messages }).toEqual({ problems: [], messages: 444 });
  expect(slack.look()).toHaveLength(1);
  const later = await runAt({ ...place, slack }, first, believed, "3");
  expect({ ...digest, intake: later.digest.intake }).toEqual(later.digest);
});

test("a person's commit between reading and committing is kept, and the mails are added on top", async () => {
  const place: PushingPlace = await makeGitHubPlace(
    beforeCommit(() => {
      place.repository.git("commit", "-q", "--allow-empty", "-m", "by hand");
      place.repository.git("push", "-q");
    }),
  );
  putReport(place, "2026-11-17", { pass: 100 });
  const { problems, digest } = await runAt(place, first);
  expect({ problems, intake: digest.intake.states }).toEqual({ problems: [], intake: { stored: 1 } });
  expect(await verified(place)).toMatch(/all good/);
  expect(subjects(place)).toEqual([
    "dmarc: digest of 2026-11-17 sent",
    "dmarc: 1 report for 1 domain, 100 messages",
    "by hand",
    "first",
  ]);
});

test("a 502 after the commit was made changes nothing: the mails are found in it, and told as news", async () => {
  const place = await makeGitHubPlace();
  putReport(place, "2026-11-17", { pass: 100 });
  const failing = await makeGitHubPlace();
  putReport(failing, "2026-11-17", { pass: 100 });
  // The first request looks for the branch, the next ones read; the one after them is the commit.
  await runAt(place, first);
  const before = place.github.requests.findIndex(({ operation }) => operation === "mutation Commit");
  for (let read = 0; read < before; read += 1) failing.github.next({ on: "/graphql", delay: 0 });
  failing.github.next({ on: "/graphql", done: true, status: 502 });
  const { problems, digest } = await runAt(failing, first);
  expect({ problems, intake: digest.intake.states }).toEqual({ problems: [], intake: { stored: 1 } });
  expect(await verified(failing)).toMatch(/all good/);
  expect(subjects(failing)).toEqual([
    "dmarc: digest of 2026-11-17 sent",
    "dmarc: 1 report for 1 domain, 100 messages",
    "first",
  ]);
});

test("a branch that is deleted while a run goes on is not made anew", async () => {
  const place: PushingPlace = await makeGitHubPlace(
    beforeCommit(() => {
      place.repository.git("push", "-q", "origin", ":refs/heads/dmarc-data");
    }),
  );
  place.repository.git("push", "-q", "origin", "HEAD:refs/heads/dmarc-data");
  putReport(place, "2026-11-17", { pass: 100 });
  await expect(runAt(place, first, { "data-branch": "dmarc-data" })).rejects.toThrow(/dmarc-data.*(deleted|gone)/s);
  expect(place.repository.git("ls-remote", "--heads", "origin")).not.toContain("dmarc-data");
});

test("a data branch that is missing is made without a parent, and that is said", async () => {
  const place = await makeGitHubPlace();
  putReport(place, "2026-11-17", { pass: 100 });
  const { published } = await runAt(place, first, { "data-branch": "dmarc-data" });
  expect(published.lines).toContain(
    "Branch dmarc-data of octo-org/mail is missing: the first commit makes it, without a parent",
  );
  place.repository.git("fetch", "-q");
  expect(subjects(place, "origin/dmarc-data")).toEqual([
    "dmarc: digest of 2026-11-17 sent",
    "dmarc: 1 report for 1 domain, 100 messages",
  ]);
});

test.each(["git", "github"] as const)(
  "a public repository stops the run with store %s before a mail is read, unless that is allowed",
  async (store) => {
    const place = { ...(await makeGitHubPlace({ isPrivate: false })), store };
    place.repository.git("remote", "set-url", "origin", place.repository.remote);
    putReport(place, "2026-11-17", { pass: 100 });
    await expect(runAt(place, first)).rejects.toThrow(/is public.*allow-public: true/s);
    expect(subjects(place, "origin/main")).toEqual(["first"]);
    expect((await runAt(place, first, { "allow-public": "true" })).problems).toEqual([]);
  },
);
