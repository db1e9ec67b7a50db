import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { read } from "../../../src/commands/read/read.ts";
import { record, reportXml, zipOf } from "../../report/report-files.ts";
import { Sink } from "../sink.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "read-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function run(
  paths: string[],
  { json = false, tty = false } = {},
): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  stdout.isTTY = tty;
  stderr.isTTY = tty;
  const code = await read({ paths, json, now: new Date("2026-11-20T09:00:00Z"), stdout, stderr });
  return { code, out: stdout.text, err: stderr.text };
}

function put(name: string, bytes: string | Uint8Array): string {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

const numbers = {
  orgName: "example.net",
  domain: "example.com",
  begin: 1794700800,
  end: 1794787199,
  dmarcFail: 3,
  spfOrDkimFail: 3,
};

describe("with --json", () => {
  test("each file is one line with its reports, in a fixed order of keys", async () => {
    const path = put("a.xml", reportXml());
    const { code, out } = await run([path], { json: true });
    expect(code).toBe(0);
    expect(out).toBe(
      `{"path":${JSON.stringify(path)},"state":"read","reports":[{"orgName":"example.net","reportId":"net-1","domain":"example.com","begin":1794700800,"end":1794787199,"records":1,"messages":3,"dmarcFail":3,"spfOrDkimFail":3}]}\n`,
    );
  });

  test("a mail of an mbox says which one it is", async () => {
    const mail = `From a\nContent-Type: text/xml\n\n${reportXml()}\n\n`;
    const path = put("box", mail + mail);
    const { out } = await run([path], { json: true });
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    const report = { ...numbers, reportId: "net-1", records: 1, messages: 3 };
    expect(lines).toEqual([
      { path, mail: 1, state: "read", reports: [report] },
      { path, mail: 2, state: "read", reports: [report] },
    ]);
  });

  test("a character that turns or hides text is escaped, and reads back as it was", async () => {
    const path = put("a.xml", reportXml({ reportId: "net\u202E-1\u200B" }));
    const { out } = await run([path], { json: true });
    expect(out).toContain('"net\\u202e-1\\u200b"');
    expect(JSON.parse(out)).toMatchObject({ reports: [{ reportId: "net\u202E-1\u200B" }] });
  });

  test("a broken file in a zip is told, and the good ones are listed", async () => {
    const files = [
      reportXml(),
      "<feedback>",
      reportXml({ reportId: "net-2", records: record() + record({ count: "?" }) }),
    ];
    const path = put("a.zip", zipOf(files.map((text, index) => ({ name: `${index}.xml`, bytes: Buffer.from(text) }))));
    const line = JSON.parse((await run([path], { json: true })).out) as object;
    expect(line).toEqual({
      path,
      state: "corrupt",
      reason: "1 of 3 files: not well-formed XML, it ends within <feedback> (2 read)",
      reports: [
        { ...numbers, reportId: "net-1", records: 1, messages: 3 },
        { ...numbers, reportId: "net-2", records: 1, messages: 3 },
      ],
    });
  });

  test("an empty report is listed, and one of an impossible period too", async () => {
    put("a.xml", reportXml({ records: "" }));
    put("b.xml", reportXml().replaceAll("17947", "18947"));
    const lines = (await run([folder], { json: true })).out.trim().split("\n");
    const parsed = lines.map((line) => JSON.parse(line) as { state: string; reports: object[] });
    expect(parsed.map(({ state, reports }) => [state, reports.length])).toEqual([
      ["known-empty", 1],
      ["implausible", 1],
    ]);
  });

  test("no control character of a stranger gets through", async () => {
    put("a.xml", reportXml().replace("example.net", "\u009b31m&#x9b;&#27;evil"));
    const { out } = await run([folder], { json: true });
    expect(out.trim()).toMatch(/^\P{Cc}+$/u);
    expect(out).toContain("evil");
  });
});

describe("for people", () => {
  test("reports stand in a table, the rest below with reasons, then the sums", async () => {
    put("a.xml", reportXml());
    put("b.xml", reportXml({ reportId: "2", records: record({ count: "1200" }) }));
    put("c.txt", "hello");
    const { out } = await run([folder]);
    const pad = " ".repeat(folder.length);
    expect(out.split("\n")).toEqual([
      "Domain       Reporter     Begin             End (UTC)         Records  Messages  DMARC fail  SPF or DKIM fail  File",
      `example.com  example.net  2026-11-15 00:00  2026-11-15 23:59        1         3           3                 3  ${folder}/a.xml`,
      `example.com  example.net  2026-11-15 00:00  2026-11-15 23:59        1     1,200       1,200             1,200  ${folder}/b.xml`,
      "",
      `State         File  ${pad}  Reason`,
      `not-a-report  ${folder}/c.txt  no report in it`,
      "",
      "3 files or mails: 2 reports of 1 domain, 1,203 messages, 1,203 DMARC fail, 1,203 SPF or DKIM fail",
      "",
    ]);
  });

  test("what is long comes in pages while it is read, and the sums are of all", async () => {
    const mail = `From a\nContent-Type: text/xml\n\n${reportXml()}\n\n`;
    put("a.mbox", `${mail.repeat(1500)}From b\n\nhello\n`);
    const stdout = new Sink();
    const pieces: string[] = [];
    stdout._write = (chunk: Buffer, _encoding, done) => {
      pieces.push(chunk.toString());
      done();
    };
    await read({ paths: [folder], json: false, now: new Date("2026-11-20T09:00:00Z"), stdout, stderr: new Sink() });
    expect(pieces.map((piece) => piece.split("\n").filter((line) => line.startsWith("example.com")).length)).toEqual([
      1000, 500,
    ]);
    expect(pieces.map((piece) => piece.startsWith("Domain"))).toEqual([true, true]);
    expect(pieces[1]).toContain("\nnot-a-report  ");
    expect(pieces[1]).toContain("\n1,501 files or mails: 1,500 reports of 1 domain, 4,500 messages, ");
  });

  test("colours and progress are for terminals", async () => {
    for (let index = 0; index < 30; index += 1) put(`${index}.xml`, reportXml());
    const plain = await run([folder]);
    const terminal = await run([folder], { tty: true });
    expect(plain.out + plain.err).not.toContain("\u001b");
    expect(plain.err).toBe("");
    expect(terminal.err).toContain("25 read");
  });

  test("unreadable records and repairs are told", async () => {
    put("a.xml", ` ${'<?xml version="1.0"?>'}${reportXml({ records: record() + record({ count: "?" }) })}`);
    put("b.eml", readFileSync("test/fixtures/tls-postfix.eml"));
    const { out } = await run([folder]);
    expect(out).toContain("\n2 records could not be read, and are in no number\n1 report had to be repaired");
  });

  test("a stranger's text can't write over the terminal", async () => {
    put("a.xml", reportXml().replace("example.net", "\u009b2J\u202eevil\nname"));
    const { out } = await run([folder]);
    expect(out).toContain("  evil name  ");
  });
});

test("a path that doesn't exist is named, the others are read, and the exit code is 2", async () => {
  const missing = join(folder, "nowhere");
  const { code, out, err } = await run([missing, put("a.xml", reportXml())], { json: true });
  expect(code).toBe(2);
  expect(err).toContain(`${missing} can't be opened: there is no such file or folder. Give the path of `);
  expect(out.split("\n")).toHaveLength(2);
});

test("columns are aligned where a name is of wide characters", async () => {
  put("a.xml", reportXml().replace("<org_name>example.net", "<org_name>例例例例"));
  put("b.xml", reportXml());
  const lines = (await run([folder])).out.split("\n");
  const columns = lines.slice(1, 3).map((line) => line.indexOf("2026-"));
  expect(lines[1]).toContain("例例例例");
  expect(columns).toEqual([(columns[1] as number) - 4, columns[1]]);
});
