import { expect, test } from "vitest";
import { dayAfter } from "../../src/history/dates.ts";
import { parseState } from "../../src/history/state.ts";
import { daysUpTo } from "../digest/windows.ts";
import { openSlack } from "../servers/place.ts";
import { committed, makeRunPlace, putReport, runAt } from "./place.ts";
import { putMails } from "./reported-mails.ts";

/* Digests that go to the channel of their domains as well, and whom a message names. */

const file = `
  domains:
    example.com: { slack-channel: "#com", mention: U0123456 }
    example.org: { slack-channel: "#org", mention: S0123456 }
    example.net:
  mention: UMAIN456
`;
const channels = ["dmarc", "com", "org"].map((name, index) => ({ id: `C000000000${index}`, name }));

async function makePlace() {
  const slack = await openSlack(undefined, { channels: [...channels] });
  const place = { ...makeRunPlace(), slack, file };
  for (const domain of ["example.com", "example.org", "example.net"]) {
    for (const day of daysUpTo("2026-11-16", 20)) putReport(place, day, { pass: 900, domain, reportId: domain + day });
  }
  const run = async (day: string, inputs: Record<string, string> = {}) =>
    await runAt(place, `${day}T09:00:00Z`, { domains: "", ...inputs });
  /** The messages in a channel, without those in threads. */
  const posted = (name: string) => {
    const id = channels.find((channel) => channel.name === name)?.id;
    return slack.messages.filter(({ channel, threadTs }) => channel === id && threadTs === undefined);
  };
  const whole = (name: string) => JSON.stringify(posted(name).at(-1));
  return { place, run, posted, whole };
}

test("a domain's channel gets its digest, the main one that of all; another run posts nothing", async () => {
  const { place, run, posted, whole } = await makePlace();
  putReport(place, "2026-11-17", { pass: 900, fail: 100, reportId: "a" });
  putReport(place, "2026-11-17", { pass: 500, domain: "example.org", reportId: "b" });
  putReport(place, "2026-11-17", { pass: 400, domain: "example.net", reportId: "c" });
  expect((await run("2026-11-20")).problems).toEqual([]);
  expect(["dmarc", "com", "org"].map((name) => posted(name).length)).toEqual([1, 1, 1]);
  expect(whole("dmarc")).toContain("1,900");
  expect(posted("com")[0]?.text).toMatch(/^⛔ Act.* mail sent by .*100 .*rejected/);
  expect(whole("com")).not.toMatch(/example\.org/);
  expect(posted("org")[0]?.text).toMatch(/^✅ Nothing to do/);
  expect(whole("org")).not.toMatch(/example\.com/);

  await run("2026-11-20");
  expect(["dmarc", "com", "org"].map((name) => posted(name).length)).toEqual([1, 1, 1]);
});

test("a channel that is named by its name here and by its id there gets its messages twice, which the log says", async () => {
  const { place, run, posted } = await makePlace();
  place.file = 'domains: { example.com: { slack-channel: "#com" }, example.org: { slack-channel: C0000000001 } }';
  const { published } = await run("2026-11-20", { domains: "" });
  expect(posted("com")).toHaveLength(2);
  expect(published.lines.filter((line) => line.includes("one channel in two ways"))).toEqual([
    expect.stringContaining("write C0000000001 as elsewhere"),
  ]);
});

test("a message names somebody for what is new to act on, in the domain's channel, once for each incident", async () => {
  const { place, run, whole, posted } = await makePlace();
  putReport(place, "2026-11-17", { pass: 900, fail: 100, reportId: "a" });
  putReport(place, "2026-11-17", { pass: 900, fail: 100, domain: "example.org", reportId: "b" });
  putReport(place, "2026-11-17", { pass: 900, fail: 100, domain: "example.net", reportId: "c" });
  await run("2026-11-20");
  expect(whole("com")).toContain("<@U0123456>");
  expect(whole("org")).toContain("<!subteam^S0123456>");
  expect(whole("dmarc")).toContain("<@UMAIN456>");
  expect(whole("dmarc")).not.toMatch(/U0123456|S0123456/);

  putReport(place, "2026-11-18", { pass: 900, fail: 600, reportId: "d" });
  await run("2026-11-21");
  expect(posted("com")).toHaveLength(2);
  expect(whole("com")).toContain("600 rejected");
  expect(whole("com")).not.toContain("<@");
});

