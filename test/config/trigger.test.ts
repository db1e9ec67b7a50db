import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkTrigger } from "../../src/config/trigger.ts";
import { makeFolder } from "../servers/git.ts";

/** What the runner says of a run; the payload of its event names the default branch unless told otherwise. */
function startedBy(event: string, ref: string, payload: object = { repository: { default_branch: "main" } }) {
  const path = join(makeFolder(), "event.json");
  writeFileSync(path, JSON.stringify(payload));
  return { GITHUB_EVENT_NAME: event, GITHUB_REF: ref, GITHUB_EVENT_PATH: path };
}

test.each(["pull_request", "pull_request_target", "pull_request_review"])("a run by %s is refused", (event) => {
  const environment = startedBy(event, "refs/heads/main");
  for (const given of [{}, { "dry-run": "true" }]) {
    expect(() => checkTrigger(given, environment)).toThrow(`This run was started by ${event}: whoever opens`);
  }
});

test.each(["refs/heads/feature", "refs/tags/v1", "refs/heads/main2"])(
  "a run of %s is refused but for a dry run",
  (ref) => {
    const environment = startedBy("workflow_dispatch", ref);
    const message = `This run is of ${ref}, and the default branch is main. Nothing was read or sent.`;
    expect(() => checkTrigger({}, environment)).toThrow(message);
    expect(() => checkTrigger({ "dry-run": "false" }, environment)).toThrow(message);
    expect(() => checkTrigger({ "dry-run": "true" }, environment)).not.toThrow();
  },
);

test("a run of the default branch may start, and one outside of GitHub", () => {
  expect(() => checkTrigger({}, startedBy("workflow_dispatch", "refs/heads/main"))).not.toThrow();
  expect(() => checkTrigger({}, startedBy("schedule", "refs/heads/trunk", {}))).not.toThrow();
  expect(() => checkTrigger({}, {})).not.toThrow();
});
