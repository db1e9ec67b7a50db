import { expect, test } from "vitest";
import { type GraphOptions, graphSource } from "../../../src/io/graph/graph.ts";
import type { Cursor, MailSource, SourceMail } from "../../../src/io/source.ts";
import { defaultLimits } from "../../../src/report/limits.ts";
import { refusalText } from "../../reasons.ts";
import { type GraphServer, graphSignIn, startGraph } from "../../servers/graph.ts";

function sourceOf(graph: GraphServer, changes: Partial<GraphOptions> = {}): MailSource {
  const place = { name: "graph", user: graph.user, folder: "INBOX", signIn: graphSignIn(graph) };
  const since = new Date("2026-11-01T00:00:00Z");
  return graphSource({ ...place, endpoint: graph.endpoint, since, limits: defaultLimits, ...changes });
}

async function readAll(source: MailSource, cursor?: Cursor, again?: number[]): Promise<SourceMail[]> {
  const mails: SourceMail[] = [];
  for await (const mail of source.mails(cursor, again)) mails.push(mail);
  return mails;
}

/** A moment, so many hours after the start of 20 November. */
function at(hours: number): Date {
  return new Date(Date.parse("2026-11-20T00:00:00Z") + hours * 3_600_000);
}

const textOf = ({ bytes }: SourceMail): string => Buffer.from(bytes ?? []).toString();

test("messages come once, the oldest first, as they were received, over all pages", async () => {
  const graph = await startGraph();
  for (let index = 0; index < 250; index += 1) graph.deliver(Buffer.from(`mail ${index}`), at((index * 7) % 250));
  graph.deliver(Buffer.from("before since"), new Date("2026-10-01T00:00:00Z"));
  const source = sourceOf(graph);
  const mails = await readAll(source);
  expect(mails).toHaveLength(250);
  expect(textOf(mails[1] as SourceMail)).toBe("mail 143");
  const times = mails.map(({ arrived = "" }) => arrived);
  expect(times).toEqual(times.toSorted());
  expect(graph.scopes).toEqual(["https://graph.microsoft.com/.default"]);
  expect(graph.seen.every((line) => line.startsWith("GET"))).toBe(true);

  graph.seen.length = 0;
  graph.deliver(Buffer.from("late"), at(245));
  const later = await readAll(sourceOf(graph), source.cursor());
  expect(later.map(textOf)).toEqual(["late"]);
  // The listing of the last day, and the one message.
  expect(graph.seen).toHaveLength(2);
});

test("a message that is wanted again is listed and read again", async () => {
  const graph = await startGraph();
  for (let hours = 0; hours < 100; hours += 1) graph.deliver(Buffer.from(`mail ${hours}`), at(hours));
  const source = sourceOf(graph);
  const [first] = await readAll(source);
  expect((await readAll(sourceOf(graph), source.cursor(), [first?.uid ?? 0])).map(textOf)).toEqual(["mail 0"]);
});

test("a folder is found by its names from the top", async () => {
  const graph = await startGraph();
  graph.deliver(Buffer.from("in dmarc"), at(0), "F-dmarc");
  graph.deliver(Buffer.from("in archive"), at(0), "F-archive");
  expect((await readAll(sourceOf(graph, { folder: "INBOX/DMARC" }))).map(textOf)).toEqual(["in dmarc"]);
  expect((await readAll(sourceOf(graph, { folder: "Archive" }))).map(textOf)).toEqual(["in archive"]);
});

test("a folder among more than a page of them is found", async () => {
  const graph = await startGraph();
  graph.deliver(Buffer.from("of the last"), at(0), "F-client299");
  expect((await readAll(sourceOf(graph, { folder: "Archive/client299" }))).map(textOf)).toEqual(["of the last"]);
});

test("only the newest are read where so many are enough", async () => {
  const graph = await startGraph();
  for (let hours = 0; hours < 120; hours += 1) graph.deliver(Buffer.from(`mail ${hours}`), at(hours));
  expect((await readAll(sourceOf(graph, { newest: 2 }))).map(textOf)).toEqual(["mail 118", "mail 119"]);
});

test("one that is too large is handed over without its bytes, and one that is gone is left out", async () => {
  const graph = await startGraph();
  graph.deliver(Buffer.alloc(30), at(0));
  const gone = graph.deliver(Buffer.from("gone"), at(1));
  graph.deliver(Buffer.from("small"), at(2));
  const source = sourceOf(graph, { limits: { ...defaultLimits, mailBytes: 20 } });
  const sizes: (number | undefined)[] = [];
  for await (const { bytes } of source.mails(undefined)) {
    graph.messages.delete(gone);
    sizes.push(bytes?.length);
  }
  expect(sizes.filter((size) => size !== 4)).toEqual([undefined, 5]);
});

test("a busy mailbox and a server's trouble are tried again", async () => {
  const graph = await startGraph();
  graph.deliver(Buffer.from("mail"), at(0));
  graph.next({ on: "/messages", status: 429, headers: { "Retry-After": "1" } });
  graph.next({ on: "$value", status: 503 });
  expect((await readAll(sourceOf(graph))).map(textOf)).toEqual(["mail"]);
});

test.each<[string, Partial<GraphServer>, Partial<GraphOptions>, string]>([
  ["a folder that is not there", {}, { folder: "INBOX/dmark" }, "dmarc"],
  ["a link that leads elsewhere", { nextHost: "https://evil.example" }, {}, "nextLink: evil.example"],
  ["nobody at that address", {}, { endpoint: "http://127.0.0.1:1/v1.0" }, "Microsoft Graph gave no answer"],
])("an error names its usual cause: %s", async (_, server, options, said) => {
  const graph = await startGraph(server);
  for (let hours = 0; hours < 120; hours += 1) graph.deliver(Buffer.from("mail"), at(hours));
  const text = await refusalText(readAll(sourceOf(graph, options)));
  expect(text).toContain(said);
  expect(text).not.toMatch(/graph-token|s3cret/);
});

test("a refused sign-in is named as such", async () => {
  const graph = await startGraph();
  graph.next({
    on: "/token",
    status: 401,
    body: { error: "invalid_client", error_description: "AADSTS7000215: Invalid client secret provided." },
  });
  expect(await refusalText(readAll(sourceOf(graph)))).toContain("client-secret is wrong");
});
