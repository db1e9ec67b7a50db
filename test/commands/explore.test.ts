import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explore } from "../../src/commands/explore.ts";
import { readJudging } from "../../src/config/config.ts";
import type { ExploreData } from "../../src/digest/explore/explore.ts";
import type { Incident, IncidentKey } from "../../src/digest/incidents/incidents.ts";
import { type ExploreFirst, explorePage } from "../../src/render/explore/explore.ts";
import { type Language, wordsOf } from "../../src/render/words/words.ts";
import { findChromium, type Look, type OpenPage, openPage, untilDrawn } from "../../tools/pictures/photograph.ts";
import { makeRunPlace, putReport, runAt } from "../run/place.ts";
import { putTls } from "../run/reported-mails.ts";
import { aptInstall } from "../servers/apt.ts";
import { Sink } from "./sink.ts";

/* The page to explore, in Chromium: from the sample history, and with a stranger's names in it. */

if (findChromium() === undefined) aptInstall("chromium", "chromium");

async function pageOf(language: Language = "en", dataPath = "data"): Promise<string> {
  const target = join(folder, `${language}.html`);
  const judging = readJudging({ "trusted-reporters": "us-1.mimecastreport.com" });
  await explore({
    dataPath,
    target,
    language,
    judging,
    now: new Date("2026-11-20T09:00:00Z"),
    stdout: new Sink(),
  });
  return readFileSync(target, "utf8");
}

const script = readFileSync("dist/explore.js", "utf8");

/** What is packed in the page. */
function contentOf(html: string): ExploreFirst & ExploreData {
  const parts = [...html.matchAll(/id="(?:first|rest)">([^<]*)</g)];
  const texts = parts.map(([, packed = ""]) => gunzipSync(Buffer.from(packed, "base64")).toString());
  return Object.assign({}, ...texts.map((text) => JSON.parse(text)));
}

async function look<T>(html: string, how: Look, use: (page: OpenPage) => Promise<T>): Promise<T> {
  return await openPage(html, how, async (page) => {
    await page.evaluate(untilDrawn);
    return await use(page);
  });
}

/** Does something in the page and waits until it is drawn. */
const act = async (page: OpenPage, what: string): Promise<unknown> =>
  await page.evaluate(`(async () => { ${what}; await new Promise((done) => setTimeout(done, 60)); })()`);
