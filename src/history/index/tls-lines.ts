import * as z from "zod";
import { authenticityVerdicts } from "../../report/authenticity.ts";
import type { TlsRecord } from "../../report/types.ts";
import { countCell, csvCell, optionalCell, textCell } from "../csv.ts";
import type { Day } from "../day/day.ts";
import { compareBy, groupBy, sumOf } from "../lists.ts";

/** The columns of `tls/2026/2026-11-sessions.….csv`. */
export const tlsColumns = z.strictObject({
  day: z.iso.date(),
  reporter: textCell,
  verdict: z.enum(authenticityVerdicts),
  policy: textCell,
  mx: optionalCell,
  result: optionalCell,
  sessions: countCell,
  unreadableRecords: countCell,
});

/**
 * TLS sessions that one reporter had with one of our hosts on one day and that ended alike, as `TlsSession` has it: `policy`
 * is the type, with the mode behind it where that was said (`sts enforce`); `result` is absent for sessions that succeeded.
 * What of its reports could not be read, and is in no number, has a line without a host.
 */
export type TlsLine = z.output<typeof tlsColumns>;

/** One line a reporter, verdict, policy, host and result, sorted by them. The order of the reports does not matter. */
export function tlsLinesOf({ day, reports }: Day<TlsRecord>): TlsLine[] {
  const all = reports.flatMap(({ reporter: name, authenticity: { verdict }, records, unreadableRecords = 0 }) => {
    const reporter = csvCell(name);
    const none = { day, reporter, verdict, policy: "unspecified", mx: undefined, result: undefined, sessions: 0 };
    const lines = records.map(({ row, session }): TlsLine => {
      const { policyType, mode, mx, result } = session;
      const policy = csvCell([policyType, ...(mode === undefined ? [] : [mode])].join(" "));
      const [host, why] = [mx, result].map((text) => text && csvCell(text));
      return {
        day,
        reporter,
        verdict,
        policy,
        mx: host,
        result: why,
        sessions: row.count,
        unreadableRecords: 0,
      };
    });
    return [...lines, { ...none, unreadableRecords }];
  });
  const lines = groupBy(all, (line) => JSON.stringify(tlsKeys.map((key) => line[key] ?? "")));
  return [...lines.values()]
    .flatMap((group) =>
      group.slice(0, 1).map((line) => ({
        ...line,
        sessions: sumOf(group, ({ sessions }) => sessions),
        unreadableRecords: sumOf(group, (one) => one.unreadableRecords),
      })),
    )
    .filter(({ sessions, unreadableRecords }) => sessions + unreadableRecords > 0)
    .sort(compareBy(...tlsKeys));
}

/** The first columns, which tell the lines of one file apart and order them. */
export const tlsKeys = ["day", "reporter", "verdict", "policy", "mx", "result"] as const;
