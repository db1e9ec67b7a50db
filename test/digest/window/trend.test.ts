import { describe, expect, it } from "vitest";
import { passRateOf, trendOf } from "../../../src/digest/window/trend.ts";
import { makeWindowOf, pairLine } from "../windows.ts";

describe("the trend of a window", () => {
  const window = makeWindowOf({ first: "2026-10-31", last: "2026-11-03" }, [
    pairLine({ day: "2026-10-31", domain: "example.com", dmarcPass: 90, dmarcFail: 10 }),
    pairLine({ day: "2026-11-02", domain: "example.com", reporter: "yahoo.com", dmarcPass: 5, notEvaluated: 2 }),
    pairLine({ day: "2026-11-02", domain: "news.example.com", dmarcPass: 20, dmarcFail: 1 }),
    pairLine({ day: "2026-11-02", domain: "example.net", dmarcPass: 7 }),
  ]);

  it("has each day in order, with zeros where nobody reported", () => {
    expect(trendOf(window).days).toEqual([
      { day: "2026-10-31", messages: 100, dmarcPass: 90, dmarcFail: 10 },
      { day: "2026-11-01", messages: 0, dmarcPass: 0, dmarcFail: 0 },
      { day: "2026-11-02", messages: 35, dmarcPass: 32, dmarcFail: 1 },
      { day: "2026-11-03", messages: 0, dmarcPass: 0, dmarcFail: 0 },
    ]);
  });

  it("adds subdomains to their organizational domain", () => {
    const { domains } = trendOf(window);
    expect([...domains.keys()]).toEqual(["example.com", "example.net"]);
    expect(domains.get("example.com")?.[2]).toEqual({ day: "2026-11-02", messages: 28, dmarcPass: 25, dmarcFail: 1 });
    expect(domains.get("example.net")?.map(({ messages }) => messages)).toEqual([0, 0, 7, 0]);
  });

  it("leaves days outside of the window out", () => {
    const narrow = { ...window, first: "2026-11-01", last: "2026-11-01" };
    expect(trendOf(narrow).days).toEqual([{ day: "2026-11-01", messages: 0, dmarcPass: 0, dmarcFail: 0 }]);
  });
});

it("messages that were not evaluated are no part of the pass rate", () => {
  expect(passRateOf(trendOf(makeWindowOf({ first: "2026-11-01", last: "2026-11-01" }, [])).days)).toBeUndefined();
  expect(
    passRateOf([
      { dmarcPass: 3, dmarcFail: 1 },
      { dmarcPass: 0, dmarcFail: 0 },
    ]),
  ).toBe(0.75);
});
