import { expect, test } from "vitest";
import type { Digest } from "../../../src/digest/digest.ts";
import { wordsOf } from "../../../src/render/words/words.ts";
import { actDigest, makeDigest, newsDigest, okDigest } from "../digests.ts";

function linesOf(digest: Digest, most = 20) {
  return wordsOf("en").news.text(digest, most, (name) => `‹${name}›`);
}

test("what fails comes first, then claims beyond the usual, policies, equal changes in one line, then what is new", () => {
  expect(linesOf(newsDigest)).toEqual({
    lines: [
      "‹example.com› mail sent by ‹crm.example.net› fails DMARC: 12 of 15 messages. Passed until Sun 15 Nov (98.9%)",
      "‹Google› reports 99,000 messages of ‹example.com› on Tue 17 Nov, usually 900 messages: counted, but see whether that can be",
      "‹example.com›: p=none → p=quarantine, sp=none stays",
      "‹example.net›, ‹example.org›: p=none → p=reject",
      "‹HubSpot› passes for the first time at ‹example.com›: 1,204 messages",
      "‹shop.example› passes for the first time at ‹example.net›: 88 of 90 messages",
      "New domains: ‹brand.example›, ‹shop.example.com›",
    ],
    more: 0,
  });
});

test("a source that a finding names is not shown again, another one of its domain is", () => {
  const [failing] = newsDigest.news.brokenSources;
  if (failing === undefined) throw new Error("The digest has no broken source");
  const sources = ["sendgrid.net", "crm.example.net"].map((source) => ({ ...failing, source }));
  const elsewhere = { ...failing, domain: "example.net", source: "sendgrid.net" };
  const news = { ...okDigest.news, brokenSources: [...sources, elsewhere] };
  expect(linesOf({ ...actDigest, news }).lines).toEqual([
    expect.stringContaining("‹example.com› mail sent by ‹crm.example.net›"),
    expect.stringContaining("‹example.net› mail sent by ‹SendGrid›"),
  ]);
});

test("what does not fit is counted", () => {
  expect(linesOf(newsDigest, 2)).toMatchObject({ lines: { length: 2 }, more: 5 });
});

test("nothing is shown when nothing is new", () => {
  expect(linesOf(okDigest)).toEqual({ lines: [], more: 0 });
  expect(linesOf(makeDigest({ silentReporters: actDigest.silentReporters }))).toEqual({ lines: [], more: 0 });
});
