import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { verify } from "../../../src/commands/verify.ts";
import { parseState } from "../../../src/history/state.ts";
import { Sink } from "../../commands/sink.ts";
import { makeRepository } from "../../servers/git.ts";
import type { RecordedRequest } from "../../servers/github/github.ts";
import { startHere } from "../../servers/here.ts";
import { openGitHub, openSlack, sparedEnvironment } from "../../servers/place.ts";
import { committed, makeGitPlace, putReport } from "../place.ts";

/*
 * The bundle is killed (SIGKILL) before the first of its effects on GitHub and Slack and after each of them, and then all is
 * run again, in this process, as the run is that is not killed. History, Slack and issue must end as without the kill. Nothing is kept between two effects: to be
 * killed before one is to be killed after the one before it.
 */

const bundle = resolve("dist/main.js");

const effects = [
  "commit of the mails",
  "Slack message",
  "address for the CSV",
  "upload of the CSV",
  "sharing of the CSV",
  "commit of what was sent",
  "label of the issue",
  "issue",
];

interface Kill {
  /** Which effect, from 0. */
  at: number;
  when: "before" | "after";
}

/** Runs once, killed as told, and then once more; gives what is left everywhere. */
async function runWith(kill?: Kill) {
  const place = { ...makeGitPlace(), repository: makeRepository("started") };
  putReport(place, "2026-11-16", { pass: 900 });
  putReport(place, "2026-11-17", { pass: 900, fail: 100 });
  putReport(place, "2026-11-14", { pass: 900, domain: "shop.example" });
  writeFileSync(join(place.mailbox, "broken.xml"), "<feedback><report_metadata>");
  let [running, seen]: [ChildProcess | undefined, string[]] = [undefined, []];
  const hooks = {
    before: () => meet("before"),
    after: () => meet("after"),
  };
  async function meet(when: "before" | "after", name = "Slack"): Promise<void> {
    if (when === "before") seen.push(name);
    if (kill === undefined || when !== kill.when || seen.length !== kill.at + 1) return;
    running?.kill("SIGKILL");
    if (running !== undefined && running.exitCode === null && running.signalCode === null) await once(running, "exit");
    // The service never gets what it was not asked for.
    if (when === "before") throw new Error("killed before this");
  }
  const meetGitHub = async (when: "before" | "after", { method, operation, path }: RecordedRequest): Promise<void> => {
    if (method !== "GET" && operation?.startsWith("query") !== true) await meet(when, operation ?? path);
  };
  const slack = await openSlack(undefined, hooks);
  const github = await openGitHub({
    bare: place.repository.remote,
    before: (request) => meetGitHub("before", request),
    after: (request) => meetGitHub("after", request),
  });

  async function start(isHere: boolean): Promise<number | null> {
    const temp = mkdtempSync(join(place.mailbox, "..", "temp-"));
    const inputs = {
      "mail-path": place.mailbox,
      "slack-token": "xoxb-test-token",
      "slack-channel": "#dmarc",
      "github-token": "ghs_test_token",
      domains: "example.com",
      now: "2026-11-20T09:00:00Z",
    };
    const env = {
      PATH: process.env.PATH,
      ...sparedEnvironment(),
      RUNNER_TEMP: temp,
      GITHUB_REPOSITORY: "octo-org/mail",
      GITHUB_RUN_ID: "1",
      GITHUB_API_URL: github.apiUrl,
      GITHUB_GRAPHQL_URL: github.graphqlUrl,
      SLACK_API_URL: slack.apiUrl,
      ...Object.fromEntries(Object.entries(inputs).map(([name, text]) => [`INPUT_${name.toUpperCase()}`, text])),
    };
    if (isHere) return (await startHere("main", { cwd: place.mailbox, env })).exitCode;
    running = spawn(process.execPath, [bundle], { env, stdio: "ignore" });
    if (running.exitCode === null) await once(running, "exit");
    return running.exitCode;
  }

  const first = await start(kill === undefined);
  const killed = seen;
  [kill, seen] = [undefined, []];
  const second = await start(true);
  place.repository.git("pull", "-q");
  const data = join(place.repository.folder, "data");
  const stdout = new Sink();
  await verify({ dataPath: data, stdout });
  const state = parseState(committed(place, "state.json"));
  return {
    exits: [first, second],
    effects: killed,
    messages: slack.messages.length,
    csvFiles: slack.files.filter(({ channel }) => channel !== undefined).length,
    left: {
      issues: github.issues.map(({ state, title }) => ({ state, title })),
      trees: place.repository.git("ls-tree", "-r", "HEAD", "data/example.com"),
      ledger: place.repository.git("show", "HEAD:data/intake/undated.csv").replaceAll(place.mailbox, "mailbox"),
      verified: stdout.text,
      // What a run finds out about mails is in what is posted, whichever run does that.
      news: [/broken\.xml/, /shop.{0,2}example/].map((what) => what.test(JSON.stringify(slack.messages.at(-1)))),
      intake: state.intake,
      told: state.sent.map(({ route, figures, csvFile }) => ({ route, figures, hasCsv: csvFile !== undefined })),
      sending: state.sending,
    },
  };
}

test("a run that is killed at any effect and run again ends as one that was not killed", async () => {
  const whole = await runWith();
  expect(whole.exits).toEqual([0, 0]);
  expect(whole.effects).toHaveLength(effects.length);
  expect(whole).toMatchObject({ messages: 1, csvFiles: 1, left: { issues: [{ state: "open" }] } });
  expect(whole.left.verified).toMatch(/all good\n$/);
  expect(whole.left.told).toMatchObject([{ route: "slack", figures: [{ day: "2026-11-17" }], hasCsv: true }]);
  expect(whole.left).toMatchObject({ news: [true, true], intake: { batches: 1, posted: 1, files: {} } });
  expect(whole.left.sending).toBeUndefined();

  const kills: Kill[] = [{ at: 0, when: "before" }, ...effects.map((_, at): Kill => ({ at, when: "after" }))];
  const ends = await Promise.all(kills.map(async (kill) => ({ ...kill, ...(await runWith(kill)) })));
  for (const { at, when, exits, left, messages } of ends) {
    const name = `killed ${when} the ${effects[at]}`;
    expect({ name, exits, left }).toEqual({ name, exits: [null, 0], left: whole.left });
    // A message more only between the post and its record.
    expect({ name, messages }).toEqual({ name, messages: at >= 1 && at < 5 ? 2 : 1 });
  }
}, 120_000);
