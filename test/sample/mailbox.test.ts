import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { sampleMails } from "../../src/sample/mailbox.ts";
import { mishaps, sampleNow } from "../../src/sample/story.ts";
import { openedMails, plainReports } from "./opened-mail.ts";

const mails = sampleMails();

describe("the sample mailbox", () => {
  test("has the same bytes on each machine", () => {
    const hash = createHash("sha256");
    for (const { name, arrived, bytes } of mails) hash.update(`${name} ${arrived} ${bytes.length}\n`).update(bytes);
    expect(hash.digest("hex")).toBe("cf642b7f1af1107f3451c17b262b4382cc48b7b249c38e6d530957e8aecd597e");
  });

  test("has the same bytes in another time zone", () => {
    const before = process.env.TZ;
    process.env.TZ = "Asia/Tokyo";
    const there = sampleMails();
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
    expect(there.map(({ bytes, ...mail }) => ({ ...mail, text: Buffer.from(bytes).toString("latin1") }))).toEqual(
      mails.map(({ bytes, ...mail }) => ({ ...mail, text: Buffer.from(bytes).toString("latin1") })),
    );
  });

  test("stays small", () => {
    expect(mails.length).toBe(670);
    expect(mails.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(5_000_000);
  });

  test("lists mails in order of arrival, none of them from the future", () => {
    const times = mails.map(({ arrived }) => Date.parse(arrived));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(sampleNow.getTime());
    expect(mails.map(({ name }) => name)).toEqual(mails.map(({ name }) => name).toSorted());
    expect(mails[0]?.name).toMatch(/^0001-[a-z0-9]+\.eml$/);
  });

  test("says in each mail's topmost Received field when it arrived", async () => {
    for (const { mail, parsed } of await openedMails()) {
      const received = parsed.headerLines.find(({ key }) => key === "received")?.line ?? "";
      expect(received).toMatch(/by mx\.example\.net/);
      expect(Date.parse(received.slice(received.lastIndexOf(";") + 1))).toBe(Date.parse(mail.arrived));
    }
  });

  test("has the receiving host vouch for the From domain of each mail, above its Received field", async () => {
    for (const { parsed } of await openedMails()) {
      const from = parsed.from?.value[0]?.address ?? "";
      const above = parsed.headerLines.slice(
        0,
        parsed.headerLines.findIndex(({ key }) => key === "received"),
      );
      const results = above.filter(({ key }) => key === "authentication-results").map(({ line }) => line);
      expect(results).toEqual([expect.stringContaining(`header.from=${from.slice(from.indexOf("@") + 1)}`)]);
      expect(results[0]).toMatch(/^Authentication-Results: mx\.example\.net;/);
    }
  });

  test("can be unpacked, but for the one mail that breaks off", async () => {
    const broken = (await openedMails()).filter(({ xml }) => xml === undefined);
    expect(broken.map(({ mail }) => mail.name.slice(5))).toEqual([`${mishaps.brokenOff.reporter}.eml`]);
    expect(broken[0]?.parsed.attachments[0]?.filename).toMatch(`${mishaps.brokenOff.domain}!`);
  });

  test("names each report once, but for the one that was sent twice with the same content", async () => {
    const ids = new Map<string, string[]>();
    for (const { mail, parsed, xml } of await openedMails()) {
      const id = `${mail.name.slice(5)} ${/<report_id>(.*?)</.exec(xml ?? "")?.[1]} ${parsed.messageId}`;
      ids.set(id, [...(ids.get(id) ?? []), xml ?? ""]);
    }
    const repeated = [...ids].filter(([, xmls]) => xmls.length > 1);
    expect(repeated.map(([id, xmls]) => [id.slice(0, 10), xmls.length])).toEqual([["google.eml", 2]]);
    expect(new Set(repeated[0]?.[1]).size).toBe(1);
    expect(new Set((await openedMails()).map(({ parsed }) => parsed.messageId)).size).toBe(mails.length - 1);
  });

  test("keeps to addresses that are set aside for documentation", async () => {
    const texts = (await openedMails()).map(
      ({ mail, xml }) => `${Buffer.from(mail.bytes).toString().split("\r\n\r\n")[0]}\n${xml}`,
    );
    const addresses = texts.flatMap(
      (text) => text.match(/(?<=[[>])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]+:[0-9a-f:]+)(?=[\]<])/g) ?? [],
    );
    expect(addresses.length).toBeGreaterThan(2000);
    const strange = addresses.filter(
      (address) => !/^(?:192\.0\.2|198\.51\.100|203\.0\.113)\.|^2001:db8:/.test(address),
    );
    expect(strange).toEqual([]);
  });
});

describe("reporters of the sample", () => {
  test("are eight, each with days of its own kind", async () => {
    const reports = (await plainReports()).filter(
      ({ domain, day }) => domain === "example.com" && day === "2026-11-12",
    );
    const clock = (seconds: number) => new Date(seconds * 1000).toISOString().slice(5, 19);
    const periods = reports.map(({ orgName, begin, end }) => `${orgName} ${clock(begin)} ${clock(end)}`).toSorted();
    expect(periods).toEqual([
      "Enterprise Outlook 11-12T00:00:00 11-13T00:00:00",
      "Example Mail 11-12T00:00:00 11-12T23:59:59",
      "Example Mobile 11-11T15:00:00 11-12T14:59:59",
      "GoDaddy 11-12T07:00:00 11-12T07:00:00",
      "KDDI 11-12T02:24:28 11-12T02:32:54",
      "KDDI 11-12T08:04:09 11-12T08:20:45",
      "KDDI 11-12T13:10:04 11-12T13:23:52",
      "Mimecast 11-12T00:00:00 11-12T23:59:59",
      "Yahoo 11-12T00:00:00 11-12T23:59:59",
      "google.com 11-12T00:00:00 11-12T23:59:59",
    ]);
  });

  test("are as late as they use to be, in hours from the end of the period", async () => {
    const hours = new Map<string, number[]>();
    for (const { mail, xml } of await openedMails()) {
      if (xml === undefined) continue;
      const name = mail.name.slice(5, -4);
      const late = Date.parse(mail.arrived) / 3_600_000 - Number(/<end>(\d+)/.exec(xml)?.[1]) / 3600;
      hours.set(name, [...(hours.get(name) ?? []), late]);
    }
    const ranges = [...hours].map(
      ([name, late]) => `${name} ${Math.floor(Math.min(...late))}-${Math.ceil(Math.max(...late))}`,
    );
    expect(ranges.toSorted()).toEqual([
      "godaddy 24-72",
      "google 10-15", // 12, and the one that was sent twice
      "kddi 0-1",
      "microsoft 28-141",
      "mimecast 9-11",
      "rfc9990 0-2",
      "tokyo 2-5",
      "yahoo 7-15",
    ]);
    const sixDays = hours.get("microsoft")?.filter((late) => late > 38) ?? [];
    expect(sixDays.length).toBe(9);
    expect(Math.min(...sixDays)).toBeGreaterThan(134);
  });

  test("send Japanese subjects and dates that lie, as the real ones do", async () => {
    const mails = await openedMails();
    const of = (name: string) => mails.find(({ mail }) => mail.name.endsWith(`${name}.eml`));
    expect(of("tokyo")?.parsed.subject).toBe("DMARC集計レポート");
    const google = of("google");
    expect(google?.parsed.date?.getTime()).toBe(Number(/<end>(\d+)/.exec(google?.xml ?? "")?.[1]) * 1000);
    expect(google?.parsed.text ?? "").toBe("");
    expect(of("microsoft")?.parsed.html).toMatch("DMARC aggregate report");
  });
});
