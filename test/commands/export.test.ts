import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { exportParquet } from "../../src/commands/export.ts";
import { parseMonthIndex } from "../../src/history/index/index.ts";
import { parseLedger } from "../../src/history/intake/intake.ts";
import { makeFolder } from "../servers/git.ts";
import { Sink } from "./sink.ts";

/* The export of the sample history, read by DuckDB: its sums are those of the files that it was made of. */

const paths = readdirSync("data", { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/"));
const textAt = (path: string): string => readFileSync(join("data", path), "utf8");
const indexes = paths
  .filter((path) => path.endsWith("-pairs.csv"))
  .map((path) => {
    const of = { domain: dirname(dirname(path)), month: basename(path).slice(0, 7) };
    const texts = [path, path.replace("-pairs", "-senders")].map((one) => [one, textAt(one)] as const);
    return { ...of, ...parseMonthIndex(of, new Map(texts)) };
  });

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
  connection.closeSync();
  return rows;
}

async function exported(): Promise<{ folder: string; out: string; code: number }> {
  const [folder, stdout, stderr] = [makeFolder(), new Sink(), new Sink()];
  const code = await exportParquet({ dataPath: "data", target: folder, stdout, stderr });
  expect(stderr.text).toBe("");
  return { folder, out: stdout.text, code };
}

test("DuckDB finds in the export the sums of the history", async () => {
  const { folder, code, out } = await exported();
  expect(code).toBe(0);
  expect(out).toMatch(/: [\d,]+ records, [\d,]+ senders, [\d,]+ keys, [\d,]+ intake\n$/);
  const from = (table: string) => `read_parquet('${folder}/${table}/**/data.parquet', hive_partitioning = true)`;
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

const queries = [...readFileSync("docs/history.md", "utf8").matchAll(/^```sql\n-- (.*)\n([\s\S]*?)^```/gm)];

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
