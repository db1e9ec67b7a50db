import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { classified, failuresOf } from "../../../src/digest/day/sources.ts";
import { failPartOf, type MailClass, makeSenders } from "../../../src/digest/senders/senders.ts";
import { printMarkdown } from "../../../src/render/print/print.ts";
import { wordsOf } from "../../../src/render/words/words.ts";
import { sendingServices } from "../../../src/report/source/source.ts";
import { diagnosisRows, knownOf } from "../../digest/diagnosis-rows.ts";
import { makeSource } from "../digests.ts";

/* `docs/diagnosis.md` says what the code says: each row is a record that goes the way of all records. */

const words = wordsOf("en");
const guard = (text: string): string => text;

test.each(diagnosisRows)("%s", (_, said, mailClass, service) => {
  const { file, lines } = knownOf(said);
  const [report] = file.reports;
  const [shown] = report === undefined ? [] : classified(report, file, makeSenders(lines));
  expect([shown?.mailClass, shown?.service]).toEqual([mailClass, service]);
});

function rowOf([what, said, mailClass]: (typeof diagnosisRows)[number]): string[] {
  const { dkim = [], spf = [], reasons = [], arc, isBounce = false, known } = said;
  const { file, lines } = knownOf(said);
  const [source] = failuresOf([file], makeSenders(lines)).sources;
  const seen = [
    ...dkim.map((signature) => `DKIM ${signature}`),
    ...spf.map((envelope) => `SPF ${envelope}${isBounce ? " (HELO)" : ""}`),
    ...reasons.map((reason) => `override ${reason}`),
    ...(arc ? [`arc=${arc}`] : []),
  ];
  const part = failPartOf(mailClass as MailClass);
  return [
    what,
    `${said.aligned}: ${seen.join(", ") || "nothing"}`,
    known?.words ?? "",
    words.mailClass[mailClass as MailClass],
    part ?? "",
    source === undefined ? "" : words.cause(source, guard),
    source === undefined ? "" : words.step(source, guard("example.com"), guard),
  ];
}

test("the diagnosis table in the docs is the one that the code follows", async () => {
  const titles = ["Mail", "Aligned DKIM/SPF: results", "Known", "Diagnosis", "Part", "The message says", "What to do"];
  const columns = titles.map((title) => ({ title }));
  const parts = [{ kind: "table", weight: "must", columns, rows: diagnosisRows.map(rowOf) } as const];
  const table = printMarkdown({ verdict: "ok", headline: "", isBare: true, parts, more: words.more }).trimEnd();
  const text = `# How a record is diagnosed

Each record of a report gets one diagnosis: the first that fits, from the record itself, from what is known of its sender up to
the record's day, and from the health of our keys on it. Nothing is looked up, so that the same history always gives the same
digest. This page is made from the rows that the tests run.

${table}

A *sender* is the domain that a message authenticated as besides ours, by the [shipped list](../src/report/source/services.json) of
services where it is there, else the network of its address. Our own mail starts at a *home*: a sender that
passed SPF for us, a service that was aligned, or one with half of the messages that pass by a key in 28 days, or that had when its mail passed last. The last holds where less than a tenth of
the key's mail is aligned by SPF: else it starts where it is, and a forwarder may well pass on more of it than arrives directly. Of one with
half of such a key's mail all of which fails on a day nobody can tell what it is: an unknown sender. Who has just begun (less than 14 days ago, or
in one week alone) has no half where others sent before: one message that is sent again and again passes, too. Has none
been for a week, the key's home is who has taken its place, with half of what it sent. Who else passes by our
DKIM passes mail on, unless the key passes for nobody that day and fails for half of what usually passes by it: then it is the key that is
broken, and not what somebody passed on. Where our homes send without a key by which they passed, and none with it, it may have been withdrawn: it is
missing for whoever has passed by it for two weeks, and fails by it on more than 3 of 7 days. *Before* is within the last 90 days.

Mail without a signature that such a host passes on, or sends, nobody can tell from that of a server of ours which has moved: it is an unknown
sender, too, where it fails on 3 of 7 days with 20 messages and has never passed SPF.

What a service sends that signs as itself alone, and passes by our SPF record, is forwarded like other mail: then its signature is
whole, and SPF does not know the host. It is passed on where no more than a fifth of what the service sent in a week, or of the
last three days hardly any, does not pass by SPF, or as much as is usual for it in older weeks (half where that is fewer than 50 messages), and a quarter passes
over its last days that hold 20 messages; else a part of the service or its include is not in the record. So is mail of a tenant under a forwarder's envelope (SRS).

Where a key passes for others of a domain's senders and for one of them not at all, on the day or on the last three, the record is well and that sender
signs wrong. A tenant of a mail host is no home by what passes there: whoever is at Microsoft 365 or Google may forward what you send.

Of two signatures one that passes is enough. So a key that receivers can't look up, or can't read, such as one of Ed25519 (RFC 8463), is
no cause where another key of ours in the same message passes elsewhere: what broke that one is. And one selector may be used by two
services by mistake: who signs by the name of another service's key on 3 of 7 days with 20 messages, as itself besides, with a tenth of what passes by it or as a service of the list, and never passed
is an unknown sender, unless a receiver calls it a mailing list. The keys with which people's own mail is signed are left out, since lists and forwarders
change that every day.
`;
  // What follows is not about records.
  const [, more = ""] = readFileSync("docs/diagnosis.md", "utf8").split(/(?=^## Failure reports$)/m);
  await expect(`${text}\n${more}`).toMatchFileSnapshot("../../../docs/diagnosis.md");
});

test.each(["not-aligned", "unknown", "missing-in-spf"] as const)(
  "nobody is told to set up DKIM at a mailbox provider, a mailing list or a forwarder (%s)",
  (mailClass) => {
    for (const { name, passesOn } of sendingServices) {
      if (passesOn === undefined) continue;
      const step = words.step(makeSource({ source: "passer.example", service: name, mailClass }), "example.com", guard);
      expect(step, name).toBe(
        "Nothing to set up there: sign your own mail with DKIM, so that it survives when it is passed on",
      );
    }
  },
);
