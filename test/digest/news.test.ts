import { describe, expect, test } from "vitest";
import { type News, newsOf } from "../../src/digest/news.ts";
import type { Window } from "../../src/digest/window/index-window.ts";
import { dayAfter } from "../../src/history/dates.ts";
import { failing, reporterLine, sourceLine } from "./windows.ts";

const day = "2026-11-22";
const ago = (days: number): string => dayAfter(day, -days);

/** News of Sun 22 Nov; example.com is known for 30 days unless said otherwise. */
function news({ reporters = [reporterLine({ day: ago(30) })], sources = [] }: Partial<Window>): News {
  const window = { first: ago(90), last: day, reporters, sources };
  const found = newsOf(window, day);
  expect(newsOf({ ...window, reporters: reporters.toReversed(), sources: sources.toReversed() }, day)).toEqual(found);
  return found;
}

test("nothing is new in an empty window", () => {
  expect(news({ reporters: [] })).toEqual({ newServices: [], brokenSources: [], newDomains: [], policyChanges: [] });
});

describe("a new service", () => {
  test("passes for the first time, with what of it fails", () => {
    const sources = [
      sourceLine({ day: ago(3), source: "crm.example", messages: 50, ...failing }),
      sourceLine({ day, domain: "news.example.com", source: "crm.example", messages: 8 }),
      sourceLine({ day, source: "crm.example", messages: 4, dkim: "fail" }),
      sourceLine({ day, source: "crm.example", messages: 1, ...failing }),
      sourceLine({ day, source: "shop.example", messages: 90 }),
    ];
    expect(news({ sources }).newServices).toEqual([
      { domain: "example.com", source: "shop.example", messages: 90, passed: 90 },
      { domain: "example.com", source: "crm.example", messages: 13, passed: 12 },
    ]);
  });

  test.each([
    ["is none that passed before, if only once", [sourceLine({ day: ago(80), messages: 1 }), sourceLine({ day })]],
    ["has 10 messages", [sourceLine({ day, messages: 9 }), sourceLine({ day, messages: 90, ...failing })]],
    ["is no network", [sourceLine({ day, source: "192.0.2.0/24" }), sourceLine({ day, source: "other networks" })]],
    ["is new on its first day alone", [sourceLine({ day: ago(1) })]],
    ["is new for a domain that is known", [sourceLine({ day, domain: "example.net" })]],
  ])("%s", (_, sources) => {
    expect(news({ sources }).newServices).toEqual([]);
  });

  test("is new for a domain known for 14 days, and not for one known for 13", () => {
    const sources = [sourceLine({ day })];
    expect(news({ sources, reporters: [reporterLine({ day: ago(14) })] }).newServices).toHaveLength(1);
    expect(news({ sources, reporters: [reporterLine({ day: ago(13) })] }).newServices).toEqual([]);
  });
});

describe("a broken source", () => {
  const passed = [5, 4, 3, 2].map((days) => sourceLine({ day: ago(days), messages: 100 }));

  test("passed before and fails now, and says since when", () => {
    const fails = [
      sourceLine({ day: ago(1), messages: 90, ...failing }),
      sourceLine({ day, messages: 412, ...failing }),
      sourceLine({ day, messages: 3 }),
    ];
    expect(news({ sources: [...passed, ...fails] }).brokenSources).toEqual([
      {
        domain: "example.com",
        source: "crm.example",
        messages: 415,
        failed: 412,
        history: expect.objectContaining({ lastGoodDay: ago(2), failsSince: ago(1), passRateBefore: 1 }),
      },
    ]);
  });

  test("may be our own server, which is a network", () => {
    const own = [...passed, sourceLine({ day, ...failing })].map((line) => ({ ...line, source: "192.0.2.0/24" }));
    expect(news({ sources: own }).brokenSources).toMatchObject([{ source: "192.0.2.0/24", failed: 10 }]);
  });

  test.each([
    ["has 10 failures", [...passed, sourceLine({ day, messages: 9, ...failing })]],
    ["passes less than half", [...passed, sourceLine({ day }), sourceLine({ day, ...failing })]],
    ["is none that never passed", [sourceLine({ day: ago(1), ...failing }), sourceLine({ day, ...failing })]],
    ["is none that is seen for the first time", [sourceLine({ day, ...failing })]],
    ["is none of another domain", [...passed, sourceLine({ day, domain: "example.net", ...failing })]],
  ])("%s", (_, sources) => {
    expect(news({ sources }).brokenSources).toEqual([]);
  });
});

describe("a new domain", () => {
  test("is first reported on the day", () => {
    const reporters = [
      reporterLine({ day: ago(14) }),
      reporterLine({ day: ago(1), domain: "example.net" }),
      reporterLine({ day, domain: "example.net" }),
      reporterLine({ day, domain: "news.example.com" }),
      reporterLine({ day, domain: "example.org" }),
    ];
    expect(news({ reporters }).newDomains).toEqual(["example.org", "news.example.com"]);
  });

  test("is none while less than 14 days are known", () => {
    const reporters = [reporterLine({ day: ago(13) }), reporterLine({ day, domain: "example.net" })];
    expect(news({ reporters }).newDomains).toEqual([]);
  });
});

describe("a changed policy", () => {
  /** Policy and messages that Google, Yahoo and GoDaddy saw so many days before. */
  type Seen = [daysBefore: number, ...([policy: string, messages: number] | undefined)[]];

  const changes = (...days: Seen[]): News["policyChanges"] =>
    news({
      reporters: days.flatMap(([days, ...seen]) =>
        seen.flatMap((one, index) => {
          const reporter = ["google.com", "dmarc.yahoo.com", "godaddy.com"][index] ?? "mail.ru";
          return one === undefined
            ? []
            : [reporterLine({ day: ago(days), reporter, policy: one[0], messages: one[1] })];
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
