import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, expect, test } from "vitest";
import { exportParquet } from "../../src/commands/export.ts";
import { readJudging } from "../../src/config/config.ts";
import { record, reportXml } from "../report/report-files.ts";
import { makeRunPlace, putReport, runAt } from "../run/place.ts";
import { believed, putMails, putTls } from "../run/reported-mails.ts";
import { makeFolder } from "../servers/git.ts";
import { Sink } from "./sink.ts";

/* The export of the sample history, read by DuckDB: its sums are those of the files that it was made of. */

const duckdb = await (await DuckDBInstance.create(":memory:")).connect();
afterAll(() => duckdb.closeSync());

async function query(sql: string): Promise<Record<string, unknown>[]> {
  return (await duckdb.runAndReadAll(sql)).getRowObjectsJson();
}

async function exported(
  dataPath = "data",
  flags: Parameters<typeof readJudging>[0] = {},
  folder = makeFolder(),
): Promise<{ folder: string; out: string; code: number }> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const code = await exportParquet({ dataPath, target: folder, trust: readJudging(flags).trust, stdout, stderr });
  expect(stderr.text).toBe("");
  return { folder, out: stdout.text, code };
}

let kept: ReturnType<typeof exported> | undefined;
const sampleFolder = mkdtempSync(join(tmpdir(), "dmarc-digest-export-"));
afterAll(() => rmSync(sampleFolder, { recursive: true }));

/** The export of the sample history, which is made once. */
async function sample(): ReturnType<typeof exported> {
  kept ??= exported("data", {}, sampleFolder);
  return await kept;
}

/** What DuckDB reads of a table of an export, with the months and domains that its folders name. */
const tableIn = (folder: string, table: string) =>
  `read_parquet('${folder}/${table}/**/data.parquet', hive_partitioning = true)`;

/** What the history's own CSV files say, in the columns of the export, and by what both are summed. */
const sums = {
  records: {
    by: "domain, month, day, reporter, verdict",
    history: `SELECT *, dispositionNone AS none, dispositionQuarantine AS quarantined, dispositionReject AS rejected, dmarcPass AS passed
      FROM ${filesOf("*/*/*-pairs.*csv")}`,
    exported: `SELECT *, if(disposition = 'none', messages, 0) AS none, if(disposition = 'quarantine', messages, 0) AS quarantined,
      if(disposition = 'reject', messages, 0) AS rejected, if(dkim = 'pass' OR spf = 'pass', messages, 0) AS passed`,
    figures: ["messages", "none", "quarantined", "rejected", "passed"],
  },
  senders: {
    by: "domain, month, day, reporter, verdict, sender, evidence, dkim, spf",
    history: `SELECT *, split_part(results, '/', 1) AS dkim, split_part(results, '/', 2) AS spf
      FROM (SELECT *, split_part(evidence, ' ', 2) AS results FROM ${filesOf("*/*/*-senders.*csv")})`,
    exported: "SELECT *",
    figures: ["messages", "quarantined", "rejected"],
  },
  keys: {
    by: "domain, month, day, reporter, verdict, key, result",
    history: `SELECT *, regexp_extract(word, '^(.*):', 1) AS key, regexp_extract(word, '[^:]*$') AS result
      FROM (SELECT *, unnest(string_split(regexp_extract(evidence, 'key=([^ ]*)', 1), '+')) AS word FROM ${filesOf("*/*/*-senders.*csv")})
      WHERE word <> ''`,
    exported: "SELECT *",
    figures: ["messages"],
  },
  intake: {
    by: "month, mailbox, arrived, state, reason, reporter, domains",
    history: `SELECT * FROM ${filesOf("intake/*/*/*.csv", "-2")}`,
    exported: "SELECT *",
    figures: ["1", "reports", "messages"],
  },
};

/** CSV files of the history with the domain that their folder names, and the month of their own name. */
function filesOf(glob: string, place = "-3"): string {
  const of = `split_part(filename, '/', ${place}) AS domain, regexp_extract(filename, '(\\d{4}-\\d\\d)[^/]*$', 1) AS month`;
  const day = glob.startsWith("intake") ? "" : `, "day v2" AS day`;
  return `(SELECT *, ${of}${day} FROM read_csv('data/${glob}', filename = true, all_varchar = true))`;
}

