import { Buffer } from "node:buffer";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { zip } from "../../src/sample/container.ts";
import {
  type Attachment,
  attachmentPart,
  formatDate,
  multipart,
  receiveMail,
  textPart,
} from "../../src/sample/mail.ts";
import { makeRandom, type Random } from "../../src/sample/random.ts";

/** The corpora by name: how many records each of their reports has, one report a mail. */
export const corpora: Readonly<Record<"S" | "M" | "L", readonly number[]>> = {
  S: recordCounts(200),
  M: recordCounts(2000),
  L: [200_000],
};

/** Most reports are small, a few have some thousand records, and one in 200 has 20,000: the same on each machine. */
function recordCounts(mails: number): number[] {
  const random = makeRandom("record counts");
  return Array.from({ length: mails }, (_, index) =>
    index % 200 === 0 ? 20_000 : Math.floor(Math.min(2000, 1 / (1 - random.between(0, 1)))),
  );
}

/** Writes a corpus into a folder, a file a mail. */
export async function saveCorpus(folder: string, counts: readonly number[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [index, count] of counts.entries()) {
    const name = `${String(index).padStart(5, "0")}.eml`;
    await writeFile(join(folder, name), mailOf(index, count));
  }
}

const begin = 1_794_700_800;
const day = 86_400;

function mailOf(index: number, count: number): Uint8Array {
  const random = makeRandom(`mail ${index} of ${count}`);
  const xml = Buffer.from(formatReport(index, count, random));
  const file = `receiver.example!example.com!${begin}!${begin + day - 1}`;
  // zip() of the sample packs in plain TypeScript, which is slow for a large file.
  const attachment: Attachment =
    index % 3 === 1 && count < 5000
      ? { name: `${file}.zip`, type: "application/zip", bytes: zip(`${file}.xml`, xml) }
      : { name: `${file}.xml.gz`, type: "application/gzip", bytes: gzipSync(xml) };
  const part = attachmentPart(attachment);
  const letter = {
    from: "noreply-dmarc@receiver.example",
    subject: `Report domain: example.com Submitter: receiver.example Report-ID: ${index}`,
    messageId: `${index}.${random.hex(16)}@receiver.example`,
    date: formatDate(begin + day),
    host: { name: "mta.receiver.example", address: "192.0.2.25" },
    fields: [
      `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=receiver.example;\r\n\ts=k1; h=from:to:subject;\r\n\tbh=${random.hex(44)};\r\n\tb=${random.hex(340)}`,
    ],
    body:
      index % 2 === 0 ? part : multipart(`b${random.hex(20)}`, [textPart("plain", "This is a DMARC report."), part]),
  };
  return receiveMail(letter, begin + day + 60, random);
}

function formatReport(index: number, count: number, random: Random): string {
  const records = Array.from({ length: count }, () => formatRecord(random));
  return `<?xml version="1.0" encoding="UTF-8" ?>
<feedback>
  <report_metadata>
    <org_name>receiver.example</org_name>
    <email>noreply-dmarc@receiver.example</email>
    <report_id>${index}.${begin}</report_id>
    <date_range>
      <begin>${begin}</begin>
      <end>${begin + day - 1}</end>
    </date_range>
  </report_metadata>
  <policy_published>
    <domain>example.com</domain>
    <adkim>r</adkim>
    <aspf>r</aspf>
    <p>reject</p>
    <sp>reject</sp>
    <pct>100</pct>
  </policy_published>
${records.join("")}</feedback>
`;
}

/** Addresses hardly repeat; domains, selectors and results do, as far as forwarders and spammers allow. */
function formatRecord(random: Random): string {
  const [dkim, spf] = [random.below(10) < 7 ? "pass" : "fail", random.below(10) < 6 ? "pass" : "fail"];
  const host = random.below(4) === 0 ? `host${random.below(3000)}.example.net` : `mail${random.below(8)}.example.com`;
  const reason =
    dkim === "fail" && random.below(8) === 0
      ? "\n        <reason>\n          <type>forwarded</type>\n          <comment>looks forwarded, downgrade to none</comment>\n        </reason>"
      : "";
  const signatures = Array.from({ length: [0, 1, 1, 1, 2][random.below(5)] ?? 1 }, (_, index) => {
    const domain = index === 0 ? "example.com" : `esp${random.below(20)}.example.org`;
    return `      <dkim>\n        <domain>${domain}</domain>\n        <result>${dkim}</result>\n        <selector>s${random.below(12)}</selector>\n      </dkim>\n`;
  });
  return `  <record>
    <row>
      <source_ip>${formatAddress(random)}</source_ip>
      <count>${1 + random.below(random.below(5) === 0 ? 900 : 3)}</count>
      <policy_evaluated>
        <disposition>${dkim === "fail" && spf === "fail" ? "reject" : "none"}</disposition>
        <dkim>${dkim}</dkim>
        <spf>${spf}</spf>${reason}
      </policy_evaluated>
    </row>
    <identifiers>
      <header_from>${random.below(3) === 0 ? host : "example.com"}</header_from>
    </identifiers>
    <auth_results>
${signatures.join("")}      <spf>
        <domain>${host}</domain>
        <result>${spf === "pass" ? "pass" : "softfail"}</result>
      </spf>
    </auth_results>
  </record>
`;
}

function formatAddress(random: Random): string {
  if (random.below(6) > 0) return `198.51.${random.below(256)}.${random.below(256)}`;
  return `2001:db8:${random.hex(4)}:${random.hex(4)}::${random.hex(4)}`;
}