test("an early alarm names somebody in the domain's channel, and the digest of that day nobody", async () => {
  const { place, run, posted } = await makePlace();
  putReport(place, "2026-11-17", { pass: 900, reportId: "a" });
  await run("2026-11-20");
  putReport(place, "2026-11-19", { pass: 100, fail: 900, reportId: "early" });
  await run("2026-11-20", { mode: "watch", "count-unverified": "true" });
  for (const day of ["2026-11-21", "2026-11-22"]) await run(day);
  const acts = posted("com").filter(({ text }) => text.startsWith("⛔"));
  expect(acts.map((message) => JSON.stringify(message).match(/<@U0123456>/g)?.length)).toEqual([1, undefined]);
});

test("an early alarm is withdrawn in the channel that its domain had when it was posted", async () => {
  const { place, run, posted } = await makePlace();
  putReport(place, "2026-11-17", { pass: 900, reportId: "a" });
  await run("2026-11-20");
  putReport(place, "2026-11-19", { pass: 900, fail: 60, reportId: "early" });
  const inputs = { "count-unverified": "true" };
  await run("2026-11-20", { ...inputs, mode: "watch" });
  putMails(place, [{ reporter: "microsoft", day: "2026-11-19", hoursLate: 40, pass: 9000, isSameStream: true }]);
  place.file = "domains: { example.com: , example.org: , example.net: }";
  for (const day of ["2026-11-21", "2026-11-22"]) expect((await run(day, inputs)).problems).toEqual([]);
  const [alarm] = posted("com").filter(({ text }) => text.startsWith("⛔"));
  const replies = place.slack.messages.filter(({ threadTs }) => threadTs === alarm?.ts);
  expect(replies.map(({ text }) => text)).toEqual([expect.stringMatching(/^Withdrawn, since Thu 19 Nov/)]);
  // Should it be there again, nothing of it is left to be said.
  const { routed } = parseState(committed(place, "state.json"));
  const alarms = Object.values(routed ?? {}).flatMap((sent) => sent.flatMap((one) => one.alarms ?? []));
  expect(alarms).toMatchObject([{ settled: "2026-11-19" }]);
});

