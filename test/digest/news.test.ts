import { describe, expect, test } from "vitest";
import { type News, newsOf } from "../../src/digest/news.ts";
import { makeSenders } from "../../src/digest/senders/senders.ts";
import type { Window } from "../../src/digest/window/index-window.ts";
import { dayAfter } from "../../src/history/dates.ts";
import { failing, makeWindowOf, pairLine, senderLine } from "./windows.ts";

const day = "2026-11-22";
const ago = (days: number): string => dayAfter(day, -days);

/** News of Sun 22 Nov; example.com is known for 30 days unless said otherwise. */
function news({ pairs = [pairLine({ day: ago(30) })], senders = [] }: Partial<Window>): News {
  const days = { first: ago(90), last: day };
  const found = newsOf(makeWindowOf(days, pairs, senders), makeSenders(senders), day);
  const mixed = senders.toReversed();
  expect(newsOf(makeWindowOf(days, pairs.toReversed(), mixed), makeSenders(mixed), day)).toEqual(found);
  return found;
}

test("nothing is new in an empty window", () => {
  expect(news({ pairs: [] })).toEqual({ newServices: [], newDomains: [], policyChanges: [] });
});

describe("a new service", () => {
  test("passes for the first time, with what of it fails", () => {
    const senders = [
      senderLine({ day: ago(3), sender: "crm.example", messages: 50, ...failing }),
      senderLine({ day, domain: "news.example.com", sender: "crm.example", messages: 8 }),
      senderLine({ day, sender: "crm.example", messages: 4, dkim: "fail" }),
      senderLine({ day, sender: "crm.example", messages: 1, ...failing }),
      senderLine({ day, sender: "shop.example", messages: 90 }),
    ];
    expect(news({ senders }).newServices).toEqual([
      { domain: "example.com", source: "shop.example", messages: 90, passed: 90 },
      { domain: "example.com", source: "crm.example", messages: 13, passed: 12 },
    ]);
  });

  test.each([
    ["is none that passed before, if only once", [senderLine({ day: ago(80), messages: 1 }), senderLine({ day })]],
    ["has 10 messages", [senderLine({ day, messages: 9 }), senderLine({ day, messages: 90, ...failing })]],
    ["is no network that passes by DKIM alone", [senderLine({ day, sender: "192.0.2.0/24", spf: "fail" })]],
    ["is no network of 9 messages", [senderLine({ day, sender: "192.0.2.0/24", messages: 9, spf: "pass" })]],
    [
      "is no network with less than a tenth of what passes by SPF",
      [
        senderLine({ day, sender: "192.0.2.0/24", messages: 10, spf: "pass" }),
        senderLine({ day: ago(1), sender: "known.example", messages: 50 }),
        senderLine({ day, sender: "known.example", messages: 91, spf: "pass" }),
      ],
    ],
    ["is none of the other senders", [senderLine({ day, sender: "other senders", spf: "pass" })]],
    ["is new on its first day alone", [senderLine({ day: ago(1) })]],
    ["is new for a domain that is known", [senderLine({ day, domain: "example.net" })]],
  ])("%s", (_, senders) => {
    expect(news({ senders }).newServices).toEqual([]);
  });

  test("may be a host of one's own, such as one that now sends over IPv6", () => {
    const host = { spf: "pass", messages: 40 } as const;
    const senders = [
      senderLine({ day: ago(1), sender: "192.0.2.0/24", ...host }),
      senderLine({ day, sender: "192.0.2.0/24", ...host }),
      senderLine({ day, sender: "2001:db8:5::/64", ...host }),
    ];
    expect(news({ senders }).newServices).toEqual([
      { domain: "example.com", source: "2001:db8:5::/64", messages: 40, passed: 40 },
    ]);
  });

  test.each([
    ["a host that begins on a quiet Sunday", "192.0.2.0/24"],
    ["a service that begins with a few messages", "esp.example"],
  ])("%s is told once it is large, within a week, and once", (_, sender) => {
    const known = { sender: "known.example", messages: 60, spf: "pass" } as const;
    const [first, messages] = [ago(3), 9];
    const senders = [
      senderLine({ ...known, day: first }),
      senderLine({ sender, messages, day: first, spf: "pass" }),
      senderLine({ ...known, day }),
      senderLine({ sender, messages: 30, day, spf: "pass" }),
    ];
    expect(news({ senders }).newServices).toMatchObject([{ source: sender, messages: 30 }]);
    const before = [senderLine({ sender, messages: 30, day: ago(1), spf: "pass" }), ...senders];
    expect(news({ senders: before }).newServices).toEqual([]);
    const old = [senderLine({ sender, messages: 1, day: ago(7), spf: "pass" }), ...senders];
    expect(news({ senders: old }).newServices).toEqual([]);
  });

  test("is new for a domain known for 14 days, and not for one known for 13", () => {
    const senders = [senderLine({ day })];
    expect(news({ senders, pairs: [pairLine({ day: ago(14) })] }).newServices).toHaveLength(1);
    expect(news({ senders, pairs: [pairLine({ day: ago(13) })] }).newServices).toEqual([]);
  });
});