const textOf = async (page: OpenPage, selector: string): Promise<string> =>
  String(await page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ""`));
const hashOf = async (page: OpenPage): Promise<string> =>
  decodeURIComponent(String(await page.evaluate("location.hash")));

let folder = "";
let html = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dmarc-digest-explore-"));
  html = await pageOf();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the page", () => {
  test("asks for nothing but itself, and lets nothing else in", async () => {
    await look(html, {}, async (page) => {
      await page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))",
      );
      expect(await page.evaluate("fetch('data:,x').then(() => 'got', () => 'refused')")).toBe("refused");
      expect(await page.evaluate("typeof window.ran")).toBe("undefined");
      expect(page.requests().filter((url) => !url.startsWith("data:"))).toHaveLength(1);
    });
  });

  test("is drawn before the rest of its data is unpacked, and says when that can't be", async () => {
    await openPage(html.replace(/(?<=id="rest">)[^<]*/, "none"), {}, async (page) => {
      await page.evaluate("new Promise((done) => setTimeout(done, 300))");
      expect(await textOf(page, ".figure b")).toMatch(/^[\d,]+$/);
      expect(await textOf(page, "main > p")).toMatch(/can't unpack/);
    });
    await look(html, { hash: "view=senders&day=2026-11-17" }, async (page) => {
      expect(await textOf(page, "#day")).toContain("SendGrid");
    });
  });

  test("has the same sums by domain, class and day as in all rows", () => {
    const { mail, totals } = contentOf(html);
    const sumsOf = ({ day, domain, class: classes, messages, held }: typeof totals) => {
      const sums = new Map<string, [number, number]>();
      let date = 0;
      for (const [row, step] of day.entries()) {
        date += step;
        const key = [date, domain[row], classes[row]].join();
        const [all, bad] = sums.get(key) ?? [0, 0];
        sums.set(key, [all + (messages[row] ?? 0), bad + (held[row] ?? 0)]);
      }
      return sums;
    };
    expect(sumsOf(totals)).toEqual(sumsOf(mail));
    expect(totals.day.length).toBe(sumsOf(mail).size);
  });

  test("filters by domain and by a name in the table, keeps that in its address, and clears it", async () => {
    await look(html, {}, async (page) => {
      const all = await textOf(page, ".figure b");
      await act(
        page,
        "const s = document.querySelector('#domain'); s.value = 'example.net'; s.dispatchEvent(new Event('change'))",
      );
      expect(await hashOf(page)).toBe("#domain=example.net");
      expect(await textOf(page, ".figure b")).not.toBe(all);
      expect(await page.evaluate("document.activeElement.id")).toBe("domain");
      await act(page, "document.querySelector('#view-senders').click()");
      await act(page, "document.querySelector('td.name button').click()");
      expect(await hashOf(page)).toMatch(/^#domain=example\.net&view=senders&sender=/);
      await act(page, "document.querySelectorAll('.bar > button')[0].click()");
      expect(await hashOf(page)).toBe("#view=senders");
      await act(page, "history.back()");
      expect(await hashOf(page)).toMatch(/sender=/);
    });
  });

  test("opens a day by a click, by keys and by its address, with its records; Escape closes it", async () => {
    await look(html, { hash: "domain=example.com" }, async (page) => {
      await act(
        page,
        `const over = document.querySelector('.u-over'); const { left, top, width, height } = over.getBoundingClientRect();
        for (const type of ['mousemove', 'mousedown', 'mouseup', 'click'])
          over.dispatchEvent(new MouseEvent(type, { clientX: left + width * 0.93, clientY: top + height / 2, bubbles: true }))`,
      );
      expect(await hashOf(page)).toMatch(/day=2026-11-1\d/);
      await act(page, "dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))");
      expect(await hashOf(page)).toBe("#domain=example.com");
      await act(page, "document.querySelector('#chart').dispatchEvent(new KeyboardEvent('keydown', { key: 'End' }))");
      await act(
        page,
        "document.querySelector('#chart').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft' }))",
      );
      expect(await hashOf(page)).toContain("day=2026-11-18");
      await act(page, "location.hash = 'day=2026-11-17&domain=example.com'");
      const day = await textOf(page, "#day");
      expect(day).toContain("Tuesday, 17 November 2026");
      expect(day).toContain("SendGrid");
      expect(day).toMatch(/dkim=\w+ .*spf=/);
    });
  });

  test("filters keys and records by sender, diagnosis and reporter, too", async () => {
    await look(html, {}, async (page) => {
      const keysBy = async (filter: string): Promise<string[]> => {
        await act(page, `location.hash = 'view=keys&${filter}'`);
        return (await textOf(page, "#page")).match(/^.*_domainkey.*$/gm) ?? [];
      };
      const all = await keysBy("");
      expect(all.length).toBeGreaterThan(1);
      for (const filter of ["sender=newsletter.example", "class=forwarded", "reporter=google.com"])
        expect(await keysBy(filter), filter).not.toEqual(all);
      expect(await keysBy("sender=newsletter.example")).toEqual([expect.stringContaining("nl1._domainkey")]);
      expect(await keysBy("sender=sendgrid.net")).toEqual([]);
      await act(page, "location.hash = 'day=2026-11-17&class=not-aligned'");
      const [, records = ""] = (await textOf(page, "#day")).split("Records");
      expect(records).toContain("sendgrid.net");
      expect(records).not.toContain("pass pass");
    });
  });

  test("filters incidents by sender, with those of the keys that sign its mail, and by reporter", async () => {
    const { say: _, language, ...data } = contentOf(html);
    const incidents = [
      incidentOf({ domain: "example.com", subject: "sendgrid.net", rule: "sender-fails" }, ["google.com"]),
      incidentOf({ domain: "example.com", subject: "example.com/nl1", rule: "key-broken" }, ["google.com"]),
      incidentOf({ domain: "example.com", subject: "yahoo.com", rule: "reporter-silent" }),
    ];
    const page = explorePage({ ...data, incidents }, { words: wordsOf(language), language }, script);
    await look(page, {}, async (open) => {
      const incidentsBy = async (filter: string): Promise<string> => {
        await act(open, `location.hash = 'view=incidents&${filter}'`);
        return await textOf(open, "#page > div:last-child");
      };
      expect(await incidentsBy("")).toMatch(/SendGrid[\s\S]*nl1[\s\S]*Yahoo/i);
      expect(await incidentsBy("sender=sendgrid.net")).not.toMatch(/nl1|Yahoo/i);
      expect(await incidentsBy("sender=newsletter.example")).toMatch(/^(?!.*SendGrid)[\s\S]*nl1/);
      expect(await incidentsBy("reporter=google.com")).toMatch(/SendGrid[\s\S]*nl1/);
      expect(await incidentsBy("reporter=google.com")).not.toMatch(/Yahoo/i);
      expect(await incidentsBy("reporter=yahoo.com")).toMatch(/Yahoo/i);
      expect(await incidentsBy("class=spoofed")).toMatch(/SendGrid/);
      expect(await textOf(open, "#page > .faint")).toBe("This table does not go by: Diagnosis");
    });
  });

  test("filters TLS by reporter, opens its day, and names the filters by which a table does not go", async () => {
    const place = makeRunPlace();
    for (const reporter of ["google.com", "microsoft.com"])
      putTls(place, "2026-11-17", reporter, { succeeded: 40, failed: reporter === "google.com" ? 0 : 7 });
    putReport(place, "2026-11-17", { pass: 900 });
    await runAt(place, "2026-11-20T09:00:00Z");
    const tls = await pageOf("en", join(place.repository.folder, "data"));
    await look(tls, { hash: "view=tls&reporter=google.com&sender=192.0.2.0/24&day=2026-11-17" }, async (page) => {
      expect(await textOf(page, ".figure b")).toBe("40");
      expect(await textOf(page, "#day")).toMatch(/example\.com\s+40\s+0/);
      expect(await textOf(page, "#day")).not.toContain("Records");
      expect(await textOf(page, "#page > .faint")).toBe("This table does not go by: Sender");
      await act(page, "location.hash = 'view=tls'");
      expect(await textOf(page, "#page"), "sessions of a host of which those that succeeded are not named").toMatch(
        /mx1\.example\.com\s+7\s+certificate expired/,
      );
      await act(page, "location.hash = 'view=reporters&reporter=google.com&day=soon'");
      expect(await textOf(page, "#page")).not.toMatch(/Invalid|does not go by/);
    });
  });

  test("gives the table that is shown as CSV, guarded against formulas", async () => {
    const data = contentOf(html);
    const hostile = withNames(data, "=cmd|'/c calc'!A0");
    await look(hostile, { hash: "view=senders" }, async (page) => {
      await page.evaluate("URL.createObjectURL = (blob) => { window.saved = blob; return '#'; }");
      await act(page, "document.querySelector('#csv-senders').click()");
      const csv = String(await page.evaluate("window.saved.text()"));
      expect(csv.split("\r\n")[0]).toMatch(/^.?Sender,Messages,Passing,Own fail,Held$/);
      expect(csv).toContain("\n'=cmd|'/c calc'!A0,");
    });
  });

  test.each<[string, Look, Language]>([
    ["a phone", { width: 380 }, "en"],
    ["a phone in the dark, in Japanese", { width: 380, theme: "dark" }, "ja"],
    ["a screen in the dark", { width: 1000, theme: "dark" }, "en"],
  ])("fits %s, in each view", async (_, how, language) => {
    await look(language === "en" ? html : await pageOf(language), how, async (page) => {
      for (const view of ["domains", "senders", "classes", "reporters", "keys", "incidents", "tls"]) {
        await act(page, `location.hash = 'view=${view}&day=2026-11-17'`);
        expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
        expect(await textOf(page, "#page")).not.toMatch(/undefined|NaN|\{\}/);
      }
      const back = String(await page.evaluate("getComputedStyle(document.body).backgroundColor"));
      expect(back).toBe(how.theme === "dark" ? "rgb(13, 17, 23)" : "rgb(255, 255, 255)");
      if (language === "ja") expect(await textOf(page, "h1")).toBe("DMARC 履歴");
    });
  });
});

test("links a day to its files where its records are not inside, by the folder of the domain", async () => {
  const { say: _, language, recordsSince: __, ...data } = contentOf(html);
  const place = data.domains.indexOf("example.com");
  const changed = { ...data, folders: data.folders.with(place, "~aux.example"), records: [], incidents: [] };
  await look(
    explorePage(changed, { words: wordsOf(language), language }, script),
    { hash: "day=2026-11-17" },
    async (page) => {
      const links = "[...document.querySelectorAll('#day a')].map((link) => link.getAttribute('href')).join()";
      expect(await page.evaluate(links)).toContain("./~aux.example/2026/2026-11-17.json");
    },
  );
});

function incidentOf(key: IncidentKey, seenBy: string[] = []): Incident {
  const day = "2026-11-17";
  const counts = { goodDays: 0, badDays: [], lastMessages: 1 };
  return { key, state: "open", level: "look", since: day, lastBad: day, lastSeen: day, seenBy, ...counts };
}

/** The sample's page in which everything that a stranger names has this name. */
function withNames({ say: _, language, ...data }: ReturnType<typeof contentOf>, name: string): string {
  const list = (names: readonly string[]) => names.map((_name, at) => (at === 0 ? name : `${name}${at}`));
  const incidents = data.incidents.map(({ domain }) =>
    incidentOf({ domain, subject: name, rule: "unknown-sender" }, [name]),
  );
  const named = {
    ...data,
    incidents,
    domains: list(data.domains),
    folders: list(data.folders),
    senders: list(data.senders),
    reporters: list(data.reporters),
    keys: data.keys.map(() => `${name}/${name}`),
    hosts: list(data.hosts),
  };
  const records = data.records.map((record) => ({
    ...record,
    cells: record.cells.map((cell) => (typeof cell === "string" ? name : cell)),
  }));
  return explorePage({ ...named, records }, { words: wordsOf(language), language }, script);
}

test.each([
  "<img src=x onerror=window.ran=1>",
  "</script><script>window.ran=1</script>",
  "javascript:window.ran=1",
  "\u202Egnp.exe",
])("%j of a stranger stays text", async (name) => {
  await look(withNames(contentOf(html), name), {}, async (page) => {
    for (const view of ["domains", "senders", "reporters", "keys", "incidents", "tls"]) {
      await act(page, `location.hash = 'view=${view}&day=2026-11-17'`);
      expect(await page.evaluate("typeof window.ran + document.querySelectorAll('img, main script').length")).toBe(
        "undefined0",
      );
      const links = await page.evaluate(
        "[...document.querySelectorAll('a')].every(({ protocol }) => protocol === 'file:')",
      );
      expect(links).toBe(true);
    }
    expect(page.requests().filter((url) => !url.startsWith("data:"))).toHaveLength(1);
  });
});