test.each(Object.entries(sums))(
  "DuckDB finds in the export's %s the sums that it finds in the history's own files",
  async (table, { by, history, exported: columns, figures }) => {
    const { folder, code, out } = await sample();
    expect(code).toBe(0);
    expect(out).toMatch(/: [\d,]+ records, [\d,]+ senders, [\d,]+ keys, [\d,]+ intake\n$/);
    const totals = figures.map((figure, at) => `sum(${figure}::BIGINT)::BIGINT AS figure${at}`).join(", ");
    const keys = by.split(", ").map((key) => `coalesce(${key}::VARCHAR, '') AS ${key}`);
    const sumsOf = (from: string) =>
      query(`SELECT ${keys.join(", ")}, ${totals} FROM (${from}) GROUP BY ${by} ORDER BY ALL`);
    const inHistory = await sumsOf(history);
    expect(inHistory.length).toBeGreaterThan(50);
    expect(await sumsOf(`${columns} FROM ${tableIn(folder, table)}`)).toEqual(inHistory);
  },
);

test("DuckDB finds in the export the TLS sessions of each host that it finds in the history's own files", async () => {
  const place = makeRunPlace();
  for (const [day, failed] of [
    ["2026-10-31", 3],
    ["2026-11-01", 0],
    ["2026-11-02", 7],
  ] as const) {
    putTls(place, day, "google.com", { failed });
    putTls(place, day, "microsoft.com", {
      domain: "example.net",
      succeeded: 40,
      failed,
      result: "sts-policy-fetch-error",
    });
  }
  await runAt(place, "2026-11-04T09:00:00Z");
  const data = join(place.repository.folder, "data");
  const { folder, out } = await exported(data);
  expect(out).toContain("10 tls");
  const sumsOf = (from: string) =>
    query(
      `SELECT day, reporter, policy, mx, result, sum(sessions)::BIGINT AS sessions FROM (${from}) GROUP BY ALL ORDER BY ALL`,
    );
  const columns = `"day v3" AS day, reporter, policy, mx, result, CAST(sessions AS BIGINT) AS sessions`;
  const files = `read_csv('${data}/*/tls/*/*-sessions.*csv', all_varchar = true)`;
  const inHistory = await sumsOf(`SELECT ${columns} FROM ${files}`);
  expect(inHistory).toHaveLength(10);
  expect(await sumsOf(`SELECT * FROM ${tableIn(folder, "tls")}`)).toEqual(inHistory);
  const byMonth = `SELECT domain, month, sum(sessions)::BIGINT AS sessions FROM ${tableIn(folder, "tls")} GROUP BY ALL ORDER BY ALL`;
  expect(await query(byMonth)).toEqual([
    { domain: "example.com", month: "2026-10", sessions: "103" },
    { domain: "example.com", month: "2026-11", sessions: "207" },
    { domain: "example.net", month: "2026-10", sessions: "43" },
    { domain: "example.net", month: "2026-11", sessions: "87" },
  ]);
});

test("what strangers reported does not count in a row of the export, until they are trusted", async () => {
  const place = makeRunPlace();
  for (const reporter of ["google", "stranger"] as const)
    putMails(place, [{ reporter, day: "2026-11-17", hoursLate: 8, pass: 500, fail: 3 }]);
  await runAt(place, "2026-11-20T09:00:00Z", believed);
  const countingIn = async (table: string, flags = {}) => {
    const { folder } = await exported(join(place.repository.folder, "data"), flags);
    return await query(`SELECT DISTINCT reporter FROM ${tableIn(folder, table)} WHERE counts ORDER BY ALL`);
  };
  for (const table of ["records", "senders", "keys"]) {
    expect(await countingIn(table), table).toEqual([{ reporter: "google.com" }]);
    const trusted = { "trusted-reporters": "evil.example" };
    expect(await countingIn(table, trusted), table).toEqual([{ reporter: "evil.example" }, { reporter: "google.com" }]);
  }
});

test("an export leaves the months that the history no longer has", async () => {
  const data = join(makeFolder(), "data");
  cpSync("data", data, { recursive: true });
  const { folder } = await exported(data);
  const monthsIn = () =>
    query(
      `SELECT month, sum(messages)::BIGINT AS messages FROM ${tableIn(folder, "records")} GROUP BY ALL ORDER BY ALL`,
    );
  const before = await monthsIn();
  expect(before).toHaveLength(2);
  const old = readdirSync(data, { recursive: true, encoding: "utf8" }).filter((path) => /\/2026-10[^/]*$/.test(path));
  for (const path of old) rmSync(join(data, path), { recursive: true });
  await exported(data, {}, folder);
  expect(await monthsIn()).toEqual(before);
});

const page = readFileSync("docs/history.md", "utf8");
const queries = [...page.matchAll(/^```sql\n-- (.*)\n([\s\S]*?)^```/gm)];

