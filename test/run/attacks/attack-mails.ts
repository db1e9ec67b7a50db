import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../../../src/digest/digest.ts";
import { type LedgerLine, parseLedger } from "../../../src/history/intake/ledger.ts";
import type { Authenticity } from "../../../src/report/authenticity.ts";
import { record, reportXml } from "../../report/report-files.ts";
import { makeRsaKey, type Signing, signMail } from "../../report/trust/signed-mail.ts";
import { type Published, type RunPlace, runAt } from "../place.ts";

/* Mails with reports about 2026-11-17, honest and hostile, and what became of them in a run. */

/** When the runs are. */
export const now = "2026-11-20T09:00:00Z";

/** The one key of all who sign. */
const key = makeRsaKey(2048);

/** Its TXT record: a string of it has 255 bytes at most. */
export const keyRecord = [key.record.match(/.{1,255}/g) ?? []];

/** What a test wants of a mail. */
export interface MailWish {
  /** The whole value of the From field. */
  from?: string;
  orgName?: string;
  /** The report's id. */
  id?: string;
  count?: number;
  /** The policy domain. */
  domain?: string;
  /** Fields between those of the receiving host and those of the sender. */
  fields?: readonly string[];
}

/** What a sender hands over: a mail that is nothing but a report, of Google unless told otherwise. */
export function mailOf({
  from = "noreply-dmarc-support@google.com",
  orgName = "google.com",
  id = "1",
  count = 1_000_000,
  domain = "example.com",
  fields = [],
}: MailWish = {}): string {
  const xml = reportXml({ reportId: id, domain, records: record({ count: String(count) }) })
    .replace("<org_name>example.net", `<org_name>${orgName}`)
    .replace("1794700800", String(Date.parse("2026-11-17T00:00:00Z") / 1000))
    .replace("1794787199", String(Date.parse("2026-11-17T23:59:59Z") / 1000));
  const sender = [`From: ${from}`, "Subject: Report Domain: example.com", "Content-Type: text/xml"];
  return [...fields, ...sender, "", xml, ""].join("\r\n");
}

/** The mail, signed by a domain. */
export function signed(mail: string, domain = "google.com", how: Partial<Signing> = {}): Promise<string> {
  return signMail(mail, { key, domain, signedAt: new Date("2026-11-18T07:59:00Z"), ...how });
}

/** What the receiving host writes above each mail. */
export const received = "Received: from a.example by mx.example.net; Wed, 18 Nov 2026 08:00:00 +0000\r\n";

/** What a host that writes `Authentication-Results` says of a mail. */
export function says(results: string, id = "mx.example.net"): string {
  return `Authentication-Results: ${id};\r\n ${results}\r\n`;
}

/** What became of a mail. */
export interface Fate {
  /** Its state in the ledger, and behind a colon the reason. */
  ledger: string;
  /** How the day file has its reports, each `verdict standing`; `none` when it has none of it. */
  kept: string;
}

/** A run over some mails. */
export interface AttackedRun {
  digest: Digest;
  published: Published;
  /** By the name of the mail. */
  fates: Map<string, Fate>;
}

/**
 * Runs over a folder of mails, in the order of their names if they have numbers in front, and tells what became of each.
 *
 * @param mails - By name, as the receiving host has left them; each report has the name of its mail in its id.
 */
export async function runOver(
  place: RunPlace,
  mails: ReadonlyMap<string, string>,
  inputs: Record<string, string>,
): Promise<AttackedRun> {
  for (const [index, [, mail]] of [...mails].entries()) {
    writeFileSync(join(place.mailbox, `${String(index).padStart(4, "0")}.eml`), mail);
  }
  const { digest, published, problems } = await runAt(place, now, inputs);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const lines = ledgerOf(place);
  const kept = keptIn(place);
  const fates = new Map(
    [...mails].map(([name, mail]) => {
      const sha256 = createHash("sha256").update(mail).digest("hex");
      const line = lines.find((one) => one.sha256 === sha256);
      const ledger = [line?.state, line?.reason].filter((text) => text !== undefined).join(": ");
      return [name, { ledger, kept: kept.get(name)?.sort().join(", ") ?? "none" }];
    }),
  );
  return { digest, published, fates };
}

/** All lines of the intake ledger. */
export function ledgerOf(place: RunPlace): LedgerLine[] {
  const folder = join(place.repository.folder, "data/intake");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".csv"))
    .flatMap((path) => parseLedger(path, readFileSync(join(folder, path), "utf8")).lines);
}

/** How sure the history is of each report of the day, by its id, whether it counts or not. */
function keptIn(place: RunPlace): Map<string, string[]> {
  const folder = join(place.repository.folder, "data/example.com/2026");
  const paths = ["2026-11-17.json", "2026-11-17.not-counted.json"].map((name) => join(folder, name)).filter(existsSync);
  const reports = paths.flatMap(
    (path) => (JSON.parse(readFileSync(path, "utf8")) as { reports: KeptReport[] }).reports,
  );
  const kept = new Map<string, string[]>();
  for (const { reportMetadata, otherIds = [], authenticity } of reports) {
    for (const id of [reportMetadata.reportId, ...otherIds]) {
      const words = [authenticity.verdict, authenticity.standing].filter((word) => word !== undefined).join(" ");
      kept.set(id, [...(kept.get(id) ?? []), words]);
    }
  }
  return kept;
}

interface KeptReport {
  reportMetadata: { reportId: string };
  otherIds?: string[];
  authenticity: Authenticity;
}

/** A pattern for a text and nothing else. */
export function exactly(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
}
