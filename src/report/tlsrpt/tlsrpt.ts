import { normalAddress } from "../address.ts";
import { normalDomain } from "../domain.ts";
import type { Limits } from "../limits.ts";
import { judgeReport, mostMessages } from "../plausibility.ts";
import type { ReadFile } from "../read-mail.ts";
import { corrupt, missing, RefusalError, refusalOf, refuse, tooBig, wrong } from "../refusal.ts";
import type { Report, TlsRecord, TlsSession } from "../types.ts";

/** What a TLS report is held against. */
export interface TlsOptions {
  limits: Limits;
  now: Date;
  /** `TLS-Report-Domain` of the mail, for policies that name no domain: RFC 8460, section 5.3, has it signed. */
  reportDomain?: string;
}

/** Far above any TLS report; what is larger is known by its words alone, since parsing takes time and memory. */
const mostBytes = 4 * 1024 * 1024;

/**
 * The TLS reports (RFC 8460) in a JSON file, one a policy domain, or why it holds none. Never throws.
 *
 * Reporters leave out a contact, hosts and addresses; of what can't be read a record is counted as unreadable. Failed
 * sessions of which nothing but their number is said are `unspecified`. A report without an id is known by who sent it, its
 * domain and its period, which ends with the UTC day of its begin where no end is said.
 */
export function parseTlsReports(bytes: Uint8Array, options: TlsOptions): ReadFile<TlsRecord>[] {
  const json = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hasWords = json.includes('"policies"') && json.includes('"date-range"');
  if (!hasWords && json.length > mostBytes) return [refuse("not-a-report", { code: "json-too-large" })];
  if (json.length > mostBytes) return [refuse("too-big", { code: "tls-report-too-large" })];
  try {
    const report = objectOf(parseJson(json, hasWords));
    const isTls = "policies" in report && "date-range" in report;
    return isTls ? readReports(report, options) : [refuse("not-a-report", { code: "json" })];
  } catch (error) {
    return [refusalOf(error, "report")];
  }
}

function parseJson(json: Buffer, hasWords: boolean): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(json));
  } catch {
    if (hasWords) throw corrupt({ code: "tls-report-broken" });
    throw new RefusalError(refuse("not-a-report", { code: "not-json" }));
  }
}

/** An object of the JSON, whose values are not checked. */
type Json = Record<string, unknown>;

function readReports(json: Json, { limits, now, reportDomain }: TlsOptions): ReadFile<TlsRecord>[] {
  const contact = textIn(json, "contact-info");
  const { "report-id": id } = json;
  const dates = objectOf(json["date-range"]);
  const begin = secondsIn(dates, "start-datetime");
  if (begin === undefined) throw wrong("start-datetime", "date", dates["start-datetime"]);
  const end = secondsIn(dates, "end-datetime") ?? begin - (begin % 86_400) + 86_399;
  const reportMetadata = {
    orgName: textIn(json, "organization-name")?.slice(0, limits.textLength) ?? "",
    ...(contact?.includes("@") && { email: contact.slice(0, limits.textLength) }),
    reportId: (typeof id === "number" ? String(id) : (textIn(json, "report-id") ?? "")).slice(0, limits.textLength),
    dateRange: { begin, end },
  };
  const policies = listOf(json.policies).map(objectOf);
  const domainIn = (policy: Json) => normalDomain(textIn(objectOf(policy.policy), "policy-domain") ?? "");
  const fallback = reportDomain ?? policies.flatMap((policy) => domainIn(policy) ?? [])[0];
  const reports = new Map<string, Report<TlsRecord>>();
  for (const policy of policies) {
    const domain = domainIn(policy) ?? fallback;
    if (domain === undefined) throw wrong("policy-domain", "host-name", objectOf(policy.policy)["policy-domain"]);
    const policyPublished = { domain };
    const empty = { reportMetadata, policyPublished, records: [], unreadableRecords: 0, notes: [] };
    const report = reports.get(domain) ?? { kind: "tls", ...empty };
    reports.set(domain, report);
    addPolicy(report, policy);
    if (report.records.length > limits.records)
      throw new RefusalError(tooBig({ limit: "records", most: limits.records }));
  }
  if (reports.size === 0) throw missing("policies");
  return Array.from(reports.values(), (report) => judgeReport(report, now));
}