describe("a new domain", () => {
  test("is first reported on the day", () => {
    const pairs = [
      pairLine({ day: ago(14) }),
      pairLine({ day: ago(1), domain: "example.net" }),
      pairLine({ day, domain: "example.net" }),
      pairLine({ day, domain: "news.example.com" }),
      pairLine({ day, domain: "example.org" }),
    ];
    expect(news({ pairs }).newDomains).toEqual(["example.org", "news.example.com"]);
  });

  test("is none while less than 14 days are known", () => {
    const pairs = [pairLine({ day: ago(13) }), pairLine({ day, domain: "example.net" })];
    expect(news({ pairs }).newDomains).toEqual([]);
  });
});

describe("a changed policy", () => {
  /** Policy and messages that Google, Yahoo and GoDaddy saw so many days before. */
  type Seen = [daysBefore: number, ...([policy: string, messages: number] | undefined)[]];

  const changes = (...days: Seen[]): News["policyChanges"] =>
    news({
      pairs: days.flatMap(([days, ...seen]) =>
        seen.flatMap((one, index) => {
          const reporter = ["google.com", "dmarc.yahoo.com", "godaddy.com"][index] ?? "mail.ru";
          return one === undefined ? [] : [pairLine({ day: ago(days), reporter, policy: one[0], messages: one[1] })];
        }),
      ),
    }).policyChanges;

  const [none, quarantine, reject] = ["p=none", "p=quarantine", "p=reject"] as const;

  test.each<[string, Seen[], [string, string] | undefined]>([
    [
      "that all saw",
      [
        [1, [none, 9]],
        [0, [quarantine, 9]],
      ],
      [none, quarantine],
    ],
    [
      "that half saw",
      [
        [1, [none, 9], [none, 9]],
        [0, [none, 9], [quarantine, 9]],
      ],
      [none, quarantine],
    ],
    [
      "that half saw the day before",
      [
        [2, [none, 9]],
        [1, [none, 9], [reject, 9]],
        [0, [reject, 9]],
      ],
      undefined,
    ],
    [
      "that less than half saw",
      [
        [1, [none, 9], [none, 9]],
        [0, [none, 9], [quarantine, 8]],
      ],
      undefined,
    ],
    [
      "back to what it was",
      [
        [1, [reject, 9]],
        [0, [none, 9]],
      ],
      [reject, none],
    ],
    [
      "of subdomains alone",
      [
        [1, [reject, 9]],
        [0, ["p=reject sp=none", 9]],
      ],
      [reject, "p=reject sp=none"],
    ],
    [
      "that was there the day before",
      [
        [2, [none, 9]],
        [1, [reject, 9]],
        [0, [reject, 9]],
      ],
      undefined,
    ],
    [
      "behind days without reports",
      [
        [9, [none, 9]],
        [0, [reject, 9]],
      ],
      [none, reject],
    ],
    [
      "that one reporter has not seen yet",
      [
        [1, [reject, 90], [reject, 9]],
        [0, [reject, 90], [none, 9]],
      ],
      undefined,
    ],
    [
      "behind a day of which no policy has half",
      [
        [2, [none, 9], [none, 9], [none, 9]],
        [1, [none, 2], [quarantine, 3], [reject, 2]],
        [0, [reject, 9], [reject, 9]],
      ],
      [none, reject],
    ],
    [
      "on a day without messages",
      [
        [1, [none, 9]],
        [0, [reject, 0]],
      ],
      undefined,
    ],
    ["without a day before", [[0, [reject, 9]]], undefined],
    [
      "to a word that is none",
      [
        [1, [none, 9]],
        [0, ["p=?", 9]],
      ],
      undefined,
    ],
    [
      "that is only another way to write it",
      [
        [1, [reject, 9], ["p=reject sp=none", 8]],
        [0, [reject, 7], ["p=reject sp=none", 8]],
      ],
      undefined,
    ],
  ])("%s", (_, days, change) => {
    const expected = change && { domain: "example.com", from: change[0], to: change[1], since: day };
    expect(changes(...days)).toEqual(expected === undefined ? [] : [expected]);
  });
});
