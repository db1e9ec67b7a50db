import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readHeader } from "../../src/report/header.ts";
import { messageIdOf, readMail } from "../../src/report/mail/mail.ts";
import { checkDkim } from "../../src/report/trust/dkim.ts";
import { type Judgement, judgeMail } from "../../src/report/trust/judge.ts";
import { topmostAuthservId } from "../../src/report/trust/trusted-hosts.ts";
import { reportXml } from "./report-files.ts";
import { trust } from "./trust/host-headers.ts";
import { makeRsaKey, reportMail, signMail } from "./trust/signed-mail.ts";

/* Headers as no reporter writes them, through all that look at header fields: they must see the same fields. */

const key = makeRsaKey(2048);
const at = new Date("2026-11-20T09:00:00Z");
const signed = await signMail(reportMail(), { key, signedAt: new Date("2026-11-20T08:00:00Z") });
const passed = "mx.host.example; dmarc=pass header.from=example.com";
const packed = `Content-Transfer-Encoding: base64\r\n\r\n${gzipSync(reportXml()).toString("base64")}`;
const parts = `--b\r\nContent-Type: application/gzip\r\n${packed}\r\n--b--\r\n`;

const dkimOf = (mail: Uint8Array) =>
  checkDkim(mail, {
    fromDomain: "example.com",
    at,
    resolve: async () => ({ kind: "found", records: [key.record] }),
  });

/** In short: `failed`, `verified by dkim`, `unverified`. */
async function judged(mail: string, ...hosts: string[]): Promise<string> {
  const judgement: Judgement = await judgeMail(Buffer.from(mail, "latin1"), {
    trustedHosts: trust(...hosts),
    ownDomains: [],
    trustedReporters: [],
    isGiven: false,
    checkDkim: dkimOf,
  });
  if (judgement.kind !== "judged") return judgement.kind;
  const { verdict, by } = judgement.authenticity;
  return by === undefined ? verdict : `${verdict} by ${by}`;
}

/** Those who look for a field that counts for a mail; each with the field, and whether it is seen. */
const seekers: Record<string, (write: (name: string, value: string) => string) => Promise<boolean>> = {
  Received: async (write) => {
    const mail = `${write("Received", "by mx.host.example; Thu, 19 Nov 2026 10:12:00 +0000")}\r\n${reportMail()}`;
    return (await readMail(Buffer.from(mail, "latin1"), { now: at })).received !== undefined;
  },
  "Message-ID": async (write) => {
    const mail = `${write("Message-ID", "<2@example.com>")}\r\nFrom: a@example.com\r\n\r\n`;
    return messageIdOf(Buffer.from(mail, "latin1")) !== undefined;
  },
  "Content-Type": async (write) => {
    const mail = `${write("Content-Type", "multipart/mixed; boundary=b")}\r\n\r\n${parts}`;
    const { files } = await readMail(Buffer.from(mail, "latin1"), { now: at });
    return files.every((file) => file.report !== undefined && file.isAstray !== true);
  },
  "Authentication-Results": async (write) =>
    (await judged(`${write("Authentication-Results", passed)}\r\n${reportMail()}`, "mx.host.example")) ===
    "verified by header",
  "Authentication-Results for advice": async (write) => {
    const { fields } = readHeader(Buffer.from(`${write("Authentication-Results", passed)}\r\n\r\n`, "latin1")) ?? {
      fields: [],
    };
    return topmostAuthservId(fields) !== undefined;
  },
  From: async (write) =>
    (await judged(
      `Authentication-Results: ${passed}\r\n${write("From", "a@example.com")}\r\n\r\n`,
      "mx.host.example",
    )) === "verified by header",
};

/** Those to whom a second field counts against a mail; each with the field, and whether it does. */
const guards: Record<string, (write: (name: string, value: string) => string) => Promise<boolean>> = {
  "a second From, with our own check of DKIM": async (write) => {
    const verdict = await judged(`${write("From", "a@example.com")}\r\n${signed}`);
    expect(["failed", "verified by dkim"]).toContain(verdict);
    return verdict === "failed";
  },
  "a second From, with a trusted host": async (write) => {
    const mail = `Authentication-Results: ${passed}\r\n${write("From", "a@example.com")}\r\n${signed}`;
    const verdict = await judged(mail, "mx.host.example");
    expect(["failed", "verified by header"]).toContain(verdict);
    return verdict === "failed";
  },
  "a second From, in the check of DKIM itself": async (write) => {
    const { kind } = await dkimOf(Buffer.from(`${write("From", "a@example.com")}\r\n${signed}`, "latin1"));
    expect(["failed", "pass"]).toContain(kind);
    return kind === "failed";
  },
  ...secondFields(["Content-Type", "text/xml"], ["MIME-Version", "1.0"], ["Subject", "Hello"]),
  "Received above a forged Authentication-Results": async (write) => {
    const real = "Authentication-Results: mx.host.example; x-ptr=pass";
    const forged = `Authentication-Results: ${passed}`;
    const mail = `${real}\r\n${write("Received", "from x by y")}\r\n${forged}\r\n${reportMail()}`;
    return (await judged(mail, "mx.host.example")) === "unverified";
  },
};

