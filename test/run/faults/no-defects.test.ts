import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { failureOf, messageOf } from "../../../src/errors.ts";
import { keepLoose, keepRepository, makeFolder } from "../../servers/git.ts";
import { wrapGit } from "../../servers/git-wrapper.ts";
import { openSlack, subjects } from "../../servers/place.ts";
import { makePushingPlace, type PushingPlace, putReport, runAt, verified } from "../place.ts";

/* What is wrong around a run is no defect of ours: it is told in one paragraph, with what to look at and what to do. */

const now = "2026-11-20T09:00:00Z";

const mailbox = mkdtempSync(join(tmpdir(), "dmarc-digest-mailbox-"));
afterAll(() => rmSync(mailbox, { recursive: true }));

const startedRepository = keepRepository(async (repository) => {
  keepLoose(repository);
  putReport({ repository, mailbox }, "2026-11-17", { pass: 100 });
  await runAt({ repository, mailbox }, now);
});

/** A place whose history has a day, with a report of another that is to come. */
async function makeStarted(): Promise<PushingPlace> {
  const place = { repository: await startedRepository(), mailbox };
  putReport(place, "2026-11-18", { pass: 100 });
  return place;
}

const inGit = ({ repository }: PushingPlace, ...path: string[]): string => join(repository.folder, ".git", ...path);

function lock(place: PushingPlace, ...path: string[]): () => void {
  const file = inGit(place, ...path);
  writeFileSync(file, "");
  return () => rmSync(file);
}

/** What is wrong, how it is made so (gives what mends it), and what the run says. */
const faults: [string, (place: PushingPlace) => () => void, RegExp][] = [
  [
    "a branch that others push to all the time",
    ({ repository: { remote } }) => {
      const other = `"$git" --git-dir="${remote}" -c user.name=a -c user.email=a@example.com`;
      const push = `${other} update-ref refs/heads/main $(${other} commit-tree -p main -m a main^{tree})`;
      const wrapper = wrapGit("push", `${push}; exec "$git" "$@"`);
      return () => wrapper.end();
    },
    /Branch main of remote origin can't be pushed\. Somebody else has pushed to it meanwhile.* 6 times in a row: see what else writes/,
  ],
  [
    "a pre-push hook that refuses",
    (place) => {
      const hook = inGit(place, "hooks", "pre-push");
      mkdirSync(join(hook, ".."), { recursive: true });
      writeFileSync(hook, "#!/bin/sh\necho 'no pushes on Fridays' >&2\nexit 1\n");
      chmodSync(hook, 0o755);
      return () => rmSync(hook);
    },
    /Branch main of remote origin can't be pushed\. The hook \S.*\/hooks\/pre-push has refused it.*no pushes on Fridays/,
  ],
  ...[["index.lock"], ["HEAD.lock"]].map((path): (typeof faults)[number] => [
    `a lock left at ${path.join("/")}`,
    (place) => lock(place, ...path),
    new RegExp(`Another git command is at work .*delete the \\.lock file.*${path.at(-1)?.replace(".", "\\.")}`),
  ]),
  [
    "a filter that fails",
    ({ repository }) => {
      mkdirSync(join(repository.folder, ".git/info"), { recursive: true });
      writeFileSync(join(repository.folder, ".git/info/attributes"), "* filter=secret\n");
      for (const word of ["smudge", "clean"]) repository.git("config", `filter.secret.${word}`, "false");
      repository.git("config", "filter.secret.required", "true");
      return () => rmSync(join(repository.folder, ".git/info/attributes"));
    },
    // By what git has noticed of its files by then, it fails before the commit or behind it.
    /^(?=.*secret).*A filter that \.gitattributes names/,
  ],
  [
    "a repository with an object that a power cut has emptied",
    (place) => {
      const id = place.repository.git("rev-parse", "HEAD:data/state.json");
      const object = inGit(place, "objects", id.slice(0, 2), id.slice(2));
      const whole = readFileSync(object);
      chmodSync(object, 0o644);
      writeFileSync(object, "");
      return () => writeFileSync(object, whole);
    },
    /git cat-file failed in .*git fsck.* is empty/,
  ],
];

describe.each(faults)("%s", (_, breakIt, expected) => {
  test("ends in one paragraph that is no defect, and the next run goes on", async () => {
    const place = await makeStarted();
    const mend = breakIt(place);
    const error = await runAt(place, "2026-11-21T09:00:00Z").catch((cause: unknown) => cause);
    const message = messageOf(error);
    expect(message).toMatch(expected);
    expect(message).not.toMatch(/defect|\n/);
    expect(failureOf(error).kind).toBe("history");
    mend();
    const { problems } = await runAt(place, "2026-11-21T10:00:00Z");
    expect(problems).toEqual([]);
    expect(await verified(place)).toMatch(/^2 day files, .*: all good\n$/);
  });
});

/** The folder for results, so made that they can't be written. */
const places: [string, (folder: string) => string, RegExp][] = [
  ["a file where the folder should be", (folder) => join(folder, "file"), /ENOTDIR|EEXIST/],
  [
    "a full disk",
    (folder) => {
      mkdirSync(join(folder, "dmarc-digest"));
      symlinkSync("/dev/full", join(folder, "dmarc-digest/digest.json"));
      return folder;
    },
    /ENOSPC.*The disk is full: make room/,
  ],
];

test.runIf(existsSync("/dev/full")).each(places)(
  "%s for the results is told, and keeps nothing from being sent",
  async (_, breakIt, why) => {
    const folder = makeFolder();
    writeFileSync(join(folder, "file"), "");
    const place = { ...makePushingPlace(), slack: await openSlack() };
    putReport(place, "2026-11-17", { pass: 100 });
    const { problems, files, published } = await runAt(place, now, {}, now, { outputPath: breakIt(folder) });
    expect(problems).toEqual([expect.stringMatching(why)]);
    expect(problems[0]).toMatch(/^Files of the digest can't be written to .*RUNNER_TEMP.* All else was done\.$/);
    expect(files).toEqual({});
    expect(published.outputs).toMatchObject({ day: "2026-11-17", "digest-path": "" });
    const told = place.slack.messages.map(({ text }) => text);
    expect(told).toEqual([expect.stringMatching(/^(?!DMARC digest: )/), expect.stringMatching(why)]);
    expect(subjects(place)[0]).toBe("dmarc: digest of 2026-11-17 sent");
  },
);