test("who was named in a domain's channel is not named again when the main one could not be posted to", async () => {
  const { place, run, posted } = await makePlace();
  putReport(place, "2026-11-17", { pass: 900, fail: 100, reportId: "a" });
  const [gone] = place.slack.channels.splice(0, 1);
  expect((await run("2026-11-20")).problems.join()).toMatch(/#dmarc/);
  expect(posted("com")).toHaveLength(1);
  if (gone !== undefined) place.slack.channels.unshift(gone);
  await run("2026-11-20");
  expect([posted("dmarc").length, posted("com").length]).toEqual([1, 1]);
  putReport(place, "2026-11-18", { pass: 900, fail: 120, reportId: "b" });
  expect((await run("2026-11-21")).problems).toEqual([]);
  expect(posted("com").map((message) => JSON.stringify(message).match(/<@U0123456>/g)?.length)).toEqual([1, undefined]);
});

test("what only asks to look names nobody", async () => {
  const { place, run, whole } = await makePlace();
  putReport(place, "2026-11-17", { pass: 900, fail: 100, signer: "crm.vendor.example", reportId: "a" });
  await run("2026-11-20");
  expect(whole("com")).not.toContain("<@");
});

test("a channel that could not be posted to gets what it has missed, and the others theirs at once", async () => {
  const { place, run, posted } = await makePlace();
  putReport(place, "2026-11-17", { pass: 900, fail: 100, reportId: "a" });
  await run("2026-11-20");
  const [gone] = place.slack.channels.splice(1, 1);
  putReport(place, "2026-11-18", { pass: 900, reportId: "b" });
  expect((await run("2026-11-21")).problems.join()).toMatch(/#com/);
  // The digest, and that part of the run failed.
  expect([posted("dmarc").length, posted("com").length]).toEqual([3, 1]);
  if (gone !== undefined) place.slack.channels.push(gone);
  expect((await run("2026-11-21")).problems).toEqual([]);
  expect([posted("dmarc").length, posted("com").length]).toEqual([3, 2]);
});

/** Takes the channel of example.com away, and gives what brings it back. */
function takeChannel({ slack: { channels: there } }: Awaited<ReturnType<typeof makePlace>>["place"]): () => void {
  const gone = there.splice(1, 1);
  return () => void there.push(...gone);
}

const named = (messages: readonly unknown[]) => messages.map((one) => /<@U0123456>/.test(JSON.stringify(one)));

test.each(["watch", "digest"])(
  "a digest that a channel has missed is sent to it by the next run, mode %s",
  async (mode) => {
    const { place, run, posted } = await makePlace();
    putReport(place, "2026-11-17", { pass: 900, reportId: "a" });
    await run("2026-11-20");
    const bringBack = takeChannel(place);
    putReport(place, "2026-11-18", { pass: 900, fail: 100, reportId: "b" });
    expect((await run("2026-11-21")).problems.join()).toMatch(/#com/);
    bringBack();
    for (const _ of [1, 2]) expect((await run("2026-11-21", { mode })).problems).toEqual([]);
    putReport(place, "2026-11-19", { pass: 900, fail: 100, reportId: "c" });
    await run("2026-11-22");
    const texts = ["Nothing to do", "Act, new: .* Wed 18 Nov", "Still open, day 2: .* Thu 19 Nov"];
    expect(posted("com").map(({ text }) => text)).toEqual(texts.map((text) => expect.stringMatching(text)));
    expect(named(posted("com"))).toEqual([false, true, false]);
  },
);

test("what a channel could not be sent goes to the channel that its domain has then, as new, and once", async () => {
  const { place, run, posted } = await makePlace();
  const runTo = async (channel: string, day: string) => {
    place.file = `domains: { example.com: { slack-channel: "${channel}", mention: U0123456 }, example.org: , example.net: }`;
    return (await run(day)).problems.join();
  };
  putReport(place, "2026-11-17", { pass: 900, reportId: "a" });
  await runTo("#com", "2026-11-20");
  const bringBack = takeChannel(place);
  putReport(place, "2026-11-18", { pass: 900, fail: 100, reportId: "b" });
  expect(await runTo("#com", "2026-11-21")).toContain("Give the channel's id");
  bringBack();
  putReport(place, "2026-11-19", { pass: 900, fail: 100, reportId: "c" });
  expect(await runTo("C0000000001", "2026-11-22")).toBe("");
  const texts = ["Nothing to do", "Act, new: .* Thu 19 Nov"];
  expect(posted("com").map(({ text }) => text)).toEqual(texts.map((text) => expect.stringMatching(text)));
  expect(JSON.stringify(posted("com")[1])).toContain("Wed 18 Nov");
  expect(named(posted("com"))).toEqual([false, true]);
  const { owed, mentioned } = parseState(committed(place, "state.json"));
  expect([owed, Object.values(mentioned ?? {})]).toEqual([undefined, ["2026-11-22"]]);

  // It had all by now, so another channel gets no more than what comes.
  for (const channel of ["#org", "#com"]) expect(await runTo(channel, "2026-11-22")).toBe("");
  expect([posted("com").length, posted("org").length]).toEqual([2, 0]);
  expect(await runTo("#org", "2026-11-23")).toBe("");
  expect(posted("org").map(({ text }) => text)).toEqual([expect.not.stringMatching(/new/)]);
  expect(named(posted("org"))).toEqual([false]);
});

test("where a domain has no channel any more, the main one names somebody for what the other could not be sent, once", async () => {
  const { place, run, posted } = await makePlace();
  putReport(place, "2026-11-17", { pass: 900, reportId: "a" });
  await run("2026-11-20");
  takeChannel(place);
  putReport(place, "2026-11-18", { pass: 900, fail: 100, reportId: "b" });
  expect((await run("2026-11-21")).problems.join()).toContain("#com");
  place.file = "{ domains: { example.com: , example.org: , example.net: }, mention: U0123456 }";
  for (const [day, fail] of [
    ["2026-11-22", 0],
    ["2026-11-23", 100],
    ["2026-11-24", 100],
  ] as const) {
    putReport(place, dayAfter(day, -3), { pass: 900, fail, reportId: day });
    expect((await run(day)).problems).toEqual([]);
  }
  const digests = posted("dmarc").filter(({ text }) => !text.includes("part of the run failed"));
  expect(named(digests)).toEqual([false, false, false, true, false]);
  expect(parseState(committed(place, "state.json")).owed).toBeUndefined();
});

test.each([
  ["2026-11-20", ["Act, new: example⁠.com .* Tue 17 Nov", "Still open, day 2: .* Wed 18 Nov"]],
  ["2026-11-21", ["Act, new: example⁠.com .* Tue 17 Nov", "Act, new: example⁠.com .* Wed 18 Nov"]],
])(
  "what a channel could not be sent is told once where those days are known of other domains, %s",
  async (from, texts) => {
    const { place, run, posted } = await makePlace();
    const bringBack = takeChannel(place);
    putReport(place, "2026-11-17", { pass: 900, fail: 100, reportId: "a" });
    putReport(place, "2026-11-17", { pass: 900, domain: "example.org", reportId: "b" });
    await run("2026-11-20");
    putReport(place, "2026-11-18", { pass: 900, fail: 100, reportId: "c" });
    place.file = file.replace("#com", "#org");
    for (const day of ["2026-11-20", "2026-11-21"].filter((one) => one >= from))
      expect((await run(day)).problems).toEqual([]);
    expect(posted("org").map(({ text }) => text)).toEqual(texts.map((text) => expect.stringMatching(text)));
    const there = place.slack.messages.filter(({ channel }) => channel === posted("org")[0]?.channel);
    expect(named(there).filter(Boolean)).toHaveLength(1);

    bringBack();
    place.file = file;
    expect((await run("2026-11-21")).problems).toEqual([]);
    expect(posted("com")).toEqual([]);
  },
);

test("what a webhook could not be sent goes to the one that its domain has then, and the error says whose it is", async () => {
  const { place, posted } = await makePlace();
  const { slack } = place;
  // A webhook is of the first channel.
  slack.channels.reverse();
  const runWith = async (hook: string, day: string) => {
    const file = `
      groups: { shop: { slack-webhook-url: "\${DMARC_SHOP}", mention: U0123456 } }
      domains: { example.com: { group: shop }, example.org: { slack-webhook-url: "\${DMARC_ORG}" } }`;
    const variables = { DMARC_SHOP: hook, DMARC_ORG: `${slack.webhookUrl}org` };
    return (await runAt({ ...place, file, variables }, `${day}T09:00:00Z`, { domains: "" })).problems;
  };
  putReport(place, "2026-11-17", { pass: 900, fail: 100, reportId: "a" });
  const problems = await runWith(`${slack.webhookUrl}shop`, "2026-11-20");
  const whose = ["group shop", "example.org"].map((name) => expect.stringContaining(`Slack webhook of ${name}: HTTP `));
  expect(problems).toEqual(whose);
  expect(problems.join()).not.toMatch(/services/);
  putReport(place, "2026-11-18", { pass: 900, fail: 100, reportId: "b" });
  expect(await runWith(slack.webhookUrl, "2026-11-21")).toEqual(whose.slice(1));
  expect(posted("org").map(({ text }) => text)).toEqual([expect.stringMatching(/Act, new: .* Wed 18 Nov/)]);
  expect(named(posted("org"))).toEqual([true]);
});

test("what was new in digests that a new channel could not be sent is new in its first, and names somebody", async () => {
  for (const mornings of [1, 9]) {
    const { place, run, posted } = await makePlace();
    const bringBack = takeChannel(place);
    const days = daysUpTo("2026-11-26", 10).slice(0, mornings + 1);
    for (const [index, day] of days.entries()) {
      putReport(place, day, { pass: 900, fail: 100, reportId: day });
      if (index === mornings) bringBack();
      await run(dayAfter(day, 3));
    }
    expect(posted("com").map(({ text }) => text)).toEqual([expect.stringMatching(/Act, new: /)]);
    expect(named(posted("com"))).toEqual([true]);
  }
});

test("an early alarm that a channel has missed is posted there by the next run, once, and names somebody", async () => {
  const { place, run, posted } = await makePlace();
  putReport(place, "2026-11-17", { pass: 900, reportId: "a" });
  await run("2026-11-20");
  const bringBack = takeChannel(place);
  putReport(place, "2026-11-19", { pass: 100, fail: 900, reportId: "early" });
  const inputs = { mode: "watch", "count-unverified": "true" };
  expect((await run("2026-11-20", inputs)).problems.join()).toMatch(/#com/);
  bringBack();
  for (const day of ["2026-11-21", "2026-11-22"]) await run(day);
  const texts = [
    "Nothing to do",
    "Act, new: .* · Thu 19 Nov",
    "Look: no DMARC report",
    "Act, new: .* posted early before",
  ];
  expect(posted("com").map(({ text }) => text)).toEqual(texts.map((text) => expect.stringMatching(text)));
  expect(named(posted("com"))).toEqual([false, true, false, false]);
});

test("what late reports make of a told day is new in the next digest of a webhook, and names somebody", async () => {
  const { place } = await makePlace();
  const { slack } = place;
  const there = {
    ...place,
    file: `domains: { example.com: { slack-webhook-url: "\${DMARC_HOOK}", mention: U0123456 } }`,
    variables: { DMARC_HOOK: slack.webhookUrl },
  };
  const runThere = async (now: string, mode = "digest") =>
    await runAt(there, `2026-11-${now}:00:00Z`, { domains: "", mode });
  putReport(place, "2026-11-17", { pass: 900, reportId: "a" });
  await runThere("20T09");
  putReport(place, "2026-11-17", { pass: 10, fail: 300, reportId: "late" });
  await runThere("20T13", "watch");
  for (const [index, of] of ["18", "19"].entries()) {
    putReport(place, `2026-11-${of}`, { pass: 900, fail: 0, reportId: of });
    await runThere(`${21 + index}T09`);
  }
  // Those of the main channel and of the webhook, by turns; the second one of the main channel stands in a thread.
  const [, told, , , next, , after] = slack.messages;
  const texts = ["Nothing to do", "Act, new: .* failed on Tue 17 Nov", "Nothing to do"];
  expect([told, next, after].map((one) => one?.text)).toEqual(texts.map((text) => expect.stringMatching(text)));
  expect(named([told, next, after])).toEqual([false, true, false]);
});

test("what a webhook was told of a day is not new there again when late reports show that it began before", async () => {
  const { place } = await makePlace();
  const there = {
    ...place,
    file: `domains: { example.com: { slack-webhook-url: "\${DMARC_HOOK}", mention: U0123456 } }`,
    variables: { DMARC_HOOK: place.slack.webhookUrl },
  };
  const runThere = async (now: string, mode = "digest") =>
    await runAt(there, `2026-11-${now}:00:00Z`, { domains: "", mode });
  putReport(place, "2026-11-17", { pass: 900, reportId: "a" });
  await runThere("20T09");
  putReport(place, "2026-11-18", { pass: 900, fail: 300, reportId: "b" });
  await runThere("21T09");
  putReport(place, "2026-11-17", { pass: 10, fail: 300, reportId: "late" });
  await runThere("21T13", "watch");
  putReport(place, "2026-11-19", { pass: 900, fail: 300, reportId: "c" });
  await runThere("22T09");
  // Those of the main channel and of the webhook, by turns; the third one of the main channel stands in a thread.
  const [, first, , told, , , next] = place.slack.messages;
  const texts = ["Nothing to do", "Act, new: .* Wed 18 Nov", "Still open"];
  expect([first, told, next].map((one) => one?.text)).toEqual(texts.map((text) => expect.stringMatching(text)));
});

test("a message that a person deleted in the domain's channel is told anew there when it has become worse, and names somebody", async () => {
  const { place, run, posted } = await makePlace();
  putReport(place, "2026-11-17", { pass: 900, reportId: "a" });
  await run("2026-11-20");
  const { messages } = place.slack;
  messages.splice(messages.indexOf(posted("com")[0] as (typeof messages)[number]), 1);
  putReport(place, "2026-11-17", { pass: 10, fail: 300, reportId: "late" });
  const watched = async () => (await run("2026-11-20", { mode: "watch" })).problems;
  expect([await watched(), await watched()]).toEqual([[], []]);
  expect(posted("com").map(({ text }) => text)).toEqual([expect.stringMatching(/^⛔ Act, new: .* Tue 17 Nov/)]);
  expect(named(posted("com"))).toEqual([true]);
  putReport(place, "2026-11-18", { pass: 900, reportId: "b" });
  await run("2026-11-21");
  expect(
    posted("com")
      .slice(1)
      .map(({ text }) => text),
  ).toEqual([expect.stringMatching(/Nothing to do/)]);
});

test("what comes late updates the message in the domain's channel too", async () => {
  const { place, run, whole, posted } = await makePlace();
  putReport(place, "2026-11-17", { pass: 900, reportId: "a" });
  await run("2026-11-20");
  putReport(place, "2026-11-17", { pass: 77, reportId: "late" });
  putReport(place, "2026-11-18", { pass: 900, reportId: "b" });
  await run("2026-11-21");
  expect(posted("com")).toHaveLength(2);
  expect(JSON.stringify(posted("com")[0])).toContain("977");
  expect(whole("com")).toContain("900");
});

test("the state names a webhook by a hash, never by its address", async () => {
  const { place } = await makePlace();
  const hook = `domains: { example.com: { slack-webhook-url: "\${DMARC_HOOK}" }, example.org: }`;
  putReport(place, "2026-11-17", { pass: 900, reportId: "a" });
  await runAt({ ...place, file: hook, variables: { DMARC_HOOK: place.slack.webhookUrl } }, "2026-11-20T09:00:00Z", {
    domains: "",
  });
  const text = committed(place, "state.json");
  expect(Object.keys(parseState(text).routed ?? {})).toEqual([expect.stringMatching(/^webhook [0-9a-f]{12}$/)]);
  expect(text).not.toContain(place.slack.webhookUrl);
});
