import { describe, expect, it } from "vitest";
import { makeSenders } from "../../../src/digest/senders/senders.ts";
import { ownPassRateOf, trendOf } from "../../../src/digest/senders/trend.ts";
import { makeWindow, type Window } from "../../../src/digest/window/index-window.ts";
import { makeWindowOf, pairLine, senderLine } from "../windows.ts";

const noFailures = { own: 0, unknown: 0, forwarded: 0, spoofed: 0, trouble: 0 };
const trendIn = (window: Window) => trendOf(window, makeSenders(window.senders));

describe("the trend of a window", () => {
  const window = makeWindowOf(
    { first: "2026-10-31", last: "2026-11-03" },
    [
      pairLine({ day: "2026-10-31", domain: "example.com", dmarcPass: 90, dmarcFail: 10 }),
      pairLine({ day: "2026-11-02", domain: "example.com", reporter: "yahoo.com", dmarcPass: 5, notEvaluated: 2 }),
      pairLine({ day: "2026-11-02", domain: "news.example.com", dmarcPass: 20, dmarcFail: 1 }),
      pairLine({ day: "2026-11-02", domain: "example.net", dmarcPass: 7 }),
    ],
    [
      senderLine({ day: "2026-10-31", sender: "sendgrid.net", messages: 90, spf: "fail" }),
      senderLine({ day: "2026-10-31", sender: "203.0.113.0/24", messages: 10, dkim: "fail", spf: "fail" }),
      senderLine({
        day: "2026-11-02",
        domain: "news.example.com",
        sender: "203.0.113.0/24",
        messages: 1,
        dkim: "fail",
        spf: "fail",
      }),
    ],
  );

  it("has each day in order, its failures in parts, with zeros where nobody reported", () => {
    expect(trendIn(window).days).toEqual([
      { day: "2026-10-31", messages: 100, dmarcPass: 90, fail: { ...noFailures, spoofed: 10 } },
      { day: "2026-11-01", messages: 0, dmarcPass: 0, fail: noFailures },
      { day: "2026-11-02", messages: 35, dmarcPass: 32, fail: { ...noFailures, spoofed: 1 } },
      { day: "2026-11-03", messages: 0, dmarcPass: 0, fail: noFailures },
    ]);
  });

  it("adds subdomains to their organizational domain", () => {
    const { domains } = trendIn(window);
    expect([...domains.keys()]).toEqual(["example.com", "example.net"]);
    expect(domains.get("example.com")?.[2]).toMatchObject({ messages: 28, dmarcPass: 25, fail: { spoofed: 1 } });
    expect(domains.get("example.net")?.map(({ messages }) => messages)).toEqual([0, 0, 7, 0]);
  });

  it("leaves days outside of the window out", () => {
    const narrow = makeWindow({ ...window, first: "2026-11-01", last: "2026-11-01" });
    expect(trendIn(narrow).days).toEqual([{ day: "2026-11-01", messages: 0, dmarcPass: 0, fail: noFailures }]);
  });
});

it("of own mail a share passes: what was not evaluated, or is not ours, is no part of it", () => {
  expect(ownPassRateOf([])).toBeUndefined();
  expect(
    ownPassRateOf([
      { dmarcPass: 3, fail: { own: 1 } },
      { dmarcPass: 0, fail: { own: 0 } },
    ]),
  ).toBe(0.75);
});
