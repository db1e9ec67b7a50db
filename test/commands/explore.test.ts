import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explore } from "../../src/commands/explore.ts";
import { readJudging } from "../../src/config/config.ts";
import { parseFile } from "../../src/config/file.ts";
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

async function pageOf(language: Language = "en", dataPath = "data", file?: string): Promise<string> {
  const target = join(folder, `${language}.html`);
  const now = new Date("2026-11-20T09:00:00Z");
  const settings = file === undefined ? undefined : parseFile("dmarc-digest.yml", file, { now });
  const judging = readJudging({ "trusted-reporters": "us-1.mimecastreport.com", language }, settings);
  await explore({
    dataPath,
    target,
    judging,
    now,
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

/** Presses a key as a person does, and waits until what it does is drawn. */
async function press(page: OpenPage, key: string): Promise<void> {
  const codes: Record<string, number> = { Enter: 13, Escape: 27, End: 35, Home: 36, ArrowLeft: 37, ArrowRight: 39 };
  const windowsVirtualKeyCode = codes[key] ?? key.charCodeAt(0);
  const text = key === "Enter" ? "\r" : key.length === 1 ? key : undefined;
  for (const type of ["keyDown", "keyUp"])
    await page.send("Input.dispatchKeyEvent", {
      type,
      key,
      windowsVirtualKeyCode,
      ...(type === "keyDown" && text && { text }),
    });
  await act(page, "");
}
/** What has the focus: its id, or its words. */
const focusOf = async (page: OpenPage): Promise<string> =>
  String(await page.evaluate("document.activeElement.id || document.activeElement.innerText"));
const clickOn = async (page: OpenPage, selector: string, words: string): Promise<unknown> =>
  await act(
    page,
    `[...document.querySelectorAll(${JSON.stringify(selector)})].find((one) => one.innerText.includes(${JSON.stringify(words)})).click()`,
  );
const focusOn = async (page: OpenPage, selector: string, words = ""): Promise<unknown> =>
  await page.evaluate(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].find((one) => one.innerText.includes(${JSON.stringify(words)})).focus()`,
  );

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
        "const s = document.querySelector('#domain'); s.focus(); s.value = 'example.net'; s.dispatchEvent(new Event('change'))",
      );
      expect(await hashOf(page)).toBe("#domain=example.net");
      expect(await textOf(page, ".figure b")).not.toBe(all);
      expect(await page.evaluate("document.activeElement.id")).toBe("domain");
      await act(page, "document.querySelector('#view-senders').click()");
      await act(page, "document.querySelector('td.name button').click()");
      expect(await hashOf(page)).toMatch(/^#domain=example\.net&view=senders&sender=/);
      await act(page, "document.querySelector('#clear').click()");
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

  test("closes a day that is not among those that are shown, and opens none that the data do not have", async () => {
    await look(html, { hash: "day=2026-10-18" }, async (page) => {
      expect(await textOf(page, "#day")).toContain("18 October 2026");
      await clickOn(page, ".group button", "30 days");
      expect(await hashOf(page)).toMatch(/^#from=2026-10-\d\d$/);
      for (const hash of ["day=2026-10-18&from=2026-11-01", "day=2027-01-01", "day=99999-01-01", "day=2020-01-01"]) {
        await act(page, `location.hash = '${hash}'`);
        expect(await textOf(page, "#day"), hash).toBe("");
        expect(await textOf(page, "#panel"), hash).toContain("example.com");
      }
    });
  });

  test("says of a day without mail that there is nothing, and names no files of it", async () => {
    const place = makeRunPlace();
    putTls(place, "2026-11-17", "google.com", { failed: 7 });
    await runAt(place, "2026-11-20T09:00:00Z");
    for (const [language, nothing] of [
      ["en", "Nothing fits these filters."],
      ["ja", "条件に合うデータがありません。"],
    ] as const) {
      const tls = await pageOf(language, join(place.repository.folder, "data"));
      await look(tls, { hash: "view=domains&day=2026-11-17" }, async (page) => {
        expect((await textOf(page, "#day")).split("\n").at(-1)).toContain(nothing);
      });
    }
  });

  test("shows with a subdomain the incidents of the mail of its organization, of its own TLS, and of all domains", async () => {
    const tls = (policy: string) =>
      ({ domain: "example.com", subject: `certificate-expired ${policy}`, rule: "tls-fails" }) as const;
    const { say: _, language, ...data } = contentOf(html);
    const subdomain = "mail.example.com";
    const incidents = [
      incidentOf({ domain: "example.com", subject: "sendgrid.net", rule: "sender-fails" }),
      incidentOf(tls("example.com")),
      incidentOf(tls(subdomain)),
      incidentOf({ domain: "", subject: "google.com", rule: "reporter-silent" }),
    ];
    const changed = {
      ...data,
      incidents,
      domains: data.domains.concat(subdomain),
      folders: data.folders.concat(subdomain),
    };
    await look(explorePage(changed, { words: wordsOf(language), language }, script), {}, async (page) => {
      const incidentsOf = async (domain: string): Promise<string> => {
        await act(page, `location.hash = 'view=incidents&domain=${domain}'`);
        return await textOf(page, "#panel");
      };
      const shown = await incidentsOf(subdomain);
      expect(shown).toContain("SendGrid");
      expect(shown).toContain("MX of mail.example.com");
      expect(shown).not.toContain("MX of example.com");
      expect(shown).toContain("Google has fallen silent");
      expect(await incidentsOf("example.net")).toMatch(/^(?!.*(SendGrid|MX of))[\s\S]*Google has fallen silent/);
      expect(await incidentsOf("example.com")).toMatch(/SendGrid[\s\S]*MX of example\.com/);
    });
  });

  test("filters keys and records by sender, diagnosis and reporter, too", async () => {
    await look(html, {}, async (page) => {
      const keysBy = async (filter: string): Promise<string[]> => {
        await act(page, `location.hash = 'view=keys&${filter}'`);
        return (await textOf(page, "#panel")).match(/^.*_domainkey.*$/gm) ?? [];
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
    const page = pageWith([
      incidentOf({ domain: "example.com", subject: "sendgrid.net", rule: "sender-fails" }, ["google.com"]),
      incidentOf({ domain: "example.com", subject: "example.com/nl1", rule: "key-broken" }, ["google.com"]),
      incidentOf({ domain: "example.com", subject: "dmarc.yahoo.com", rule: "reporter-silent" }),
    ]);
    await look(page, {}, async (open) => {
      const incidentsBy = async (filter: string): Promise<string> => {
        await act(open, `location.hash = 'view=incidents&${filter}'`);
        return await textOf(open, "#panel");
      };
      expect(await incidentsBy("")).toMatch(/SendGrid[\s\S]*nl1[\s\S]*Yahoo/i);
      expect(await incidentsBy("sender=sendgrid.net")).not.toMatch(/nl1|Yahoo/i);
      expect(await incidentsBy("sender=newsletter.example")).toMatch(/^(?!.*SendGrid)[\s\S]*nl1/);
      expect(await incidentsBy("reporter=google.com")).toMatch(/SendGrid[\s\S]*nl1/);
      expect(await incidentsBy("reporter=google.com")).not.toMatch(/Yahoo/i);
      expect(await incidentsBy("reporter=dmarc.yahoo.com")).toMatch(/Yahoo/i);
      expect(await incidentsBy("class=spoofed")).toMatch(/SendGrid/);
      expect(await textOf(open, "#panel > .faint")).toBe("This table does not go by: Diagnosis");
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
      expect(await textOf(page, "#panel > .faint")).toBe("This table does not go by: Sender");
      await act(page, "location.hash = 'view=tls'");
      expect(await textOf(page, "#panel"), "sessions of a host of which those that succeeded are not named").toMatch(
        /mx1\.example\.com\t–\t7\tcertificate expired/,
      );
      await clickOn(page, "#panel td button", "mx1");
      expect(await hashOf(page)).toBe("#view=tls&host=mx1.example.com");
      expect(await textOf(page, "#panel")).toMatch(/mx1\.example\.com\t–\t7\t/);
      expect(await textOf(page, "#panel")).not.toMatch(/^example\.com/m);
      expect(await textOf(page, ".figures")).toMatch(/^–\s+Inbound TLS sessions\s+7\s+Failed$/);
      expect(await page.evaluate("[...document.querySelectorAll('#host option')].map((one) => one.value).join()")).toBe(
        ",mx1.example.com",
      );
      await act(page, "location.hash = 'view=reporters&reporter=google.com&day=soon'");
      expect(await textOf(page, "#page")).not.toMatch(/Invalid|does not go by/);
    });
  });

  test("shows the sessions of an MX without failures, and not of one of which only failures are known", async () => {
    const place = makeRunPlace();
    putTls(place, "2026-11-17", "google.com", { succeeded: 40, failed: 9 });
    const policy = { "policy-type": "sts", "policy-string": ["mode: enforce"], "mx-host": ["mx2.example.com"] };
    putTls(place, "2026-11-17", "microsoft.com", { succeeded: 30, failed: 0, policy });
    await runAt(place, "2026-11-20T09:00:00Z");
    const tls = await pageOf("en", join(place.repository.folder, "data"));
    await look(tls, { hash: "view=tls" }, async (page) => {
      const panel = await textOf(page, "#panel");
      expect(panel).toMatch(/mx1\.example\.com\t–\t9\t/);
      expect(panel).toMatch(/mx2\.example\.com\t30\t0\t/);
    });
  });

  test("shows an incident that began after the newest day, and one that is open, whatever days are chosen", async () => {
    const page = pageWith([
      { ...incidentOf({ domain: "", subject: "", rule: "no-report" }), since: "2026-11-25", lastBad: "2026-11-25" },
      incidentOf({ domain: "example.com", subject: "sendgrid.net", rule: "sender-fails" }),
      {
        ...incidentOf({ domain: "example.net", subject: "", rule: "threshold" }),
        since: "2026-11-02",
        ended: "2026-11-09",
      },
    ]);
    await look(page, {}, async (open) => {
      const incidentsIn = async (days: string): Promise<string> => {
        await act(open, `location.hash = 'view=incidents&${days}'`);
        const text = await textOf(open, "#panel");
        return ["no report", "SendGrid", "example.net"].filter((words) => text.includes(words)).join();
      };
      expect(await incidentsIn("")).toBe("no report,SendGrid,example.net");
      expect(await incidentsIn("from=2026-11-18")).toBe("no report,SendGrid");
      expect(await incidentsIn("from=2026-11-09&to=2026-11-18")).toBe("SendGrid,example.net");
      expect(await incidentsIn("to=2026-11-10")).toBe("example.net");
    });
  });

  test("filters by the names of keys, incidents and of what a day shows", async () => {
    const page = pageWith([
      incidentOf({ domain: "example.com", subject: "sendgrid.net DKIM", rule: "leg-lost" }),
      incidentOf({ domain: "example.com", subject: "example.com/nl1", rule: "key-broken" }),
      incidentOf({ domain: "", subject: "google.com", rule: "reporter-silent" }),
      incidentOf({ domain: "example.com", subject: "certificate-expired example.com", rule: "tls-fails" }),
    ]);
    await look(page, { hash: "view=keys" }, async (open) => {
      await clickOn(open, "#panel td button", "nl1._domainkey.example.com");
      expect(await hashOf(open)).toBe("#view=keys&key=example.com/nl1");
      expect((await textOf(open, "#panel")).match(/_domainkey/g)).toHaveLength(1);
      await act(open, "location.hash = 'view=senders&key=example.com/nl1&day=2026-11-17'");
      expect(await textOf(open, "#panel")).toMatch(/^Sender.*\nnewsletter\.example\t/);
      const [senders = "", records = ""] = (await textOf(open, "#day")).split("Records");
      expect(senders).not.toContain("192.0.2.0/24");
      expect(records.match(/nl1/g)?.length).toBe(records.match(/spf=/g)?.length);
      for (const [words, hash] of [
        ["SendGrid", "domain=example.com&sender=sendgrid.net"],
        ["nl1", "domain=example.com&key=example.com/nl1"],
        ["Google", "reporter=google.com"],
        ["certificate", "domain=example.com"],
      ] as const) {
        await act(open, "location.hash = 'view=incidents'");
        await clickOn(open, "#panel td button", words);
        expect(await hashOf(open)).toBe(`#view=incidents&${hash}`);
        await clickOn(open, "#panel td button", words);
        expect(await hashOf(open)).toBe("#view=incidents");
      }
      await act(open, "location.hash = 'day=2026-11-17'");
      for (const words of ["SendGrid", "not aligned", "example.com", "google.com"])
        await clickOn(open, "#day td button", words);
      expect(await hashOf(open)).toBe(
        "#day=2026-11-17&sender=sendgrid.net&class=not-aligned&domain=example.com&reporter=google.com",
      );
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
      await act(page, "location.hash = 'view=incidents'");
      await act(page, "document.querySelector('#csv-incidents').click()");
      expect(await page.evaluate("window.saved.text()")).toMatch(
        /Incident,Level,Since,Last day,Over\r\n.*,Look,2026-11-17/,
      );
    });
  });

  test("keeps the focus where it was when it is drawn anew", async () => {
    await look(html, { hash: "view=senders" }, async (page) => {
      await focusOn(page, "#panel td button", "SendGrid");
      await press(page, "Enter");
      expect([await hashOf(page), await focusOf(page)]).toEqual(["#view=senders&sender=sendgrid.net", "SendGrid"]);
      await focusOn(page, "#clear");
      await press(page, "Enter");
      expect(await focusOf(page)).toBe("domain");
      await focusOn(page, ".group button", "30");
      await press(page, "Enter");
      expect(await focusOf(page)).toBe("30 days");
      await act(page, "location.hash = 'day=2026-11-17'");
      await focusOn(page, "#day td:nth-child(6) button", "google.com");
      const place =
        "[...document.querySelectorAll('#day button')].filter((one) => one.innerText === 'google.com').indexOf(document.activeElement)";
      await page.evaluate(
        "[...document.querySelectorAll('#day button')].filter((one) => one.innerText === 'google.com')[3].focus()",
      );
      await press(page, "Enter");
      expect([await hashOf(page), await page.evaluate(place)]).toEqual(["#day=2026-11-17&reporter=google.com", 3]);
      await press(page, "Escape");
      expect(await focusOf(page), "what was in the day is gone").toBe("chart");
      await press(page, "ArrowLeft");
      await press(page, "Escape");
      expect(await focusOf(page)).toBe("chart");
    });
  });

  test("chooses a table by the arrow keys, Home and End, of which the tab key stops at one", async () => {
    await look(html, {}, async (page) => {
      await focusOn(page, "#view-domains");
      for (const [key, view] of [
        ["ArrowRight", "senders"],
        ["End", "tls"],
        ["ArrowRight", "domains"],
        ["ArrowLeft", "tls"],
        ["Home", "domains"],
      ] as const) {
        await press(page, key);
        expect([await hashOf(page), await focusOf(page)]).toEqual([`#view=${view}`, `view-${view}`]);
      }
      expect(await page.evaluate("document.querySelectorAll('[role=tab][tabindex=\"0\"]').length")).toBe(1);
      expect(await page.evaluate("document.querySelector('[role=tabpanel]').getAttribute('aria-labelledby')")).toBe(
        "view-domains",
      );
    });
  });

  test("shows the days between two dates that are typed, of which one that is not there yet changes nothing", async () => {
    await look(html, {}, async (page) => {
      await focusOn(page, "#from");
      for (const key of "11102026") await press(page, key);
      expect([await hashOf(page), await focusOf(page)]).toEqual(["#from=2026-11-10", "from"]);
      await page.evaluate("document.querySelector('#to').focus()");
      for (const key of "11152026") await press(page, key);
      expect(await hashOf(page)).toBe("#from=2026-11-10&to=2026-11-15");
      await act(page, "location.hash = 'from=2026-11-15&to=2026-11-10'");
      expect(await page.evaluate("['from', 'to'].map((id) => document.getElementById(id).value).join()")).toBe(
        "2026-11-10,2026-11-15",
      );
    });
  });

  test("opens a day by touch; a finger that moves over the chart scrolls", async () => {
    await look(html, { width: 380 }, async (page) => {
      await page.send("Emulation.setTouchEmulationEnabled", { enabled: true, maxTouchPoints: 1 });
      await page.evaluate("document.querySelector('#chart').scrollIntoView()");
      const [x = 0, y = 0] = (await page.evaluate(
        "(({ left, top, width, height }) => [left + width / 2, top + height / 2])(document.querySelector('.u-over').getBoundingClientRect())",
      )) as number[];
      const touch = async (type: string, ...touchPoints: object[]): Promise<unknown> =>
        await page.send("Input.dispatchTouchEvent", { type, touchPoints });
      await touch("touchStart", { x, y });
      await touch("touchEnd");
      await page.evaluate("new Promise((done) => setTimeout(done, 500))");
      expect(await hashOf(page)).toMatch(/^#day=2026-11-0\d$/);
      await act(page, "location.hash = ''");
      await touch("touchStart", { x, y });
      for (const by of [20, 60, 100]) await touch("touchMove", { x: x - by, y });
      await touch("touchEnd");
      await page.evaluate("new Promise((done) => setTimeout(done, 500))");
      expect(await hashOf(page)).toBe("");
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

test("has the domains that the settings name, and no others", async () => {
  const { domains, incidents } = contentOf(await pageOf("en", "data", "domains: { example.org: {} }"));
  expect(domains).toEqual(["example.org"]);
  expect(incidents.filter(({ about: { domain = "example.org" } }) => domain !== "example.org")).toEqual([]);
});

test("shows of a record no character that nobody sees, and finds it by its key however that is written", async () => {
  const { say: _, language, ...data } = contentOf(html);
  const records = data.records.map(({ cells, ...record }) => ({
    ...record,
    cells: cells.map((cell, at) =>
      typeof cell === "string" ? `${at === 5 ? "\u202e" : ""}${cell.replaceAll("/nl1", "/NL1\u200b")}` : cell,
    ),
  }));
  const page = explorePage({ ...data, records, incidents: [] }, { words: wordsOf(language), language }, script);
  await look(page, { hash: "view=keys&key=example.com/nl1&day=2026-11-17" }, async (open) => {
    const [, shown = ""] = (await textOf(open, "#day")).split("Records");
    expect(shown).toContain("dkim=pass example.com/NL1;");
    expect(shown).not.toMatch(/\p{Cf}/u);
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

/** The sample's page with other incidents. */
function pageWith(incidents: Incident[]): string {
  const { say: _, language, ...data } = contentOf(html);
  return explorePage({ ...data, incidents }, { words: wordsOf(language), language }, script);
}

function incidentOf(key: IncidentKey, seenBy: string[] = []): Incident {
  const day = "2026-11-17";
  const counts = { goodDays: 0, badDays: [], lastMessages: 1 };
  return { key, state: "open", level: "look", since: day, lastBad: day, lastSeen: day, seenBy, ...counts };
}

/** The sample's page in which everything that a stranger names has this name. */
function withNames({ say: _, language, ...data }: ReturnType<typeof contentOf>, name: string): string {
  const list = (names: readonly string[]) => names.map((_name, at) => (at === 0 ? name : `${name}${at}`));
  const incidents = data.incidents.map(({ domain = "" }) =>
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

test("a stranger's text stays text, whatever it is for HTML, links or who reads it", async () => {
  const name =
    "javascript:window.ran=1;//\u202Egnp.exe<img src=x onerror=window.ran=1></script><script>window.ran=1</script>";
  await look(withNames(contentOf(html), name), {}, async (page) => {
    for (const view of ["domains", "senders", "reporters", "keys", "incidents", "tls"]) {
      await act(page, `location.hash = 'view=${view}&day=2026-11-17'`);
      expect(await textOf(page, "#page"), view).toContain("<img src=x onerror=window.ran=1></script><script>");
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
