/**
 * The date of a `Received` header field, as ISO 8601 in UTC with whole seconds.
 *
 * `"by mx.example.net; Thu, 19 Nov 2026 11:12:00 +0100 (CET)"` becomes `"2026-11-19T10:12:00Z"`.
 *
 * @returns `undefined` when there is no date as RFC 5322, section 3.3 has it, or its obsolete zones.
 */
export function parseReceived(field: string): string | undefined {
  const date = /;([^;]*)$/.exec(field.slice(-1000).replace(/\s+/g, " "))?.[1];
  const parts = dateTime.exec(date ?? "")?.groups;
  if (parts === undefined) return undefined;
  const { day, month, year, hour, minute, second, zone } = parts;
  const offset = offsetMinutes(zone ?? "");
  const monthIndex = months.indexOf((month ?? "").toLowerCase());
  if (offset === undefined || monthIndex < 0) return undefined;
  // Date has no leap seconds.
  const seconds = Math.min(59, Number(second ?? 0));
  const local = new Date(Date.UTC(Number(year), monthIndex, Number(day), Number(hour), Number(minute), seconds));
  // A date such as 31 Feb rolls over; it's none.
  if (Number.isNaN(local.getTime()) || local.getUTCDate() !== Number(day)) return undefined;
  const received = new Date(local.getTime() - offset * 60_000).toISOString();
  // The last evening of 9999 may be in the year +010000.
  return /^\d{4}-/.test(received) ? `${received.slice(0, 19)}Z` : undefined;
}

const dateTime =
  /^ ?(?:[A-Za-z]{3}, ?)?(?<day>\d{1,2}) (?<month>[A-Za-z]{3}) (?<year>\d{4}) (?<hour>[01]?\d|2[0-3]):(?<minute>[0-5]\d)(?::(?<second>[0-5]\d|60))? ?(?<zone>[+-]\d{4}|[A-Za-z]{1,4})\b/;

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** Obsolete zones of RFC 5322, section 4.3, in hours. */
const zones: Readonly<Record<string, number>> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
};

function offsetMinutes(zone: string): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d\d)([0-5]\d)$/.exec(zone) ?? [];
  if (sign === undefined) {
    const hour = Object.hasOwn(zones, zone.toLowerCase()) ? zones[zone.toLowerCase()] : undefined;
    return hour === undefined ? undefined : hour * 60;
  }
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
