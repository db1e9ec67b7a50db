import { expect, test } from "vitest";
import { sendingSources } from "../../../src/digest/window/source-days.ts";
import { makeWindowOf, senderLine } from "../windows.ts";

test("the senders of a window are added up by service and outcome, the largest first, those that passed nothing left out", () => {
  const day = "2026-11-22";
  const lines = [
    senderLine({ day, domain: "example.com", sender: "192.0.2.0/24", messages: 7 }),
    senderLine({ day, domain: "news.example.com", sender: "sendgrid.net", messages: 30, spf: "fail" }),
    senderLine({ day, domain: "example.net", sender: "sendgrid.net", messages: 40, dkim: "fail" }),
    senderLine({ day, domain: "example.com", sender: "sendgrid.net", messages: 20, dkim: "fail", spf: undefined }),
    senderLine({
      day,
      domain: "example.com",
      sender: "sendgrid.net",
      messages: 3,
      dkim: undefined,
      spf: undefined,
    }),
    senderLine({ day, domain: "example.com", sender: "other senders", messages: 900, dkim: "fail", spf: "fail" }),
    senderLine({ day: "2026-10-01", domain: "example.com", sender: "192.0.2.0/24", messages: 5000 }),
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