function secondFields(...fields: [name: string, value: string][]): typeof guards {
  const guarded = fields.flatMap(([name, value]): [string, (typeof guards)[string]][] => {
    const second = (write: (name: string, value: string) => string): string => `${write(name, value)}\r\n${signed}`;
    const isUnsure = async (mail: string, ...hosts: string[]): Promise<boolean> => {
      const verdict = await judged(mail, ...hosts);
      expect(verdict).toMatch(/^unverified$|^verified by/);
      return verdict === "unverified";
    };
    return [
      [`a second ${name}, with our own check of DKIM`, (write) => isUnsure(second(write))],
      [
        `a second ${name}, with a trusted host`,
        (write) => isUnsure(`Authentication-Results: ${passed}\r\n${second(write)}`, "mx.host.example"),
      ],
      [
        `a second ${name}, in the check of DKIM itself`,
        async (write) => (await dkimOf(Buffer.from(second(write), "latin1"))).kind === "none",
      ],
    ];
  });
  return Object.fromEntries(guarded);
}

type Row = [what: string, write: (name: string, value: string) => string];

/** `From a@…` on top of a mail of an mbox. */
const mboxLine = "From a@example.com Mon Nov 16 10:00:00 2026";

const plain: Row[] = [
  ["as it should be", (name, value) => `${name}: ${value}`],
  ["in lower case", (name, value) => `${name.toLowerCase()}:${value}`],
  ["in upper case", (name, value) => `${name.toUpperCase()}: ${value}`],
  ["with a blank before its colon", (name, value) => `${name} : ${value}`],
  ["with a tab before its colon", (name, value) => `${name}\t: ${value}`],
  ["folded after its colon", (name, value) => `${name}:\r\n\t${value}`],
  ["with bare line feeds", (name, value) => `X: y\n${name}:\n ${value}\nX: y`],
  ["below CR CR LF", (name, value) => `X: y\r\r\n${name}: ${value}`],
  ["below the line of an mbox", (name, value) => `${mboxLine}\r\n${name}: ${value}`],
  ["below a line that is no field", (name, value) => `X: y\r\nno field\r\n${name}: ${value}`],
  ["below a field without a name", (name, value) => `: y\r\n${name}: ${value}`],
  ["below NUL and 8-bit bytes", (name, value) => `X: \0\xff\r\n\xff\0\r\n${name}: ${value}`],
  ["below a line of blanks", (name, value) => `X: y\r\n \r\n${name}: ${value}`],
  ["below 19,000 others", (name, value) => `${"X: y\r\n".repeat(19_000)}${name}: ${value}`],
  ["below one of 900 KB", (name, value) => `X: ${"y".repeat(900 * 1024)}\r\n${name}: ${value}`],
  ["below one of 900 KB in folds", (name, value) => `X: ${"\r\n y".repeat(225 * 1024)}\r\n${name}: ${value}`],
];

const odd: Row[] = [
  ["with a fold before its colon", (name, value) => `${name}\r\n : ${value}`],
  ["with two", (name, value) => `${name}\n\t \n : ${value}`],
  ["with a NUL before its colon", (name, value) => `${name}\0: ${value}`],
  ["with a NUL in its name", (name, value) => `${name.slice(0, 2)}\0${name.slice(2)}: ${value}`],
  ["with a vertical tab before its name", (name, value) => `X: y\r\n\v${name}: ${value}`],
  ["with a form feed before its colon", (name, value) => `${name}\f: ${value}`],
  ["with CR before its colon", (name, value) => `${name}\r: ${value}`],
  ["with CR before its name", (name, value) => `X: y\r\n\r${name}: ${value}`],
  ["with a no-break space before its colon", (name, value) => `${name}\xa0: ${value}`],
  ["with a byte order mark before its name", (name, value) => `\xef\xbb\xbf${name}: ${value}`],
];

const none: Row[] = [
  ["in the fold of another", (name, value) => `X: y\r\n ${name}: ${value}`],
  ["in the fold of a line of an mbox", (name, value) => `${mboxLine}\r\n ${name}: ${value}`],
  ["in a field without a name", (name, value) => `: ${name}: ${value}`],
  ["behind other words", (name, value) => `some ${name}: ${value}`],
  ["behind other letters", (name, value) => `X-${name}: ${value}`],
  ["without a colon", (name, value) => `${name} ${value.replaceAll(":", "")}`],
];

