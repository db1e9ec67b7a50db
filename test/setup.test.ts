import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../src/config/config.ts";
import { loadDiskFile } from "../src/setup.ts";
import { makeFolder } from "./servers/git.ts";

const now = new Date("2026-11-20T09:00:00Z");

function fileOf(text: string): string {
  const path = join(makeFolder(), "dmarc-digest.yml");
  writeFileSync(path, text);
  return path;
}

const mailboxes = `mailboxes:
  - { name: old, imap-host: imap.example.org, imap-user: me@example.org, imap-password: "\${DMARC_IMAP_PASSWORD_1}" }
`;

test.each([
  ["imap-host", { "imap-host": "imap.example.com", "imap-user": "a@example.com", "imap-password": "x" }, ["imap"]],
  ["mail-path", { "mail-path": "reports" }, ["files"]],
  ["collected", { collected: "collected", domains: "example.com" }, []],
])("with the input %s no secret of the file's mailboxes is asked for", async (_, given, names) => {
  const environment = { DMARC_SLACK_TOKEN: "xoxb-1" };
  const all = { ...given, config: fileOf(`${mailboxes}slack-token: "\${DMARC_SLACK_TOKEN}"\nslack-channel: C1\n`) };
  const file = await loadDiskFile(all, environment, now);
  expect(file?.secrets).toEqual(["xoxb-1"]);
  expect(readConfig(all, environment, now, file).mailboxes.map(({ name }) => name)).toEqual(names);
});

test("a secret that an input takes the place of is not asked for, and another one is", async () => {
  const text = `slack-token: "\${DMARC_SLACK_TOKEN}"\nheartbeat-url: "\${DMARC_HEARTBEAT}"\n`;
  const given = { config: fileOf(text), "slack-token": "xoxb-1" };
  await expect(loadDiskFile(given, {}, now)).rejects.toThrow(
    /^\S+:2:16: heartbeat-url names the variable DMARC_HEARTBEAT,/,
  );
});

test("without one they are asked for by name", async () => {
  const given = { config: fileOf(mailboxes), "imap-user": "a@example.com" };
  await expect(loadDiskFile(given, {}, now)).rejects.toThrow(
    "names the variable DMARC_IMAP_PASSWORD_1, which is not set",
  );
});
