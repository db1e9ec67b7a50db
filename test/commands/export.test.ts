import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { exportParquet } from "../../src/commands/export.ts";
import { readJudging } from "../../src/config/config.ts";
import { indexFilesOf, parseMonthIndex } from "../../src/history/index/index.ts";
import { parseLedger } from "../../src/history/intake/intake.ts";
import { makeRunPlace, runAt } from "../run/place.ts";
import { believed, putMails, putTls } from "../run/reported-mails.ts";
import { makeFolder } from "../servers/git.ts";
import { Sink } from "./sink.ts";

/* The export of the sample history, read by DuckDB: its sums are those of the files that it was made of. */

const paths = readdirSync("data", { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/"));
const textAt = (path: string): string => readFileSync(join("data", path), "utf8");
const indexes = paths
  .filter((path) => path.includes("-pairs."))
  .map((path) => {
    const of = { domain: dirname(dirname(path)), month: basename(path).slice(0, 7) };
    const texts = indexFilesOf(of).map((one) => [one, textAt(one)] as const);
    return { ...of, ...parseMonthIndex(of, new Map(texts)) };
  });

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
  connection.closeSync();
  return rows;
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

test("DuckDB finds in the export the sums of the history", async () => {
  const { folder, code, out } = await exported();
  expect(code).toBe(0);
  expect(out).toMatch(/: [\d,]+ records, [\d,]+ senders, [\d,]+ keys, [\d,]+ intake\n$/);
  const from = (table: string) => tableIn(folder, table);
  const ofDomains = (table: string) =>
    query(`SELECT domain, month, sum(messages)::BIGINT AS messages FROM ${from(table)} GROUP BY ALL ORDER BY ALL`);
  const expected = indexes
    .map(({ domain, month, pairs }) => ({
      domain,
      month,
      messages: String(pairs.reduce((sum, one) => sum + one.messages, 0)),
    }))
    .sort((a, b) => (`${a.domain} ${a.month}` < `${b.domain} ${b.month}` ? -1 : 1));
  expect(await ofDomains("records")).toEqual(expected);
  expect(await ofDomains("senders")).toEqual(expected);
  const passed = indexes.flatMap(({ pairs }) => pairs).reduce((sum, { dmarcPass }) => sum + dmarcPass, 0);
  const [pass] = await query(
    `SELECT sum(messages)::BIGINT AS passed FROM ${from("records")} WHERE dkim = 'pass' OR spf = 'pass'`,
  );
  expect(pass).toEqual({ passed: String(passed) });
  const ledgers = paths
    .filter((path) => /^intake\/.*\.csv$/.test(path))
    .flatMap((path) => parseLedger(path, textAt(path)).lines);
  const [mails] = await query(`SELECT count(*) AS mails, sum(messages)::BIGINT AS messages FROM ${from("intake")}`);
  expect(mails).toEqual({
    mails: String(ledgers.length),
    messages: String(ledgers.reduce((sum, { messages }) => sum + messages, 0)),
  });
});

/** What DuckDB reads of a table of an export, with the months and domains that its folders name. */
const tableIn = (folder: string, table: string) =>
  `read_parquet('${folder}/${table}/**/data.parquet', hive_partitioning = true)`;

test("DuckDB finds in the export the messages of each key that it finds in the history's own files", async () => {
  const { folder } = await exported();
  const words = "unnest(string_split(regexp_extract(evidence, 'key=([^ ]*)', 1), '+'))";
  const history = `SELECT "day v2" AS day, reporter, ${words} AS word, messages FROM read_csv('data/*/*/*-senders.*csv')`;
  const sumsOf = (from: string) =>
    query(
      `SELECT day, reporter, key, result, sum(messages)::BIGINT AS messages FROM (${from}) GROUP BY ALL ORDER BY ALL`,
    );
  const inHistory = await sumsOf(
    `SELECT CAST(day AS VARCHAR) AS day, reporter, regexp_extract(word, '^(.*):', 1) AS key, regexp_extract(word, '[^:]*$') AS result, messages
     FROM (${history}) WHERE word <> ''`,
  );
  expect(inHistory.length).toBeGreaterThan(50);
  expect(await sumsOf(`SELECT * FROM ${tableIn(folder, "keys")}`)).toEqual(inHistory);
});

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
  const columns = `"day v2" AS day, reporter, policy, mx, result, CAST(sessions AS BIGINT) AS sessions`;
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
    const { folder } = await exported();
    const rows = await query(sql.replaceAll("'export/", `'${folder}/`));
    expect(rows.length).toBeGreaterThan(0);
  },
);

test("the table that docs/history.md makes in Athena has the columns of the files, by their own types, and its query runs", async () => {
  const { folder } = await exported();
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
  const { folder } = await exported();
  const written = await query(
    `SELECT DISTINCT compression, unnest(string_split(encodings, ', ')) AS encoding
     FROM parquet_metadata('${folder}/*/**/data.parquet') ORDER BY ALL`,
  );
  expect(written).toEqual(["PLAIN", "RLE_DICTIONARY"].map((encoding) => ({ compression: "SNAPPY", encoding })));
});

test("the columns that docs/history.md names in Spark are those of the export", async () => {
  const { folder } = await exported();
  const [, table = "", where = "", group = "", sum = ""] =
    /spark\.read\.parquet\("s3:\/\/bucket\/dmarc\/(\w+)"\)\.where\("(\w+)"\)\.groupBy\(([^)]*)\)\.sum\("(\w+)"\)/.exec(
      page,
    ) ?? [];
  const rows = await query(`SELECT ${group}, sum(${sum}) FROM ${tableIn(folder, table)} WHERE ${where} GROUP BY ALL`);
  expect(rows.length).toBeGreaterThan(0);
});
