import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { repository } from "../../src/config/file-keys.ts";
import { sampleMails } from "../../src/sample/mailbox.ts";
import { sampleInputs, sampleNow } from "../../src/sample/story.ts";
import { checkRepository, releaseOf } from "../../tools/release.ts";
import { runAction } from "../servers/action-runner.ts";
import { makeFolder, makeRepository } from "../servers/git.ts";
import { sparedEnvironment } from "../servers/place.ts";
import { runProgram } from "../servers/starter/run.ts";

const changelog = "# Changelog\n\n## 0.2.0\n\n- Newer.\n\n## 0.1.0\n\n- Older.\n";

describe("a release", () => {
  test("has the notes of its version, and moves v1", () => {
    expect(releaseOf("v0.2.0", '{"version":"0.2.0"}', changelog)).toEqual({ notes: "- Newer.\n", movingTag: "v1" });
    expect(releaseOf("v0.1.0", '{"version":"0.1.0"}', changelog).notes).toBe("- Older.\n");
  });

  test("of a later major version moves the tag of that", () => {
    expect(releaseOf("v2.0.0", '{"version":"2.0.0"}', "## 2.0.0\n").movingTag).toBe("v2");
  });

  test.each([
    ["v0.3.0", "The tag must be v0.2.0, the version of package.json, got v0.3.0."],
    ["v0.2.0\n", "The tag must be v0.2.0"],
  ])("under another tag is refused: %j", (tag, message) => {
    expect(() => releaseOf(tag, '{"version":"0.2.0"}', changelog)).toThrow(message);
  });

  test("in another repository than workflows and docs name is refused; here by hand it's not looked at", () => {
    expect(() => checkRepository("acme/dmarc-digest-fork")).toThrow("Change it in src/config/file-keys.ts");
    for (const at of [repository, undefined]) expect(() => checkRepository(at)).not.toThrow();
  });

  test("without a section in the CHANGELOG is refused", () => {
    expect(() => releaseOf("v0.3.0", '{"version":"0.3.0"}', changelog)).toThrow('must have a section "## 0.3.0"');
  });
});

test("the tree at the moved tag runs as an Action, as it lies there, without an install", async () => {
  const { remote, folder, git } = makeRepository("started");
  // The objects of the project are as good as fetched and pushed, which would pack all of them twice.
  const objects = runProgram("git", ["rev-parse", "--git-path", "objects"]).toString().trimEnd();
  for (const repository of [remote, join(folder, ".git")])
    writeFileSync(join(repository, "objects/info/alternates"), `${resolve(objects)}\n`);
  const tree = runProgram("git", ["rev-parse", "HEAD^{tree}"]).toString().trimEnd();
  const commit = git("commit-tree", tree, "-m", "release");
  git("push", "--quiet", "origin", "HEAD:refs/tags/v1"); // An older release.
  git("push", "--quiet", "--force", "origin", `${commit}:refs/tags/v0.1.0`, `${commit}:refs/tags/v1`);
  const action = join(makeFolder(), "action");
  git("clone", "--quiet", "--depth", "1", "--branch", "v1", `file://${remote}`, action);
  expect(existsSync(join(action, "node_modules"))).toBe(false);

  const mailbox = join(makeFolder(), "mailbox");
  mkdirSync(mailbox);
  for (const { name, bytes } of sampleMails().slice(-80)) writeFileSync(join(mailbox, name), bytes);
  const inputs = { "mail-path": mailbox, store: "git", ...sampleInputs, now: sampleNow.toISOString() };
  const env = { RUNNER_TEMP: makeFolder(), GITHUB_REPOSITORY: "octo-org/mail", ...sparedEnvironment() };
  const result = await runAction({ action, workspace: folder, inputs, env });
  expect(result).toMatchObject({ exitCode: 0, outputs: { day: "2026-11-17", verdict: "act" } });
});
