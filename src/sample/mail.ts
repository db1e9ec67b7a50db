import type { Random } from "./random.ts";

/** A mail as its sender hands it over. */
export interface Letter {
  /** The address of the From field and of the envelope. */
  from: string;
  subject: string;
  /** Without the `<>`. */
  messageId: string;
  /** The Date field, as made by `formatDate`. */
  date: string;
  /** The host that delivers it. */
  host: { name: string; address: string };
  /** The DKIM signature that the receiving host finds to be good; without one, SPF alone speaks for the mail. */
  signed?: { domain: string; selector: string };
  /** Fields that the sender adds, each of them with its name, without line end. */
  fields?: string[];
  body: MimePart;
}

/** A part of a mail, or the whole of it: its own header fields, and its content as it is sent. */
export interface MimePart {
  fields: string[];
  content: string;
}

/** A file to send. */
export interface Attachment {
  name: string;
  type: string;
  bytes: Uint8Array;
}

/** The address that the sample's domains ask reports to be sent to. */
const reportAddress = "dmarc-reports@example.net";

/**
 * The bytes of a mail as it lies in the mailbox, below the fields that the receiving host has added.
 *
 * Reports carry no DKIM signatures here; that they were good is said by the host's Authentication-Results (RFC 8601).
 *
 * @param arrived - Seconds since the epoch.
 */
export function receiveMail(letter: Letter, arrived: number, random: Random): Uint8Array {
  const { from, host, body } = letter;
  const fields = [
    `Return-Path: <${from}>`,
    `Delivered-To: ${reportAddress}`,
    authenticationResults(letter),
    `Received: from ${host.name} (${host.name} [${host.address}])\r\n\tby mx.example.net (Postfix) with ESMTPS id ${random.hex(10).toUpperCase()}` +
      `\r\n\tfor <${reportAddress}>; ${formatDate(arrived)}`,
    ...(letter.fields ?? []),
    `Date: ${letter.date}`,
    `From: <${from}>`,
    `To: <${reportAddress}>`,
    `Subject: ${letter.subject}`,
    `Message-ID: <${letter.messageId}>`,
    "MIME-Version: 1.0",
    ...body.fields,
  ];
  return Buffer.from(`${fields.join("\r\n")}\r\n\r\n${body.content}`);
}

/** A file as a part of its own. */
export function attachmentPart({ name, type, bytes }: Attachment): MimePart {
  const fields = [
    `Content-Type: ${type};\r\n\tname="${name}"`,
    `Content-Disposition: attachment;\r\n\tfilename="${name}"`,
    "Content-Transfer-Encoding: base64",
  ];
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,76}/g) ?? [];
  return { fields, content: `${lines.join("\r\n")}\r\n` };
}

/** Text for people, in ASCII. */
export function textPart(subtype: "plain" | "html", text: string): MimePart {
  return {
    fields: [`Content-Type: text/${subtype}; charset="us-ascii"`, "Content-Transfer-Encoding: 7bit"],
    content: `${text}\r\n`,
  };
}

/** Several parts as one (RFC 2046, "multipart/mixed"). */
export function multipart(boundary: string, parts: MimePart[]): MimePart {
  const texts = parts.map(({ fields, content }) => `--${boundary}\r\n${fields.join("\r\n")}\r\n\r\n${content}\r\n`);
  return {
    fields: [`Content-Type: multipart/mixed;\r\n\tboundary="${boundary}"`],
    content: `${texts.join("")}--${boundary}--\r\n`,
  };
}

/** A moment as in a Date field (RFC 5322), on a clock `offset` hours ahead of UTC. */
export function formatDate(seconds: number, offset = 0): string {
  const clock = new Date((seconds + offset * 3600) * 1000).toUTCString();
  const hours = String(Math.abs(offset)).padStart(2, "0");
  return clock.replace("GMT", `${offset < 0 ? "-" : "+"}${hours}00`);
}

function authenticationResults({ from, signed }: Letter): string {
  const domain = from.slice(from.indexOf("@") + 1);
  const dkim = signed === undefined ? "dkim=none" : `dkim=pass header.d=${signed.domain} header.s=${signed.selector}`;
  const results = [dkim, `spf=pass smtp.mailfrom=${from}`, `dmarc=pass (p=reject dis=none) header.from=${domain}`];
  return `Authentication-Results: mx.example.net;\r\n\t${results.join(";\r\n\t")}`;
}