function addPolicy(report: Report<TlsRecord>, json: Json): void {
  const policy = objectOf(json.policy);
  const summary = objectOf(json.summary);
  // Should be a list of lines, and is the whole file as one text at times.
  const mode = listOf(policy["policy-string"]).flatMap(
    (lines) => /^[ \t]*mode[ \t]*:[ \t]*(\w{1,20})/im.exec(String(lines))?.[1] ?? [],
  );
  const session: TlsSession = {
    policyType: wordIn(policy, "policy-type") ?? "unspecified",
    ...(mode[0] !== undefined && { mode: mode[0].toLowerCase() }),
  };
  const [mx, ...others] = listOf(policy["mx-host"]).flatMap((host) => hostOf(host) ?? []);
  const total = (key: string): number => {
    const count = countIn(summary, key);
    if (count === undefined && (summary[key] ?? undefined) !== undefined) report.unreadableRecords += 1;
    return count ?? 0;
  };
  const succeeded = total("total-successful-session-count");
  const single = mx !== undefined && others.length === 0 ? { mx } : {};
  if (succeeded > 0) report.records.push({ row: { count: succeeded }, session: { ...session, ...single } });
  let named = 0;
  for (const detail of listOf(json["failure-details"]).map(objectOf)) {
    const record = parseFailure(detail, session);
    if (record === undefined) report.unreadableRecords += 1;
    else report.records.push(record);
    named += record?.row.count ?? 0;
  }
  const rest = total("total-failure-session-count") - named;
  if (rest > 0) report.records.push({ row: { count: rest }, session: { ...session, result: "unspecified" } });
}

function parseFailure(detail: Json, session: TlsSession): TlsRecord | undefined {
  const count = countIn(detail, "failed-session-count");
  if (count === undefined) return undefined;
  const sourceIp = normalAddress(textIn(detail, "sending-mta-ip") ?? "");
  const mx = hostOf(detail["receiving-mx-hostname"]);
  const reasonCode = /^[\w .:/-]{1,100}$/.exec(textIn(detail, "failure-reason-code") ?? "")?.[0];
  return {
    row: { ...(sourceIp !== undefined && { sourceIp }), count },
    session: {
      ...session,
      result: wordIn(detail, "result-type") ?? "unspecified",
      ...(mx !== undefined && { mx }),
      ...(reasonCode !== undefined && { reasonCode }),
    },
  };
}

function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** What should be a list, and is a single item at times. */
function listOf(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

function textIn(json: Json, key: string): string | undefined {
  const value = json[key];
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function wordIn(json: Json, key: string): string | undefined {
  return /^[a-z0-9-]{1,40}$/.exec(textIn(json, key)?.toLowerCase() ?? "")?.[0];
}

function countIn(json: Json, key: string): number | undefined {
  const value = json[key];
  const count = typeof value === "string" && /^\d{1,11}$/.test(value) ? Number(value) : value;
  return typeof count === "number" && Number.isInteger(count) && count >= 0 && count <= mostMessages
    ? count
    : undefined;
}

/** A host as A-label, or a pattern as MTA-STS has it (`*.example.com`); Zimbra's Postfix puts `mx: ` before it. */
function hostOf(value: unknown): string | undefined {
  const [, wildcard = "", host = ""] =
    /^(?:mx:\s*)?(\*\.)?(.{1,253})$/i.exec(typeof value === "string" ? value.trim() : "") ?? [];
  const domain = normalDomain(host);
  return domain === undefined ? undefined : wildcard + domain;
}

/**
 * A date and time of RFC 3339 in seconds, in UTC where no zone is said; or seconds since the epoch, as a DMARC report has them.
 * `undefined` where none can be read.
 */
function secondsIn(json: Json, key: string): number | undefined {
  const text = typeof json[key] === "number" ? String(json[key]) : (textIn(json, key) ?? "");
  const isSeconds = /^\d{9,12}(\.\d*)?$/.test(text);
  const zoned = /(z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`;
  // A few digits alone would be a year or a month.
  const milliseconds = isSeconds ? Number(text) * 1000 : /\D\d/.test(text.slice(1)) ? Date.parse(zoned) : Number.NaN;
  return milliseconds >= 0 && milliseconds <= lastMoment ? Math.floor(milliseconds / 1000) : undefined;
}

const lastMoment = Date.UTC(9999, 11, 31);
