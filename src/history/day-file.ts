import * as z from "zod";
import { normalDomain } from "../report/domain.ts";
import { type Day, dayOf, type StoredReport } from "./day.ts";
import { damaged, parseHistoryJson } from "./format.ts";

/** Names of files and folders of ours directly below `data-path`, which no domain's folder may take. */
const reservedNames = new Set(["readme.md", "state.json", "intake"]);

/**
 * Whether a policy domain can have a folder of its own: it has at least two labels, and no file of ours has its name.
 *
 * @param domain - An A-label in lower case, checked before.
 */
export function isStorable(domain: string): boolean {
  return domain.includes(".") && !reservedNames.has(domain) && !domain.endsWith(".svg");
}

/** Where a day file stands below `data-path`: `example.com/2026/2026-11-22.json`. */
export function dayFilePath({ domain, day }: Pick<Day, "domain" | "day">): string {
  return `${domain}/${day.slice(0, 4)}/${day}.json`;
}

/** Whether a folder directly below `data-path` is that of a domain, by its name. */
export function isDomainFolder(name: string): boolean {
  return normalDomain(name) === name && isStorable(name);
}

const dateRange = z.strictObject({ begin: z.number(), end: z.number() });

const policyPublished = z.strictObject({
  domain: z.string(),
  adkim: z.string(),
  aspf: z.string(),
  p: z.string().optional(),
  sp: z.string().optional(),
  np: z.string().optional(),
  pct: z.string().optional(),
  fo: z.string().optional(),
  testing: z.string().optional(),
  discoveryMethod: z.string().optional(),
});

const aligned = z.enum(["pass", "fail"]).optional();

const policyEvaluated = z.strictObject({
  disposition: z.string().optional(),
  dkim: aligned,
  spf: aligned,
  reasons: z.array(z.strictObject({ type: z.string() })).default([]),
});

const dkimAuthResult = z.strictObject({
  domain: z.string().optional(),
  selector: z.string().optional(),
  result: z.string(),
});

const spfAuthResult = z.strictObject({
  domain: z.string().optional(),
  scope: z.string().optional(),
  result: z.string(),
});

const record = z.strictObject({
  row: z.strictObject({ sourceIp: z.string().optional(), count: z.int().nonnegative(), policyEvaluated }),
  identifiers: z.strictObject({ headerFrom: z.string(), envelopeFrom: z.string().optional() }),
  authResults: z.strictObject({
    dkim: z.array(dkimAuthResult).default([]),
    spf: z.array(spfAuthResult).default([]),
  }),
});

const storedReport = z.strictObject({
  reporter: z.string(),
  hash: z.string(),
  received: z.string().optional(),
  reportMetadata: z.strictObject({ orgName: z.string(), reportId: z.string(), dateRange }),
  otherIds: z.array(z.string()).optional(),
  policyPublished,
  unreadableRecords: z.int().nonnegative().optional(),
  notes: z.array(z.string()).optional(),
  records: z.array(record),
});

const dayFile = z.strictObject({
  version: z.literal(1),
  domain: z.string(),
  day: z.string(),
  reports: z.array(storedReport),
});

/**
 * The day in the text of a day file.
 *
 * @param path - As given by `dayFilePath`; the domain and day in it must be those in the text.
 * @throws HistoryFormatError when the text is no day file, or is that of another day.
 */
export function parseDayFile(path: string, text: string): Day {
  const { domain, day, reports } = parseHistoryJson(path, text, dayFile);
  if (dayFilePath({ domain, day }) !== path) throw damaged(path, `it says that it is ${domain} ${day}`);
  const stray = reports.find(
    (report) => report.policyPublished.domain !== domain || dayOf(report.reportMetadata.dateRange) !== day,
  );
  if (stray !== undefined) throw damaged(path, `report ${stray.reportMetadata.reportId} is not about ${domain} ${day}`);
  return { domain, day, reports };
}

/**
 * The text of a day file: keys in a fixed order, one line a record, so that `git diff` shows what came in.
 *
 * The same set of reports gives the same bytes. Empty lists are left out.
 */
export function formatDayFile({ domain, day, reports }: Day): string {
  const head = `  "version": 1,\n  "domain": ${JSON.stringify(domain)},\n  "day": ${JSON.stringify(day)},\n`;
  const list = reports.map(formatReport).join(",\n");
  return `{\n${head}  "reports": [\n${list}\n  ]\n}\n`;
}

function formatReport({ records, ...report }: StoredReport): string {
  const fields = Object.entries(report)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `      ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`);
  const lines = records.map((record) => `        ${JSON.stringify(record, withoutEmptyLists)}`);
  const list = lines.length === 0 ? "[]" : `[\n${lines.join(",\n")}\n      ]`;
  return `    {\n${fields.join("")}      "records": ${list}\n    }`;
}

function withoutEmptyLists(_key: string, value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}
