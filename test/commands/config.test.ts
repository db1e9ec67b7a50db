import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { printConfig } from "../../src/commands/config.ts";
import { parseFile } from "../../src/config/file.ts";
import { schemaUrl } from "../../src/config/file-keys.ts";
import { makeFolder } from "../servers/git.ts";
import { Sink } from "./sink.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const text = `mailboxes:
  - name: main
    imap-host: imap.example.com
    imap-user: dmarc@example.com
    imap-password: \${DMARC_PASSWORD}
domains:
  example.com: { group: sales, max-fail-rate: 2% }
groups:
  sales: { owner: "@example/sales", slack-webhook-url: "\${DMARC_HOOK}" }
language: ja
settle-hours: 24
`;

test("the settings are printed as a file, with where each came from, and no secret", async () => {
  vi.stubEnv("DMARC_PASSWORD", "hunter2");
  vi.stubEnv("DMARC_HOOK", "https://hooks.example.com/hunter3");
  vi.stubEnv("DMARC_DIGEST_SLACK_TOKEN", "xoxb-hunter4");
  const path = join(makeFolder(), "dmarc-digest.yml");
  writeFileSync(path, text);
  const stdout = new Sink();
  const flags = { config: path, "slack-channel": "C1", "settle-hours": "48", "imap-password": "hunter5" };
  expect(await printConfig(flags, { stdout })).toBe(0);

  const lines = stdout.text.replaceAll(path, "FILE").split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      `# yaml-language-server: $schema=${schemaUrl}`,
      "    imap-host: imap.example.com # FILE:3:5",
      "    # imap-password is given, a secret that is not shown; --imap-password",
      "  example.com: # FILE:7:3",
      "    max-fail-rate: 2% # FILE:7:32",
      '    owner: "@example/sales" # FILE:9:12',
      '    slack-webhook-url: "${DMARC_HOOK}" # secret, not shown; FILE:9:37',
      "language: ja # FILE:10:1",
      "settle-hours: 48 # --settle-hours",
      "weekly: monday # default",
      "# slack-token is given, a secret that is not shown; DMARC_DIGEST_SLACK_TOKEN",
      "# mode: digest # default",
    ]),
  );
  // Of variables only those are named that somebody has named.
  expect(stdout.text).not.toMatch(/hunter|# domains|\$\{(?!DMARC_HOOK)/);

  const environment = { DMARC_HOOK: "https://example.com" };
  const again = parseFile("again.yml", stdout.text, { environment, now: new Date() });
  expect(again.mailboxes?.[0]?.layer.get("imap-host")?.value).toBe("imap.example.com");
});

test("what a domain says itself stands beside what its group says, and each name is printed once", async () => {
  const path = join(makeFolder(), "dmarc-digest.yml");
  writeFileSync(
    path,
    `domains:
  example.com: { group: sales, senders: [{ ours: crm.example }], mute: [{ key: SPF, until: 2026-12-31, reason: moves }] }
  mail.example.com:
groups:
  sales:
    senders: [{ not-ours: botnet.example }]
    mute: [{ sender: list.example, until: 2026-12-30, reason: known }]
`,
  );
  const stdout = new Sink();
  expect(await printConfig({ config: path, "mail-path": "reports" }, { stdout })).toBe(0);
  const { domains } = parse(stdout.text);
  expect(domains).toEqual({
    "example.com": {
      senders: [{ "not-ours": "botnet.example" }, { ours: "crm.example" }],
      mute: [
        { sender: "list.example", until: "2026-12-30", reason: "known" },
        { key: "SPF", until: "2026-12-31", reason: "moves" },
      ],
    },
    "mail.example.com": null,
  });
  expect(stdout.text.replaceAll(path, "FILE")).toMatch(/ senders: .* # FILE:6:5, FILE:2:32\n/);
});

test("with a domain stands as comments what holds for it by the patterns above it", async () => {
  const path = join(makeFolder(), "dmarc-digest.yml");
  writeFileSync(
    path,
    `domains:
  b.example: { max-fail-rate: 1%, senders: [{ ours: crm.example }] }
  "*.example": { max-failures: 5, max-fail-rate: 9%, senders: [{ ours: list.example }] }
  "*.b.example": { max-fail-rate: 3% }
  example.org: { max-failures: 7 }
`,
  );
  const stdout = new Sink();
  await printConfig({ config: path, "mail-path": "reports" }, { stdout });
  const [, domains = ""] = /\ndomains:\n(( .*\n)+)/.exec(stdout.text.replaceAll(path, "FILE")) ?? [];
  expect(domains).toMatchInlineSnapshot(`
    "  "*.example": # FILE:3:3
        senders: [{ ours: list.example }] # FILE:3:54
        max-fail-rate: 9% # FILE:3:35
        max-failures: 5 # FILE:3:18
      "*.b.example": # FILE:4:3
        max-fail-rate: 3% # FILE:4:20
        # By wider patterns:
        # senders: [{ ours: list.example }] # FILE:3:54
        # max-failures: 5 # FILE:3:18
      b.example: # FILE:2:3
        senders: [{ ours: crm.example }] # FILE:2:35
        max-fail-rate: 1% # FILE:2:16
        # By wider patterns:
        # senders: [{ ours: list.example }, { ours: crm.example }] # FILE:3:54, FILE:2:35
        # max-failures: 5 # FILE:3:18
      example.org: # FILE:5:3
        max-failures: 7 # FILE:5:18
    "
  `);
});

test("where a secret is not set the settings are printed all the same, and then which variable lacks", async () => {
  const path = join(makeFolder(), "dmarc-digest.yml");
  writeFileSync(path, text);
  const stdout = new Sink();
  await expect(printConfig({ config: path }, { stdout })).rejects.toThrow(
    /names the variable DMARC_PASSWORD, which is not set/,
  );
  expect(stdout.text).toContain('    imap-password: "${DMARC_PASSWORD}" # secret, not shown; ');
  expect(stdout.text).toContain("language: ja # ");
});

test("settings with which no run could be made are printed, and what is missing is said", async () => {
  const stdout = new Sink();
  await expect(printConfig({ language: "en" }, { stdout })).rejects.toThrow("No mailbox to read");
  expect(stdout.text).toContain("language: en # --language\n");
});

test("a domain of the file that the input of a run does not name is printed as left out", async () => {
  const path = join(makeFolder(), "dmarc-digest.yml");
  writeFileSync(path, 'domains:\n  example.com:\n  example.org: { owner: ann }\n  "*.example.net":\n');
  const stdout = new Sink();
  await printConfig({ config: path, "mail-path": "reports", domains: "a.example, example.com" }, { stdout });
  const left = stdout.text.split("\n").filter((line) => line.includes("left out"));
  expect(left).toEqual([expect.stringMatching(/^ {2}example\.org: # .*:3:3, left out: the input names the domains/)]);
});
