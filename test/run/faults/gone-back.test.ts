import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { record, reportXml } from "../../report/report-files.ts";
import { wrapGit } from "../../servers/git-wrapper.ts";
import { type Dovecot, haveDovecot, startDovecot, trustServer } from "../../servers/imap/dovecot.ts";
import { daysIn, imapAccount } from "../../servers/place.ts";
import {
  type GitPlace,
  makeGitHubPlace,
  makePushingPlace,
  makeRunPlace,
  type RunPlace,
  runAt,
  verified,
} from "../place.ts";

/* The history's branch goes back while a run is under way, by a force push or a person's revert: no report is lost. */

const now = "2026-11-20T09:00:00Z";

describe.runIf(haveDovecot)(
  "a branch that goes back during a run is read again from where it stands",
  () => {
    let dovecot: Dovecot;
    beforeAll(async () => {
      dovecot = await startDovecot();
      trustServer(dovecot);
    });
    afterAll(async () => await dovecot.stop());

    function deliver(folder: string, first: number, count: number): void {
      for (let id = first; id < first + count; id += 1) {
        const xml = reportXml({ reportId: `report-${id}`, records: record({ count: String(id) }) });
        dovecot.deliver(folder, `From: reports@example.net\nContent-Type: text/xml\n\n${xml}\n`, new Date(now));
      }
    }

    const runOn = async (place: RunPlace, folder: string) =>
      await runAt(place, now, { "mail-path": "", "count-unverified": "true", ...imapAccount(dovecot, folder) });

    async function idsIn(place: RunPlace): Promise<string[]> {
      expect(await verified(place)).toMatch(/: all good\n$/);
      const [text = ""] = Object.values(daysIn(place.repository.folder));
      return [...text.matchAll(/"reportId":"report-(\d+)"/g)].map(([, id = ""]) => id).toSorted();
    }

    const idsTo = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1)).toSorted();

    /** For the local GitHub: moves the branch once, before the commit of that number. */
    async function placeThatMoves(when: number, move: (place: GitPlace) => void): Promise<GitPlace> {
      let commits = 0;
      const place: GitPlace = await makeGitHubPlace({
        before({ operation }) {
          if (operation === "mutation Commit") commits += 1;
          if (operation === "mutation Commit" && commits === when) move(place);
        },
      });
      return place;
    }

    const revertAll = (git: GitPlace["repository"]["git"]): void => {
      git("pull", "-q");
      git("revert", "--no-edit", "first..HEAD");
    };

    test("by a force push, on GitHub", async () => {
      const place = await placeThatMoves(3, ({ repository: { git } }) => git("push", "-qf", "origin", "HEAD:main"));
      deliver("Forced", 1, 6);
      await runOn(place, "Forced");
      deliver("Forced", 7, 3);
      const { problems, published } = await runOn(place, "Forced");
      expect(problems).toEqual([]);
      expect(published.lines).toContainEqual(expect.stringContaining("branch has gone back"));
      expect(await idsIn(place)).toEqual(idsTo(9));
    });

    test("by a person's revert, on GitHub", async () => {
      const place = await placeThatMoves(3, ({ repository: { git } }) => {
        revertAll(git);
        git("push", "-q");
      });
      place.repository.git("tag", "first");
      deliver("Reverted", 1, 6);
      await runOn(place, "Reverted");
      deliver("Reverted", 7, 3);
      expect((await runOn(place, "Reverted")).problems).toEqual([]);
      expect(await idsIn(place)).toEqual(idsTo(9));
    });

    test("between two commits of one run", async () => {
      const place = makeRunPlace();
      place.repository.faults.push("none", "go-back");
      deliver("Long", 1, 2100);
      expect((await runOn(place, "Long")).problems).toEqual([]);
      expect(await idsIn(place)).toEqual(idsTo(2100));
    });

    test("by a person's revert at the remote of a work tree", async () => {
      const place = makePushingPlace();
      const { git } = place.repository;
      git("commit", "-q", "--allow-empty", "-m", "first");
      git("tag", "first");
      git("push", "-q", "origin", "main", "first");
      deliver("Work tree", 1, 6);
      await runOn(place, "Work tree");
      const clone = place.repository.clone();
      revertAll((...args) => git("-C", clone, ...args));
      deliver("Work tree", 7, 3);
      wrapGit("push", `"$git" -C "${clone}" push -q; exec "$git" "$@"`);
      expect((await runOn(place, "Work tree")).problems).toEqual([]);
      expect(await idsIn(place)).toEqual(idsTo(9));
    });
  },
  60_000,
);
