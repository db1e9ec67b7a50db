import { readFileSync } from "node:fs";
import type { ExploreData } from "../../src/digest/explore/explore.ts";
import { explorePage } from "../../src/render/explore/explore.ts";
import { wordsOf } from "../../src/render/words/words.ts";
import { openPage, untilDrawn } from "../pictures/photograph.ts";

/*
 * How large the page to explore is for 50 domains over 13 months, and how soon Chromium draws it: `npm run bench:explore`, after
 * a build. Beside the first picture the time until all of it is unpacked, which the picture waited for if the page had one part.
 * Milliseconds from the start of the page, the least of some rounds. Fails when a goal is missed.
 */

const goal = { megabytes: 5, seconds: 1 };
const rounds = 5;
const size = { domains: 50, days: 396, reporters: 6, senders: 2000 };

const data = makeData();
const html = explorePage(data, { words: wordsOf("en"), language: "en" }, readFileSync("dist/explore.js", "utf8"));
const megabytes = Buffer.byteLength(html) / 1024 ** 2;
console.log(`${size.domains} domains, ${size.days} days, ${data.mail.day.length} lines: ${megabytes.toFixed(2)} MB`);

const times: { first: number; whole: number }[] = [];
for (let round = 0; round < rounds; round += 1) {
  times.push(
    await openPage(html, {}, async (page) => {
      await page.evaluate(untilDrawn);
      const [first, whole] = ["first", "ready"].map((name) => page.evaluate(`Number(document.body.dataset.${name})`));
      return { first: Number(await first), whole: Number(await whole) };
    }),
  );
}
const [first, whole] = (["first", "whole"] as const).map((name) => Math.min(...times.map((time) => time[name])) / 1000);
console.log(`first picture ${first?.toFixed(2)} s, all unpacked ${whole?.toFixed(2)} s`);
console.log(`the first picture takes ${((first ?? 0) / (whole ?? 1)).toFixed(2)} of the whole`);
const isMet = megabytes < goal.megabytes && (first ?? Number.POSITIVE_INFINITY) < goal.seconds;
console.log(`${isMet ? "✓" : "✗"} under ${goal.megabytes} MB and ${goal.seconds} s: ${isMet ? "met" : "not met"}`);
process.exitCode = isMet ? 0 : 1;

/**
 * Each reporter sees five senders of each domain on each day, most of them the same ones every day; mail signed by two keys of
 * the domain, and the TLS sessions of its MX. Of the last days as many records are inside as there may be.
 */
function makeData(): ExploreData {
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const list = (name: string, length: number): string[] => Array.from({ length }, (_, at) => `${name}${at}.example`);
  const mail: ExploreData["mail"] = {
    day: [],
    domain: [],
    reporter: [],
    sender: [],
    class: [],
    signing: [],
    messages: [],
    held: [],
  };
  const totals: ExploreData["totals"] = { day: [], domain: [], class: [], messages: [], held: [] };
  const tls: ExploreData["tls"] = { day: [], domain: [], reporter: [], host: [], result: [], sessions: [] };
  for (let day = 0; day < size.days; day += 1) {
    let step = day === 0 ? 0 : 1;
    for (let domain = 0; domain < size.domains; domain += 1) {
      for (const one of [0, 1]) {
        tls.day.push(domain + one === 0 ? step : 0);
        tls.domain.push(domain);
        tls.reporter.push(one);
        tls.host.push(domain);
        tls.result.push(0);
        tls.sessions.push(1 + random(900));
      }
      for (let ofClass = 0; ofClass < 4; ofClass += 1) {
        totals.day.push(domain + ofClass === 0 ? step : 0);
        totals.domain.push(domain);
        totals.class.push(ofClass);
        totals.messages.push(1 + random(40_000));
        totals.held.push(ofClass < 2 ? 0 : random(9));
      }
      for (let reporter = 0; reporter < size.reporters; reporter += 1) {
        for (let sender = 0; sender < 5; sender += 1) {
          const isUsual = sender < 4;
          mail.day.push(step);
          step = 0;
          mail.domain.push(domain);
          mail.reporter.push(reporter);
          mail.sender.push(isUsual ? domain * 4 + sender : 200 + random(size.senders - 200));
          mail.class.push(isUsual ? Number(sender === 3) : 2 + random(2));
          const key = 2 * domain + (sender % 2);
          mail.signing.push(isUsual ? 2 * key + Number(random(9) === 0) : 4 * size.domains);
          mail.messages.push(1 + random(isUsual ? 5000 : 9));
          mail.held.push(isUsual ? 0 : random(3));
        }
      }
    }
  }
  return {
    version: 1,
    first: "2025-10-20",
    days: size.days,
    domains: list("domain", size.domains),
    folders: list("domain", size.domains),
    reporters: list("reporter", size.reporters),
    senders: list("sender", size.senders),
    classes: [
      { name: "aligned" },
      { name: "forwarded" },
      { name: "not-aligned", part: "own" },
      { name: "spoofed", part: "spoofed" },
    ],
    keys: list("s1.domain", 2 * size.domains).map((name) => `${name}/s1`),
    hosts: list("mx.domain", size.domains),
    results: [],
    signings: [...Array.from({ length: 4 * size.domains }, (_, signing) => [signing]), []],
    totals,
    mail,
    tls,
    incidents: [],
    records: Array.from({ length: 8000 }, () => ({
      day: size.days - 1 - random(2),
      domain: random(size.domains),
      reporter: random(size.reporters),
      sender: random(size.senders),
      class: random(4),
      cells: [
        `192.0.2.${random(256)}`,
        1 + random(5000),
        "none",
        "pass",
        "fail",
        `domain${random(size.domains)}.example`,
        `dkim=pass domain${random(size.domains)}.example/s1 spf=pass sender${random(size.senders)}.example`,
      ],
    })),
  };
}
