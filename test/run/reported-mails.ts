import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dayAfter } from "../../src/history/dates.ts";
import { record, reportXml } from "../report/report-files.ts";
import type { RunPlace } from "./place.ts";

/* Mails of reporters that arrive when they like, as the host mx.example.net has received and authenticated them. */

/** The input by which these mails count. */
export const believed = { "authserv-id": "mx.example.net" };

/** Some reporters of the known ones, and a stranger: the address of their mails, and the name in their reports. */
const reporters = {
  google: { from: "noreply-dmarc-support@google.com", orgName: "google.com" },
  microsoft: { from: "dmarcreport@microsoft.com", orgName: "Enterprise Outlook" },
  yahoo: { from: "noreply@dmarc.yahoo.com", orgName: "Yahoo" },
  stranger: { from: "dmarc@evil.example", orgName: "Evil" },
};

/** A report about one day of a domain, and when its mail arrives. */
export interface ReportedDay {
  reporter: keyof typeof reporters;
  /** `example.com` unless told otherwise. */
  domain?: string;
  day: string;
  /** Hours from the end of the day (24:00 UTC) to the mail's arrival. */
  hoursLate: number;
  /** Messages that passed. */
  pass?: number;
  /** Messages of our own that failed and were rejected. */
  fail?: number;
  /** Whether what passed was signed as what failed. */
  isSameStream?: true;
}

/** Puts mails into the mailbox, one file for all of them. */
export function putMails({ mailbox }: RunPlace, reports: readonly ReportedDay[]): void {
  const mbox = reports.map((report) => `From reports@mx.example.net\n${mailOf(report)}\n\n`).join("");
  const name = createHash("sha256").update(mbox).digest("hex").slice(0, 12);
  writeFileSync(join(mailbox, `${name}.mbox`), mbox);
}

/** Puts a mail into the mailbox that mx.example.net has authenticated, and whose report is cut off; it arrives on a day. */
export function putUnreadable({ mailbox }: RunPlace, { from, day }: { from: string; day: string }): void {
  const mail = [
    ...headerOf(from, `${day}T08:00:00Z`),
    "",
    `<?xml version="1.0"?>\n<feedback><report_metadata><org_name>${from}</org_name>`,
  ];
  writeFileSync(join(mailbox, `unreadable-${from}-${day}.eml`), mail.join("\n"));
}

/** A subdomain signs, and the policy asks for strict alignment: what fails is our own mail, whatever was seen before. */
const asSubdomain =
  "<auth_results><dkim><domain>mail.example.com</domain><selector>s1</selector><result>pass</result></dkim></auth_results>";

/** A mail with such a report, as the host has received it. */
export function mailOf(report: ReportedDay): string {
  const { reporter, domain = "example.com", day, hoursLate, pass = 0, fail = 0, isSameStream = false } = report;
  const { from, orgName } = reporters[reporter];
  const passed = record({ count: String(pass) })
    .replace("<disposition>reject", "<disposition>none")
    .replace("<dkim>fail", "<dkim>pass")
    .replace("<spf>fail", "<spf>pass")
    .replace("</identifiers>", `</identifiers>${isSameStream ? asSubdomain : ""}`);
  const failed = record({ count: String(fail) }).replace("</identifiers>", `</identifiers>${asSubdomain}`);
  const begin = Date.parse(`${day}T00:00:00Z`) / 1000;
  const xml = reportXml({ reportId: `${reporter}-${day}-${hoursLate}`, records: passed + (fail === 0 ? "" : failed) })
    .replace("<org_name>example.net", `<org_name>${orgName}`)
    .replace("1794700800", String(begin))
    .replace("1794787199", String(begin + 86_399))
    .replaceAll("example.com", domain);
  const arrived = new Date(Date.parse(dayAfter(day)) + hoursLate * 3_600_000).toISOString();
  return `${headerOf(from, arrived).join("\n")}\n\n${xml}\n`;
}

function headerOf(from: string, arrived: string): string[] {
  return [
    `Authentication-Results: mx.example.net; dmarc=pass header.from=${from.split("@")[1]}`,
    `Received: from a.example by mx.example.net; ${new Date(arrived).toUTCString().replace("GMT", "+0000")}`,
    `From: ${from}`,
    "Subject: Report Domain: example.com",
    "Content-Type: text/xml",
  ];
}

/** What one reporter saw of one day of inbound TLS. */
interface Sessions {
  /** `example.com` unless told otherwise. */
  domain?: string;
  succeeded?: number;
  failed?: number;
  result?: string;
  /** An enforced policy of MTA-STS unless told otherwise. */
  policy?: object;
}

/** Puts a TLS report of one day into the mailbox, as somebody would by hand. */
export function putTls({ mailbox }: RunPlace, day: string, reporter: string, sessions: Sessions = {}): void {
  const { domain = "example.com", succeeded = 100, failed = 0, result = "certificate-expired" } = sessions;
  const { policy = { "policy-type": "sts", "policy-string": ["mode: enforce"] } } = sessions;
  const details = { "result-type": result, "receiving-mx-hostname": "mx1.example.com", "failed-session-count": failed };
  const report = {
    "organization-name": reporter,
    "date-range": { "start-datetime": `${day}T00:00:00Z`, "end-datetime": `${day}T23:59:59Z` },
    "contact-info": `tls@${reporter}`,
    "report-id": `${day}_${domain}`,
    policies: [
      {
        policy: { ...policy, "policy-domain": domain },
        summary: { "total-successful-session-count": succeeded, "total-failure-session-count": failed },
        "failure-details": failed === 0 ? [] : [details],
      },
    ],
  };
  writeFileSync(join(mailbox, `tls-${reporter}-${day}-${domain}.json`), JSON.stringify(report));
}
