import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { countingTest, type WindowPair } from "../digest/window/window.ts";
import { csvCell, unguardedText } from "../history/csv.ts";
import { type AnyDay, isAggregateDay, wholeDay } from "../history/day/day.ts";
import { type AnyIndex, parseEvidence } from "../history/index/index.ts";
import { parseLedger } from "../history/intake/intake.ts";
import { entryIn } from "../history/lists.ts";
import { openHistoryFolder } from "../io/history-folder.ts";
import { logText } from "../render/escape.ts";
import { formatCount } from "../render/words/words.ts";
import type { Trust } from "../report/trust/trust.ts";
import { countMonth, type OnHistory, oddFault } from "./month-days.ts";
import type { Output } from "./read/read.ts";

interface ExportOptions extends OnHistory {
  target: string;
  /** By which `counts` is told of each row. */
  trust: Trust;
  stderr: Output;
}

type Cell = string | number | boolean | undefined;
type Row = Record<string, Cell>;

/**
 * The command `dmarc-digest export --parquet DIR [DATA]`: the history as Parquet, a file a table, domain and month, in folders as
 * Hive has them: `records/domain=example.com/month=2026-11/data.parquet`.
 *
 * @returns The exit code: 0, or 1 when something can't be read; it's named on stderr, and its month is left out.
 */
export async function exportParquet({ dataPath, target, trust, stdout, stderr }: ExportOptions): Promise<number> {
  const folder = await openHistoryFolder(dataPath, "export --parquet DIR");
  const counts = new Map<string, number>();
  let faults = 0;
  const fault = (message: string): void => {
    faults += 1;
    stderr.write(`${logText(message, 1000)}\n`);
  };
  const save = async (table: Table, place: string, rows: readonly Row[]): Promise<void> => {
    counts.set(table, (counts.get(table) ?? 0) + rows.length);
    if (rows.length > 0) await writeTable(join(target, table, place, "data.parquet"), table, rows);
  };
  const intake = new Map<string, Row[]>();
  for await (const entry of folder.entries()) {
    if (entry.kind === "odd") fault(oddFault(entry.path));
    if (entry.kind === "intake") {
      const month = /\d{4}-\d\d/.exec(entry.path)?.[0] ?? "undated";
      const { lines } = parseLedger(entry.path, await folder.read(entry.path));
      entryIn(intake, month, () => []).push(...lines.map((line) => ({ ...line })));
    }
    if (entry.kind !== "month") continue;
    const days: AnyDay[] = [];
    const index = await countMonth(folder, entry, { day: (day) => days.push(day), fault });
    const place = `domain=${entry.domain}/month=${entry.month}`;
    if (index === undefined) continue;
    const isCounting = countingTest(entry.domain, trust);
    for (const [table, rows] of tablesOf(index, days)) {
      const told = rows.map((row) => ({ ...row, counts: isCounting(row.reporter, row.verdict) }));
      await save(table, place, told);
    }
  }
  for (const [month, lines] of intake) await save("intake", `month=${month}`, lines);
  stdout.write(`${target}: ${Array.from(counts, ([table, rows]) => `${formatCount(rows)} ${table}`).join(", ")}\n`);
  return faults === 0 ? 0 : 1;
}

/** The columns of each table; those that are numbers are 64 bits wide. All but `intake` have `counts`, too. */
const tables = {
  records: {
    texts:
      "day reporter org_name verdict report_id received source_ip disposition dkim spf header_from envelope_from policy auth_results",
    numbers: "begin_time end_time messages",
  },
  senders: { texts: "day reporter verdict sender dkim spf evidence", numbers: "messages quarantined rejected" },
  keys: { texts: "day reporter verdict key result", numbers: "messages" },
  tls: { texts: "day reporter verdict policy mx result", numbers: "sessions unreadableRecords" },
  intake: { texts: "mailbox arrived state reason reporter domains", numbers: "reports messages" },
};

type Table = keyof typeof tables;

async function writeTable(path: string, table: Table, rows: readonly Row[]): Promise<void> {
  const { texts, numbers } = tables[table];
  const data = (name: string): Cell[] => rows.map((row) => row[name]);
  // Only what comes from CSV is guarded; a reporter has the same name in all tables, by which they are joined.
  const textOf = (name: string, cell: Cell): string | null => {
    if (typeof cell !== "string") return null;
    return table !== "records" || name === "reporter" ? unguardedText(cell) : cell;
  };
  const columnData = [
    ...texts.split(" ").map((name) => ({
      name,
      type: "STRING" as const,
      nullable: true,
      data: data(name).map((cell) => textOf(name, cell)),
    })),
    ...numbers
      .split(" ")
      .map((name) => ({ name, type: "INT64" as const, data: data(name).map((cell) => BigInt(cell ?? 0)) })),
    ...(table === "intake"
      ? []
      : [{ name: "counts", type: "BOOLEAN" as const, encoding: "PLAIN" as const, data: data("counts") }]),
  ];
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, Buffer.from(parquetWriteBuffer({ columnData })));
}

/** What one reporter said; whether it counts is told by these two. */
type ReportedRow = Row & Pick<WindowPair, "reporter" | "verdict">;

function tablesOf(index: AnyIndex, days: readonly AnyDay[]): [Table, ReportedRow[]][] {
  if ("sessions" in index) return [["tls", index.sessions]];
  return [
    ["records", days.filter(isAggregateDay).flatMap(recordRows)],
    [
      "senders",
      index.senders.map((line) => {
        const { dkim, spf } = parseEvidence(line.evidence);
        return { ...line, dkim, spf };
      }),
    ],
    [
      "keys",
      index.senders.flatMap(({ day, reporter, verdict, evidence, messages }) =>
        parseEvidence(evidence).keys.map(({ key, result }) => ({ day, reporter, verdict, key, result, messages })),
      ),
    ],
  ];
}

/** One row a record of each report, those that do not count among them. */
function recordRows(day: Parameters<typeof wholeDay>[0]): ReportedRow[] {
  return wholeDay(day).reports.flatMap((report) => {
    const { reporter, authenticity, reportMetadata, received, policyPublished, records } = report;
    const ofReport = {
      day: day.day,
      reporter: csvCell(reporter),
      org_name: reportMetadata.orgName,
      verdict: authenticity.verdict,
      report_id: reportMetadata.reportId,
      received,
      policy: policyPublished.p,
      begin_time: reportMetadata.dateRange.begin,
      end_time: reportMetadata.dateRange.end,
    };
    const ofMail = records.flatMap((record) => ("session" in record ? [] : record));
    return ofMail.map(({ row, identifiers, authResults }) => ({
      ...ofReport,
      source_ip: row.sourceIp,
      messages: row.count,
      disposition: row.policyEvaluated.disposition,
      dkim: row.policyEvaluated.dkim,
      spf: row.policyEvaluated.spf,
      header_from: identifiers.headerFrom,
      envelope_from: identifiers.envelopeFrom,
      auth_results: JSON.stringify(authResults),
    }));
  });
}
