import { expect, test } from "vitest";
import type { Digest } from "../../../src/digest/digest.ts";
import { wordsOf } from "../../../src/render/words/words.ts";
import { newsDigest, okDigest } from "../digests.ts";

function linesOf(digest: Digest, most = 20) {
  return wordsOf("en").news.text(digest, most, (name) => `‹${name}›`);
}

test("what is over is the headline, below it come claims beyond the usual, policies, equal changes in one line, then what is new, then what is still open", () => {
  expect(linesOf(newsDigest)).toEqual({
    lines: [
      "‹Google› reports 99,000 messages of ‹example.com› on Tue 17 Nov, usually 900 messages: counted, but see whether that can be",
      "‹example.com›: p=none → p=quarantine, sp=none stays",
      "‹example.net›, ‹example.org›: p=none → p=reject",
      "‹HubSpot› passes for the first time at ‹example.com›: 1,204 messages",
      "‹shop.example› passes for the first time at ‹example.net›: 88 of 90 messages",
      "New domains: ‹brand.example›, ‹shop.example.com›",
      "Still open, day 9: ‹example.net› mail sent by ‹HubSpot› fails, 90 messages held",
    ],
    more: 0,
  });
});

test("what does not fit is counted", () => {
  expect(linesOf(newsDigest, 2)).toMatchObject({ lines: { length: 2 }, more: 5 });
});

test("nothing is shown when nothing is new", () => {
  expect(linesOf(okDigest)).toEqual({ lines: [], more: 0 });
});