test("docs/history.md has queries", () => {
  expect(queries.length).toBeGreaterThan(3);
});

test.each(queries.map(([, name = "", sql = ""]) => [name, sql] as const))(
  "the documented query runs: %s",
  async (_, sql) => {
    const { folder } = await sample();
    const rows = await query(sql.replaceAll("'export/", `'${folder}/`));
    expect(rows.length).toBeGreaterThan(0);
  },
);

test("the documented query by domain names a domain as it is, whose folder has another name", async () => {
  const place = makeRunPlace();
  putReport(place, "2026-11-17", { domain: "aux.example", pass: 5 });
  await runAt(place, "2026-11-20T09:00:00Z", { domains: "aux.example" });
  const sql = queries.find(([, name]) => name?.includes("by domain"))?.[2] ?? "";
  const from = join(place.repository.folder, "data");
  const rows = await query(
    sql
      .replace("'data/", `'${from}/`)
      .replace("'verified'", "'given'")
      .replace(/AND reporter.*/, ""),
  );
  expect(rows).toEqual([expect.objectContaining({ domain: "aux.example", messages: "5" })]);
});

test.each([
  ["=HYPERLINK(1)", "=HYPERLINK(1)"],
  ["\u202E+1", "+1"],
])("a reporter that calls itself %j has one name in all tables, which is no spreadsheet's", async (orgName, name) => {
  const place = makeRunPlace();
  const signed =
    "<auth_results><dkim><domain>example.com</domain><selector>s1</selector><result>fail</result></dkim></auth_results></record>";
  const xml = reportXml({ records: record().replace("</record>", signed) }).replace("example.net", orgName);
  writeFileSync(join(place.mailbox, "report.xml"), xml);
  await runAt(place, "2026-11-20T09:00:00Z");
  const { folder } = await exported(join(place.repository.folder, "data"));
  for (const table of ["records", "senders", "keys"])
    expect(await query(`SELECT DISTINCT reporter FROM ${tableIn(folder, table)}`), table).toEqual([{ reporter: name }]);
});

test("the table that docs/history.md makes in Athena has the columns of the files, by their own types, and its query runs", async () => {
  const { folder } = await sample();
  const [, columns = "", partitions = ""] =
    /CREATE EXTERNAL TABLE dmarc_senders \(([^)]*)\)\s+PARTITIONED BY \(([^)]*)\)/.exec(page) ?? [];
  // As Athena and Spark take the types of Parquet.
  const types: Record<string, string> = { string: "BYTE_ARRAY UTF8", bigint: "INT64", boolean: "BOOLEAN" };
  const documented = columns.split(",").map((column) => {
    const [name = "", type = ""] = column.trim().split(" ");
    return { name, type: types[type] };
  });
  const inFiles = await query(
    `SELECT DISTINCT list({'name': name, 'type': concat_ws(' ', type, converted_type)}) FILTER (WHERE type IS NOT NULL) AS columns
     FROM parquet_schema('${folder}/senders/**/data.parquet') GROUP BY file_name`,
  );
  expect(inFiles).toEqual([{ columns: documented }]);
  expect(partitions).toBe("domain string, month string");
  const [select = ""] = /^SELECT [^;]* FROM dmarc_senders\s[^;]*/m.exec(page) ?? [];
  expect((await query(select.replace("dmarc_senders", tableIn(folder, "senders")))).length).toBeGreaterThan(0);
});

test("the files are written as every reader of Parquet knows: Spark reads no other encodings before 3.3", async () => {
  const { folder } = await sample();
  const written = await query(
    `SELECT DISTINCT compression, unnest(string_split(encodings, ', ')) AS encoding
     FROM parquet_metadata('${folder}/*/**/data.parquet') ORDER BY ALL`,
  );
  expect(written).toEqual(["PLAIN", "RLE_DICTIONARY"].map((encoding) => ({ compression: "SNAPPY", encoding })));
});

test("the columns that docs/history.md names in Spark are those of the export", async () => {
  const { folder } = await sample();
  const [, table = "", where = "", group = "", sum = ""] =
    /spark\.read\.parquet\("s3:\/\/bucket\/dmarc\/(\w+)"\)\.where\("(\w+)"\)\.groupBy\(([^)]*)\)\.sum\("(\w+)"\)/.exec(
      page,
    ) ?? [];
  const rows = await query(`SELECT ${group}, sum(${sum}) FROM ${tableIn(folder, table)} WHERE ${where} GROUP BY ALL`);
  expect(rows.length).toBeGreaterThan(0);
});
