import { describe, expect, test } from "vitest";
import type { Readiness } from "../../../src/digest/readiness.ts";
import { languages, wordsOf } from "../../../src/render/words/words.ts";
import { because } from "../../reasons.ts";
import { findBlockTrouble } from "../../servers/slack/blocks.ts";
import {
  actDigest,
  telling as english,
  makeDigest,
  makeDomain,
  makeIncident,
  makeIntake,
  makeSource,
} from "../digests.ts";
import { digestMarkdown, restatedMessage, slackMessage, weeklyMessage, weekMarkdown } from "../printed.ts";
import { loudWeek, makeWeek } from "../weeks.ts";

/*
 * Whoever sends mail in our name chooses the names of its sources, and honest reporters pass them on: with the longest names in
 * every place at once, all messages are still taken, and what people have to know first is in them.
 */

/** A name of so many bytes as a host name may have; and one whose characters take four bytes each. */
const names = { ascii: "x".repeat(253), wide: "𝒲".repeat(253) };

const many = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));

function longestDigest(name: string) {
  const [loud] = actDigest.domains;
  const own = makeSource({
    source: name,
    mailClass: "broken-signature",
    addresses: many(5, () => name),
    signatures: many(3, () => ({ domain: name, selector: name })),
    policy: name,
    seenBy: many(5, () => ({ reporter: name, messages: 4321 })),
    since: { lastGoodDay: "2026-11-14", passRate: 0.999, failsSince: "2026-11-15" },
  });
  const before = { messages: 9e9, dmarcFail: 9e9, spfOrDkimFail: 9e9, ownFail: 9e9, verdict: "ok" } as const;
  const incident = { subject: name, domain: name, seenBy: many(9, () => name), messages: 9e9, source: own };
  return makeDigest({
    incidents: many(40, () => makeIncident(incident)),
    otherIncidents: many(9, (index) => makeIncident({ ...incident, domain: `old${index}.example`, change: "known" })),
    domains: many(60, (index) => makeDomain({ ...loud, domain: `${index}.example`, sources: many(10, () => own) })),
    coverage: { share: 0.5, missing: [{ reporter: name, share: 0.5, delayHours: 40 }] },
    news: {
      newServices: [],
      newDomains: [],
      policyChanges: [],
    },
    restated: many(16, (index) => {
      const day = `2026-11-${index + 1}`.replace(/-(\d)$/, "-0$1");
      return { day, before: { ...before, day }, after: { ...before, day, verdict: "act", messages: 1 }, isNamed: true };
    }),
    intake: makeIntake({
      mails: 9,
      states: { corrupt: 9 },
      problems: many(3, () => ({ mail: name, state: "corrupt", reason: name, why: because(name) })),
      unreadMailboxes: many(3, () => ({ mailbox: name, message: name, why: because(name.repeat(2)) })),
      unknownDomains: { domains: many(10, () => name), more: 9 },
    }),
  });
}

function longestWeek(name: string) {
  const source = makeSource({
    source: name,
    mailClass: "broken-signature",
    signatures: many(3, () => ({ domain: name, selector: name })),
  });
  const readiness = (index: number): Readiness => ({
    domain: `${index}.example`,
    policyTag: "p",
    state: "blocked",
    lost: { messages: 9e9, share: 0.5, senders: [] },
    blockers: many(3, () => ({ source: name, messages: 9e9, why: "not-aligned" })),
    toConfirm: many(3, () => ({ source: name, messages: 9 })),
    missingSources: many(3, () => ({ source: name, lastSeen: "2026-03-03", messages: 40 })),
    data: { days: 90, messages: 9e9, coverage: 0.97, lacks: [] },
  });
  return makeWeek({
    ...loudWeek,
    failing: many(3, () => ({ domain: name, days: 7, lastDay: "2026-11-17", source })),
    readiness: many(8, readiness),
    news: {
      newServices: many(8, () => ({ domain: name, source: name, day: "2026-11-12", messages: 9e9, passed: 9e9 })),
      newDomains: [],
      policyChanges: [],
    },
    newcomers: many(200, () => ({ reporter: name, days: 7, reports: 9e9, messages: 9e9 })),
  });
}

describe.each(Object.entries(names))("names of the longest kind (%s)", (_, name) => {
  test.each(languages)("fit into Slack's messages, in %s", (language) => {
    const telling = { ...english, words: wordsOf(language) };
    const digest = longestDigest(name);
    const week = longestWeek(name);
    const messages = [
      slackMessage(digest, telling),
      restatedMessage(digest, "ok", telling),
      weeklyMessage(week, telling),
    ];
    for (const { blocks, fallbackBlocks } of messages) {
      expect(findBlockTrouble(blocks)).toBeUndefined();
      expect(findBlockTrouble(fallbackBlocks)).toBeUndefined();
      expect(JSON.stringify(blocks)).toContain(telling.words.labels.step);
      expect(JSON.stringify(fallbackBlocks)).toContain("0.example");
    }
  });

  test.each(languages)("fit into GitHub's job summary, in %s", (language) => {
    const telling = { ...english, words: wordsOf(language) };
    const summary = digestMarkdown(longestDigest(name), telling) + weekMarkdown(longestWeek(name), telling);
    expect(Buffer.byteLength(summary)).toBeLessThan(1_048_576);
  });
});
