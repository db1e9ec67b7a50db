import { Buffer } from "node:buffer";
import { gzip } from "../../../src/sample/container.ts";
import { attachmentPart, formatDate, receiveMail } from "../../../src/sample/mail.ts";
import { makeRandom } from "../../../src/sample/random.ts";
import { formatXml } from "../../../src/sample/xml.ts";
import type { Life } from "./life.ts";
import { lifeReporters } from "./reporters.ts";
import { type Delivery, deliveriesOf } from "./reports.ts";

/** The `authserv-id` of the host that receives the mails. */
export const receivingHost = "mx.example.net";

/**
 * The mails that bring the reports of a life: for whole runs, which give the history that `historyFiles` makes.
 *
 * @param since - Mails that arrive after it, and up to `until`; ISO 8601.
 * @returns Bytes by file name, in order of arrival.
 */
export function mailsOf(life: Life, since: string, until: string): Map<string, Uint8Array> {
  const arriving = deliveriesOf(life).filter(({ arrived }) => arrived > since && arrived <= until);
  return new Map(arriving.map((delivery) => [`${delivery.key.replaceAll(/[^\w.-]+/g, "_")}.eml`, mailOf(delivery)]));
}

function mailOf({ report, reporter, arrived, isAuthenticated, key }: Delivery): Uint8Array {
  const { domain, saysEnvelope } = lifeReporters[reporter];
  const { policyPublished: policy, reportMetadata } = report;
  const { reportId, dateRange } = reportMetadata;
  const xml = formatXml(report, {
    declaration: '<?xml version="1.0" encoding="UTF-8" ?>',
    policy: { np: policy.np, pct: policy.pct, testing: policy.testing },
    envelopeFrom: saysEnvelope,
    scope: true,
  });
  const seconds = Date.parse(arrived) / 1000;
  const name = `${domain}!${policy.domain}!${dateRange.begin}!${dateRange.end}.xml.gz`;
  const letter = {
    from: `noreply@${domain}`,
    subject: `Report domain: ${policy.domain} Submitter: ${domain} Report-ID: ${reportId}`,
    messageId: `${reportId}@${domain}`,
    date: formatDate(seconds - 5),
    host: { name: `mta.${domain}`, address: "192.0.2.25" },
    signed: { domain, selector: "r1" },
    body: attachmentPart({ name, type: "application/gzip", bytes: gzip(Buffer.from(xml)) }),
  };
  const bytes = receiveMail(letter, seconds, makeRandom(`mail ${key}`));
  return isAuthenticated
    ? bytes
    : Buffer.from(
        Buffer.from(bytes)
          .toString()
          .replace(/(dkim|spf|dmarc)=pass/g, "$1=none"),
      );
}
