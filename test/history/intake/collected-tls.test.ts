import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type CollectedMail, formatCollected, parseCollected } from "../../../src/history/intake/collected.ts";
import { readMail } from "../../../src/report/mail/mail.ts";

test.each(["tls-google", "tls-microsoft", "tls-postfix", "failure-report"])(
  "what another job has collected of %s.eml is what it was",
  async (name) => {
    const bytes = readFileSync(new URL(`../../fixtures/${name}.eml`, import.meta.url));
    const { files, received } = await readMail(bytes, { now: new Date("2026-11-20T09:00:00Z") });
    const mail = { mail: { files, received }, origin: { mailbox: "imap", mail: "x" }, order: 1 } as CollectedMail;
    const line = formatCollected({ mail });
    expect(parseCollected(line)).toEqual(JSON.parse(line));
  },
);
