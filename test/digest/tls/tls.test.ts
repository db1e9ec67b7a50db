import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { issueDays } from "../../../src/digest/issues/issue-days.ts";
import { makeSenders } from "../../../src/digest/senders/senders.ts";
import { makeTlsRules, type TlsWindowLine, tlsHosts, tlsResults } from "../../../src/digest/tls/tls.ts";

const day = "2026-11-19";

function line(said: Partial<TlsWindowLine> = {}): TlsWindowLine {
  return {
    day,
    domain: "example.com",
    reporter: "google.com",
    verdict: "verified",
    policy: "sts enforce",
    mx: "mx1.example.com",
    result: undefined,
    sessions: 1000,
    unreadableRecords: 0,
    ...said,
  };
}

const expired = (said: Partial<TlsWindowLine> = {}) => line({ result: "certificate-expired", sessions: 10, ...said });

function found(lines: TlsWindowLine[], isSettled = true): string[] {
  return makeTlsRules(lines)
    .findingsOn(day, isSettled)
    .map(({ key, level, messages }) => `${level} ${key.domain} ${key.subject} ${messages}`);
}

describe("inbound TLS that fails", () => {
  test("asks to act where two reporters say so, or it is 5 % of the sessions", () => {
    expect(found([line(), expired()])).toEqual(["look example.com certificate-expired example.com 10"]);
    expect(found([line(), expired(), expired({ reporter: "microsoft.com" })])).toEqual([
      "act example.com certificate-expired example.com 20",
    ]);
    expect(found([line({ sessions: 190 }), expired()])).toEqual(["act example.com certificate-expired example.com 10"]);
  });

  test("is no loss of mail by one session, nor while the policy is tested or there is none", () => {
    expect(found([expired({ sessions: 1 })])).toEqual(["look example.com certificate-expired example.com 1"]);
    for (const policy of ["sts testing", "sts none", "no-policy-found"]) {
      expect(found([expired({ policy })])).toEqual(["look example.com certificate-expired example.com 10"]);
    }
    expect(found([expired({ policy: "tlsa", result: "tlsa-invalid" })])).toEqual([
      "act example.com tlsa-invalid example.com 10",
    ]);
  });

  test.each(tlsResults)("by %s asks to act where the policy is enforced", (result) => {
    for (const policy of ["tlsa", "sts enforce"])
      expect(found([line({ result, policy })])).toEqual([`act example.com ${result} example.com 1000`]);
  });

  test("has the level that the table of docs/tls.md says", () => {
    const isAct = (result: string, policy: string) => found([line({ result, policy })])[0]?.startsWith("act") === true;
    const rows = [
      ...readFileSync("docs/tls.md", "utf8").matchAll(/^\| (?:`([\w-]+)`|none, or another word) \| ([\w ]+?) \|/gm),
    ];
    const said = tlsResults.map((result) => {
      const out = isAct(result, "sts testing") ? "act" : isAct(result, "sts enforce") ? "act where enforced" : "look";
      return `${result}: ${out}`;
    });
    expect(rows.map(([, result = "unspecified", out]) => `${result}: ${out}`).sort()).toEqual(said.sort());
  });

  test("by a policy that can't be fetched is a loss whatever its mode, which nobody knows", () => {
    const fetching = line({ policy: "sts", mx: undefined, result: "sts-policy-fetch-error", sessions: 3 });
    expect(found([fetching])).toEqual(["act example.com sts-policy-fetch-error example.com 3"]);
  });

  test("by a word of a reporter's own is not specified", () => {
    expect(found([line({ result: "moon-phase" })])).toEqual(["act example.com unspecified example.com 1000"]);
  });

  test("is told before its day is due by what two reporters say alone", () => {
    expect(found([expired()], false)).toEqual([]);
    expect(found([expired(), expired({ reporter: "microsoft.com" })], false)).toHaveLength(1);
  });

  test("of a subdomain belongs to its organization, and names the subdomain", () => {
    expect(found([expired({ domain: "lists.example.com" })])).toEqual([
      "act example.com certificate-expired lists.example.com 10",
    ]);
  });
});

test("an incident is well again when its reporters have reported, and nothing fails any more", () => {
  const next = "2026-11-20";
  const incident = {
    key: { domain: "example.com", subject: "certificate-expired example.com", rule: "tls-fails" },
    seenBy: ["google.com", "microsoft.com"],
  } as Parameters<ReturnType<typeof makeTlsRules>["healthOn"]>[1];
  const stateAfter = (lines: TlsWindowLine[]) => makeTlsRules(lines).healthOn(next, incident).state;
  const google = line({ day: next });
  expect(stateAfter([expired()])).toBe("silent");
  expect(stateAfter([google, expired({ reporter: "microsoft.com" })])).toBe("seen");
  expect(stateAfter([google, line({ day: next, reporter: "microsoft.com" })])).toBe("good");
  expect(stateAfter([google, expired({ day: next, reporter: "microsoft.com" })])).toBe("seen");
});

test("of a host it is known how many succeed where those that do are all named", () => {
  const hosts = (lines: TlsWindowLine[]) => tlsHosts(lines).map(({ mx, isPartial }) => [mx, isPartial]);
  expect(hosts([expired(), line({ mx: undefined })])).toEqual([
    ["mx1.example.com", true],
    [undefined, undefined],
  ]);
  expect(hosts([expired(), line()])).toEqual([["mx1.example.com", undefined]]);
  expect(hosts([expired()])).toEqual([["mx1.example.com", undefined]]);
});

test("the days of an issue have the sessions of all policy domains of its organizational one, and of no other", () => {
  const other = line({ domain: "example.net", sessions: 7 });
  const tls = [line(), expired({ domain: "news.example.com" }), other];
  const days = issueDays("example.com", day, { window: { pairsByDay: new Map(), tls }, senders: makeSenders([]) });
  expect(days.slice(0, 2)).toEqual([{ day, tls: { sessions: 1010, failed: 10 } }, { day: "2026-11-18" }]);
});
