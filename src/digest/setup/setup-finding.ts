import type { Reason } from "../../report/reason.ts";
import type { Verdict } from "../verdict.ts";

/** What can be found of a set-up, by its code, with the values that its words need. Names and records are as they stand in DNS. */
export interface SetupValues {
  "mailbox-read": { mails: number; newest: string; reports: number };
  "mailbox-unread": { why: Reason };
  "mailbox-empty": { days: number };
  "mailbox-quiet": { days: number; newest: string };
  "mailbox-without-reports": { mails: number };
  "host-believed": { host: string };
  /** `seen` is what the mails carry on top, `setting` what to give as `authserv-id`; each absent where there is none. */
  "host-other": { believed: string; seen?: string; setting?: string };
  "host-unnamed": { seen: string; setting: string };
  "host-none": object;
  "dmarc-good": { name: string; record: string };
  "dmarc-inherited": { name: string; from: string; record: string };
  /** `record` is the one to publish, here and below; where no address is known it is absent, and `begin` what comes before it. */
  "dmarc-missing": { name: string; record?: string; begin?: string };
  "dmarc-partly": { name: string; from: string; record?: string; begin?: string };
  /** Without `record` it is to be mended by hand. */
  "dmarc-misplaced": { name: string; at: string; record?: string };
  "dmarc-several": { name: string; count: number };
  "dmarc-unreadable": { name: string; found: string };
  "dmarc-characters": { name: string; found: string };
  "dmarc-twice": { name: string; tags: string };
  "dmarc-semicolon": { name: string; found: string };
  "dmarc-policy": { name: string; value: string };
  "dmarc-no-policy": { name: string };
  "dmarc-value": { name: string; tag: string; value: string; expected: string };
  "dmarc-pct": { name: string; pct: string };
  "dmarc-old-tags": { name: string; tags: string };
  "dmarc-unknown-tags": { name: string; tags: string };
  "dmarc-testing": { name: string };
  "dmarc-psd": { name: string };
  "rua-missing": { name: string; record?: string };
  "rua-broken": { name: string; found: string };
  "rua-ignored": { name: string; found: string };
  "rua-by-hand": { name: string; uri: string };
  /** `address` is the one that reports go to. */
  "rua-unknown": { name: string; address: string };
  "rua-not-mailto": { name: string; found: string; record: string };
  "rua-elsewhere": { name: string; address: string; record: string };
  "rua-by-way": { name: string; address: string };
  "destination-good": { name: string };
  /** `found` is where reports are to go in place of a mailbox that is read. */
  "destination-instead": { name: string; host: string; found: string };
  "destination-missing": { name: string; host: string };
  "destination-wrong": { name: string; host: string; found: string };
  "spf-good": { name: string; lookUps: number };
  "spf-missing": { name: string; record: string };
  "spf-unreadable": { name: string; found: string };
  "spf-several": { name: string; count: number };
  "spf-syntax": { name: string; term: string };
  "spf-twice": { name: string; term: string };
  "spf-look-ups": { name: string; lookUps: number };
  "spf-void": { name: string; voids: string };
  "spf-include": { name: string; include: string; count: number };
  "spf-mx": { name: string; target: string; hosts: number };
  "spf-all": { name: string };
  "spf-include-all": { name: string; include: string };
  "spf-wide": { name: string; term: string };
  "spf-open": { name: string };
  "spf-ptr": { name: string };
  "keys-good": { names: string };
  "key-missing": { name: string };
  "key-alias": { name: string; target: string };
  "key-revoked": { name: string };
  "key-broken": { name: string };
  "key-weak": { name: string; bits: number };
  "key-short": { name: string; bits: number };
  "key-testing": { name: string };
  "dns-no-answer": { name: string; why: Reason };
  "slack-good": { channel: string };
  "slack-failed": { said: string };
  "slack-scope": { scope: string };
  "slack-none": object;
  "history-failed": { said: string };
  "github-good": { repository: string };
  "github-issues-good": { repository: string };
  "github-failed": { said: string };
  "github-public": { repository: string };
  "github-archived": { repository: string };
  "github-contents": { repository: string };
  "github-issues": { repository: string };
  "github-issue-token": { repository: string };
  "github-issues-off": { repository: string };
  "github-rules": { branch: string; rules: string };
  "github-some-rules": { branch: string; rules: string };
  "github-protected": { branch: string };
  "github-no-schedule": { workflow: string };
  "github-schedule-off": { workflow: string; state: string };
}

/** One thing that was found of a set-up. */
export type SetupFinding = { [Code in keyof SetupValues]: { code: Code } & SetupValues[Code] }[keyof SetupValues];

/** A finding, and what it is about: a mailbox, a domain, Slack or GitHub. */
export interface SetupCheck {
  about: string;
  finding: SetupFinding;
}

const look: ReadonlySet<SetupFinding["code"]> = new Set([
  "mailbox-empty",
  "mailbox-quiet",
  "mailbox-without-reports",
  "host-unnamed",
  "dmarc-no-policy",
  "dmarc-value",
  "dmarc-pct",
  "dmarc-old-tags",
  "dmarc-unknown-tags",
  "dmarc-testing",
  "rua-ignored",
  "rua-unknown",
  "spf-missing",
  "spf-open",
  "spf-ptr",
  "key-short",
  "key-testing",
  "dns-no-answer",
  "slack-scope",
  "slack-none",
  "github-issues-off",
  "github-some-rules",
  "github-protected",
  "github-no-schedule",
]);

const fine: ReadonlySet<SetupFinding["code"]> = new Set([
  "mailbox-read",
  "host-believed",
  "host-none",
  "dmarc-good",
  "dmarc-inherited",
  "rua-by-way",
  "destination-good",
  "spf-good",
  "keys-good",
  "slack-good",
  "github-good",
  "github-issues-good",
]);

/** Whether what was found is good, worth a look, or keeps the tool or the mail from working. */
export function setupVerdict({ code }: SetupFinding): Verdict {
  if (fine.has(code)) return "ok";
  return look.has(code) ? "look" : "act";
}
