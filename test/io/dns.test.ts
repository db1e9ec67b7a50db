import { afterEach, beforeEach, expect, test } from "vitest";
import { type Dns, type DnsPlace, openDns, withDns } from "../../src/io/dns.ts";
import { inWords } from "../reasons.ts";
import { type DnsServer, startDns } from "../servers/dns.ts";

let server: DnsServer;
let dns: Dns | undefined;

beforeEach(async () => {
  server = await startDns({
    "short.example.com": ["v=DKIM1; p=short"],
    "long.example.com": [["a".repeat(255), "b".repeat(255), "c"]],
    "two.example.com": ["first", "second"],
    "huge.example.com": [Array.from({ length: 8 }, () => "x".repeat(250))],
    "other-records.example.com": [],
    "broken.example.com": "SERVFAIL",
    "closed.example.com": "REFUSED",
    "silent.example.com": "silence",
  });
});

afterEach(async () => {
  dns?.close();
  await server.stop();
});

function open(place: DnsPlace = {}): Dns {
  const limits = { timeout: 400, hurriedTimeout: 100, ...place.limits };
  dns = openDns({ servers: [server.address], ...place, limits });
  return dns;
}

test.each([
  ["a TXT record", "short", ["v=DKIM1; p=short"]],
  ["a TXT record in several strings", "long", [`${"a".repeat(255)}${"b".repeat(255)}c`]],
  ["two TXT records", "two", ["first", "second"]],
  ["a TXT record too long for UDP", "huge", ["x".repeat(2000)]],
])("%s is found", async (_, host, records) => {
  expect(await open().resolveTxt(`${host}.example.com`)).toEqual({ kind: "found", records });
});

test("what is too long for UDP is asked for again by TCP", async () => {
  await open().resolveTxt("huge.example.com");
  expect(server.questions).toEqual(["udp TXT huge.example.com", "tcp TXT huge.example.com"]);
});

test.each([
  ["a name that does not exist", "missing.example.com"],
  ["a name with other records only", "other-records.example.com"],
  ["a name that can't exist", `${"a".repeat(64)}.example.com`],
])("%s surely has no TXT record", async (_, name) => {
  expect(await open().resolveTxt(name)).toEqual({ kind: "none" });
});

test.each([
  ["a server that could not find out", "broken", "the server could not find out (SERVFAIL)"],
  ["a server that refuses", "closed", "the server refused"],
  ["a server that says nothing", "silent", "time-out"],
])("%s gives no answer", async (_, host, reason) => {
  expect(inWords(await open().resolveTxt(`${host}.example.com`))).toEqual({ kind: "no-answer", reason });
});

test("a server that is not there gives no answer", async () => {
  const { resolveTxt } = open();
  await server.stop();
  expect(await resolveTxt("short.example.com")).toMatchObject({ kind: "no-answer" });
  server = await startDns();
});

test("a name is asked for once, even if it failed, in whatever case and however many ask", async () => {
  const { resolveTxt } = open();
  await Promise.all(["broken.example.com", "Broken.Example.COM"].map(resolveTxt));
  const asked = server.questions.length;
  await resolveTxt("broken.example.com");
  expect(server.questions).toHaveLength(asked);
  await Promise.all(["short.example.com", "Short.example.com", "short.example.com"].map(resolveTxt));
  expect(server.questions).toHaveLength(asked + 1);
});

test("no more names are looked up than a run may, and what is remembered does not count", async () => {
  const { resolveTxt } = open({ limits: { lookUps: 2 } });
  await resolveTxt("short.example.com");
  await resolveTxt("missing.example.com");
  const spent = { kind: "no-answer", reason: "the 2 look-ups of a run are spent" };
  expect(inWords(await resolveTxt("two.example.com"))).toEqual(spent);
  expect(await resolveTxt("short.example.com")).toMatchObject({ kind: "found" });
  expect(server.questions).toHaveLength(2);
});

test("no more names than allowed are looked up at once", async () => {
  server.delay = 40;
  const { resolveTxt } = open({ limits: { parallel: 3, timeout: 5000 } });
  const names = Array.from({ length: 9 }, (_, index) => `${index}.example.com`);
  const seen: number[] = [];
  await Promise.all(
    names.map(async (name, index) => {
      await resolveTxt(name);
      seen[index] = server.questions.length;
    }),
  );
  // When the first answer is there, at most its two companions and the next one have been asked for.
  expect(Math.min(...seen)).toBeLessThanOrEqual(6);
  expect(server.questions).toHaveLength(9);
});

const many = Array.from({ length: 300 }, (_, index) => `${index}.example.com`);

test("after some names without an answer the others get one try, in a hurry", async () => {
  server.all = "silence";
  const { resolveTxt } = open({ limits: { timeout: 50, tries: 2, patience: 4, hurriedTimeout: 20, silence: 1000 } });
  await Promise.all(many.slice(0, 50).map(resolveTxt));
  const tries = (name: string): number => server.questions.filter((question) => question === `udp TXT ${name}`).length;
  expect([tries("0.example.com"), tries("49.example.com")]).toEqual([2, 1]);
});

test("a server that never answers is given up, so that all names come to an end", async () => {
  server.all = "silence";
  const { resolveTxt } = open({ limits: { timeout: 50, patience: 4, hurriedTimeout: 20, silence: 16 } });
  const answers = await Promise.all(many.map(resolveTxt));
  expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(["no-answer"]));
  expect(inWords(answers.at(-1))).toEqual({ kind: "no-answer", reason: "DNS has long said nothing" });
  expect(new Set(server.questions).size).toBeLessThan(60);
});

test("a server that says nothing of a stranger's names is not given up", async () => {
  for (const name of many.slice(0, 50)) server.names.set(name, "silence");
  const { resolveTxt } = open({ limits: { timeout: 50, patience: 50, hurriedTimeout: 1000, silence: 16 } });
  await Promise.all(many.slice(0, 50).map(resolveTxt));
  expect(server.questions).toContain("udp TXT .");
  expect(await resolveTxt("short.example.com")).toMatchObject({ kind: "found" });
});

test("the look-ups end when the run does, those under way and those to come", async () => {
  const ending = new AbortController();
  const { resolveTxt } = open({ signal: ending.signal, limits: { timeout: 30_000 } });
  const underWay = resolveTxt("silent.example.com");
  ending.abort();
  const ended = { kind: "no-answer", reason: "the look-ups were ended" };
  expect(inWords(await underWay)).toEqual(ended);
  expect(inWords(await resolveTxt("short.example.com"))).toEqual(ended);
});

test("the look-ups of a piece of work end with it when it fails, too", async () => {
  let late: ReturnType<Dns["resolveTxt"]> | undefined;
  const limits = { timeout: 10_000 };
  const work = withDns({ servers: [server.address], limits }, ({ resolveTxt }) => {
    late = resolveTxt("silent.example.com");
    return Promise.reject(new Error("broken"));
  });
  await expect(work).rejects.toThrow("broken");
  expect(await late).toEqual({ kind: "no-answer", reason: { code: "dns-ended" } });
});

test("a server that is no address is refused", () => {
  expect(() => open({ servers: ["dns.example.com"] })).toThrow(
    expect.objectContaining({ code: "ERR_INVALID_IP_ADDRESS" }),
  );
});