describe.each(plain)("a field %s", (_, write) => {
  test.each(Object.entries(seekers))("counts as %s", async (_name, sees) => {
    expect(await sees(write)).toBe(true);
  });

  test.each(Object.entries(guards))("counts as %s", async (_name, minds) => {
    expect(await minds(write)).toBe(true);
  });
});

describe.each(odd)("a field %s counts against a mail, and never for it", (_, write) => {
  test.each(Object.entries(seekers))("as %s", async (_name, sees) => {
    expect(await sees(write)).toBe(false);
  });

  test.each(Object.entries(guards))("as %s", async (_name, minds) => {
    expect(await minds(write)).toBe(true);
  });
});

describe.each(none)("what stands %s is no field", (_, write) => {
  test.each(Object.entries(seekers))("and no %s", async (_name, sees) => {
    expect(await sees(write)).toBe(false);
  });

  test.each(Object.entries(guards))("and not %s", async (_name, minds) => {
    expect(await minds(write)).toBe(false);
  });
});

test.each([
  ["behind CR alone", (name: string, value: string) => `X: y\r${name}: ${value}`],
  ["behind CR alone and blanks", (name: string, value: string) => `X: y\r \0${name} : ${value}`],
  ["behind CR alone in a fold", (name: string, value: string) => `X: y\r\n y\r${name}: ${value}`],
  ["behind CR alone in a line that is no field", (name: string, value: string) => `y\r${name}: ${value}`],
])("%s there may be another field to some readers, and it counts against a mail alone", async (_, write) => {
  const seen = Object.entries(guards).map(async ([name, minds]) => [name, await minds(write)]);
  const expected = Object.keys(guards).map((name) => [name, name.startsWith("a second")]);
  expect(await Promise.all(seen)).toEqual(expected);
  for (const sees of Object.values(seekers)) expect(await sees(write)).toBe(false);
});

test.each([
  ["of more than 20,000 fields", "X: y\r\n".repeat(20_001)],
  ["of more than a megabyte in one field", `X: ${"y".repeat(1024 * 1024)}\r\n`],
  ["of more than a megabyte in lines that are no fields", "y\r\n".repeat(400 * 1024)],
  ["that ends on top", "\r\n"],
  ["that ends on top by a line feed", "\n"],
])("nobody sees a field below a header %s", async (_, top) => {
  const write = (name: string, value: string): string => `${top}${name}: ${value}`;
  for (const sees of Object.values(seekers)) expect(await sees(write)).toBe(false);
  expect(await judged(`${top}Authentication-Results: ${passed}\r\n${signed}`, "mx.host.example")).toBe("unverified");
  expect(await dkimOf(Buffer.from(`${top}${signed}`))).toMatchObject({ kind: "none" });
});

test("a header without an empty line at its end has all its fields", async () => {
  const date = "Received: by mx.host.example; Thu, 19 Nov 2026 10:12:00 +0000";
  const mail = `Authentication-Results: ${passed}\r\nMessage-ID: <2@example.com>\r\n${date}\r\nFrom: a@example.com`;
  expect(await judged(mail, "mx.host.example")).toBe("verified by header");
  expect(messageIdOf(Buffer.from(mail))).toBe("<2@example.com>");
  expect((await readMail(Buffer.from(mail), { now: at })).received).toBe("2026-11-19T10:12:00Z");
});

describe("two From addresses fail, whoever judges", () => {
  const twice: [string, string][] = [
    ["two fields", "From: noreply@example.com\r\nFrom: a@evil.example"],
    ["two fields of one domain", "From: noreply@example.com\r\nFROM: noreply@example.com"],
    ["another with a blank before its colon", "From: noreply@example.com\r\nFrom : a@evil.example"],
    ["another with a fold before its colon", "From\r\n : a@evil.example\r\nFrom: noreply@example.com"],
    ["two addresses", "From: noreply@example.com, a@evil.example"],
    ["two addresses of one domain", "From: noreply@example.com, a@example.com"],
    ["two addresses in a group", "From: Reports: noreply@example.com, a@evil.example;"],
    ["another behind CR alone", "From: noreply@example.com\rFrom: a@evil.example"],
  ];

  test.each(twice)("%s", async (_, fields) => {
    const mail = await signMail(reportMail().replace(/^From: .*/, fields), {
      key,
      fields: "From:Subject",
      signedAt: at,
    });
    expect(await judged(mail)).toBe("failed");
    expect(await judged(`Authentication-Results: ${passed}\r\n${mail}`, "mx.host.example")).toBe("failed");
    expect(await dkimOf(Buffer.from(mail))).toMatchObject({ kind: "failed" });
  });
});
