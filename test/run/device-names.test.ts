import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { record, reportXml } from "../report/report-files.ts";
import { makeGitPlace, makeRunPlace, type RunPlace, runAt, verified } from "./place.ts";

/** Puts a report of 2026-11-17 about a domain into the mailbox. */
function put({ mailbox }: RunPlace, domain: string, count: string): void {
  const xml = reportXml({ reportId: count, domain, records: record({ count, header: domain }) });
  const dated = xml.replace("1794700800", "1794873600").replace("1794787199", "1794959999");
  writeFileSync(join(mailbox, `${count}.xml`), dated);
}

test("a domain that Windows would take for a device is counted, and its folder can be checked out there", async () => {
  const place = makeRunPlace();
  const inputs = { domains: "aux.example" };
  put(place, "aux.example", "120");
  await runAt(place, "2026-11-20T09:00:00Z", inputs);
  put(place, "aux.example", "80");
  const { digest } = await runAt(place, "2026-11-20T10:00:00Z", inputs);
  expect(digest.domains).toMatchObject([{ domain: "aux.example", totals: { messages: 200 } }]);
  expect(await verified(place)).toMatch(/^1 day file, 2 index files, .*: all good\n$/);
  const paths = [...(place.repository.commits.at(-1)?.files.keys() ?? [])];
  expect(paths).toContain("~aux.example/2026/2026-11-17.json");
  const names = paths.flatMap((path) => path.split("/"));
  expect(names.filter((name) => /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name))).toEqual([]);
  const readme = readFileSync(join(place.repository.folder, "data/README.md"), "utf8");
  expect(readme).not.toMatch(/\(aux\.example\/2026/);
});

test("a folder that an older release made for such a domain stops the run, which says how to move it", async () => {
  const place = makeGitPlace();
  const inputs = { domains: "aux.example" };
  const { git } = place.repository;
  put(place, "aux.example", "120");
  await runAt(place, "2026-11-20T09:00:00Z", inputs);
  git("mv", "data/~aux.example", "data/aux.example");
  git("commit", "--quiet", "-m", "As an older release had it");
  const before = git("rev-parse", "HEAD");
  put(place, "aux.example", "80");
  const again = () => runAt(place, "2026-11-20T10:00:00Z", inputs);
  await expect(again()).rejects.toThrow(/git mv aux\.example \.\/~aux\.example/);
  await expect(verified(place)).rejects.toThrow(/git mv/);
  expect(git("rev-parse", "HEAD")).toBe(before);
  git("mv", "data/aux.example", "data/~aux.example");
  git("commit", "--quiet", "-m", "As the message said");
  expect((await again()).digest.domains).toMatchObject([{ domain: "aux.example", totals: { messages: 200 } }]);
});
