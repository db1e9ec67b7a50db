import { expect, test } from "vitest";
import { sendingSources } from "../../../src/digest/window/source-days.ts";
import { makeWindowOf, sourceLine } from "../windows.ts";

test("the senders of a window are added up by service and outcome, the largest first, those that passed nothing left out", () => {
  const day = "2026-11-22";
  const lines = [
    sourceLine({ day, domain: "example.com", source: "192.0.2.0/24", messages: 7 }),
    sourceLine({ day, domain: "news.example.com", source: "sendgrid.net", messages: 30, spf: "fail" }),
    sourceLine({ day, domain: "example.net", source: "sendgrid.net", messages: 40, dkim: "fail" }),
    sourceLine({ day, domain: "example.com", source: "sendgrid.net", messages: 20, dkim: "fail", spf: undefined }),
    sourceLine({
      day,
      domain: "example.com",
      source: "sendgrid.net",
      messages: 3,
      dkim: undefined,
      spf: undefined,
    }),
    sourceLine({ day, domain: "example.com", source: "other networks", messages: 900, dkim: "fail", spf: "fail" }),
    sourceLine({ day: "2026-10-01", domain: "example.com", source: "192.0.2.0/24", messages: 5000 }),
  ];
  expect(sendingSources(makeWindowOf({ first: "2026-09-01", last: day }, [], lines), "2026-10-24")).toEqual([
    {
      name: "SendGrid",
      messages: 93,
      byBoth: 0,
      dkimAlone: 30,
      spfAlone: 40,
      dmarcFail: 20,
      domains: ["example.com", "example.net"],
    },
    { name: "192.0.2.0/24", messages: 7, byBoth: 7, dkimAlone: 0, spfAlone: 0, dmarcFail: 0, domains: ["example.com"] },
  ]);
});
