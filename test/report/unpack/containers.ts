import { gzipSync } from "node:zlib";
import { zipOf } from "../report-files.ts";

/** All ways in which a report may come, bare or in a mail: name, and what makes it of the XML. */
export const containers: Readonly<Record<string, (xml: Buffer) => Buffer>> = {
  XML: (xml) => xml,
  gzip: (xml) => gzipSync(xml),
  zip: (xml) => zip(xml),
  "gzip in gzip": (xml) => gzipSync(gzipSync(xml)),
  "gzip in zip": (xml) => zip(gzipSync(xml)),
  "zip in gzip": (xml) => gzipSync(zip(xml)),
  "gzip of two members": (xml) => Buffer.concat([gzipSync(xml.subarray(0, 40)), gzipSync(xml.subarray(40))]),
  "gzip with a line after it": (xml) => Buffer.concat([gzipSync(xml), Buffer.from("\r\n")]),
  "mail, gzip": (xml) => mail(base64("application/gzip", gzipSync(xml))),
  "mail, zip without type": (xml) => mail(base64("application/octet-stream", zip(xml))),
  "mail, XML in base64": (xml) => mail(base64("text/xml", xml)),
  "mail, XML in quoted-printable": (xml) => mail(quotedPrintable(xml)),
  "mail, zip as inline text": (xml) => mail(base64("text/plain", zip(xml))),
  "mail, gzip in undeclared base64": (xml) =>
    mail(base64("application/gzip", gzipSync(xml)).replace(/.*Transfer.*\r\n/, "")),
  "mail that is the gzip": (xml) => Buffer.from(`Subject: x\r\n${base64("application/gzip", gzipSync(xml))}`),
  "mail forwarded": (xml) => forward(mail(base64("application/zip", zip(xml)))),
  "mail forwarded three times": (xml) => forward(forward(forward(mail(base64("application/gzip", gzipSync(xml)))))),
};

function zip(bytes: Buffer): Buffer {
  return zipOf([{ name: "r.xml", bytes }]);
}

function mail(part: string): Buffer {
  return multipart(["Content-Type: text/plain\r\n\r\nA report.", part], "inner");
}

function forward(inner: Buffer): Buffer {
  const boundary = `outer${inner.length}`;
  return multipart(
    ["Content-Type: text/plain\r\n\r\nFYI", `Content-Type: message/rfc822\r\n\r\n${inner.toString("latin1")}`],
    boundary,
  );
}

function multipart(parts: string[], boundary: string): Buffer {
  const bodies = parts.map((part) => `--${boundary}\r\n${part}\r\n`);
  return Buffer.from(
    `Subject: x\r\nContent-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n${bodies.join("")}--${boundary}--\r\n`,
    "latin1",
  );
}

function base64(type: string, bytes: Buffer): string {
  const lines = bytes.toString("base64").replace(/(.{76})/g, "$1\r\n");
  return `Content-Type: ${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}`;
}

function quotedPrintable(bytes: Buffer): string {
  const encoded = [...bytes].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
  return `Content-Type: text/xml; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${encoded.replace(/(.{72})/g, "$1=\r\n")}`;
}
