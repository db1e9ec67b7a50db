import { expect, test } from "vitest";
import { parseFile } from "../../src/config/file.ts";
import { muteAnswer, senderAnswer } from "../../src/render/answers.ts";

const now = new Date("2026-11-20T06:00:00Z");

test.each([
  ["whose a sender is", senderAnswer("ours", "mailer.example")],
  ["whose a network is not", senderAnswer("not-ours", "2001:db8::/48")],
  [
    "that a sender is muted",
    muteAnswer({ domain: "example.com", subject: "192.0.2.0/24", rule: "sender-fails" }, "2026-12-20", 'a "move"'),
  ],
  [
    "that a lost leg is muted",
    muteAnswer({ domain: "example.com", subject: "mailer.example DKIM", rule: "leg-lost" }, "2026-12-20", "why"),
  ],
  [
    "that a key is muted",
    muteAnswer({ domain: "example.com", subject: "example.com/s1", rule: "key-broken" }, "2026-12-20", "why"),
  ],
  ["that SPF is muted", muteAnswer({ domain: "example.com", subject: "SPF", rule: "dns" }, "2026-12-20", "why")],
  ["that a limit is muted", muteAnswer({ domain: "example.com", subject: "", rule: "threshold" }, "2026-12-20", "why")],
])("the configuration's file takes the lines that say %s", (_, lines) => {
  expect(() => parseFile(".github/dmarc-digest.yml", lines.join("\n"), { environment: {}, now })).not.toThrow();
});
