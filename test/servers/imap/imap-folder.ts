import { type ImapScript, startImapScript } from "./imap-script.ts";

/** A mail of the folder. */
export interface FolderMail {
  uid: number;
  /** ASCII, lines with CRLF. */
  text: string;
  /** INTERNALDATE. */
  arrived: Date;
}

/** A folder that a test fills, and whose connection it cuts. */
export interface ImapFolder extends ImapScript {
  mails: FolderMail[];
  uidValidity: number;
  /** After so many whole mails the connection is closed, once. */
  cutAfter: number | undefined;
  /** Whether a part of header fields is refused. */
  refusesPartialFields?: boolean;
  /** The UIDs of the whole mails that were handed over, in that order. */
  fetched: number[];
}

/** Starts a server with one folder that knows what is needed to read it, and is as fast as a test of many runs wants it. */
export async function startImapFolder(): Promise<ImapFolder> {
  const script = await startImapScript({
    CAPABILITY: "* CAPABILITY IMAP4rev1\nOK done",
    EXAMINE: (_, tag) => {
      const next = (folder.mails.at(-1)?.uid ?? 0) + 1;
      const lines = [`${folder.mails.length} EXISTS`, `OK [UIDVALIDITY ${folder.uidValidity}]`, `OK [UIDNEXT ${next}]`];
      return `${lines.map((line) => `* ${line}\r\n`).join("")}${tag} OK [READ-ONLY] open\r\n`;
    },
    "UID SEARCH": (_, tag) => `* SEARCH ${folder.mails.map(({ uid }) => uid).join(" ")}\r\n${tag} OK done\r\n`,
    "UID FETCH": fetchRows,
    LOGOUT: "* BYE bye\nOK done",
  });
  const folder: ImapFolder = Object.assign(script, { mails: [], uidValidity: 1, cutAfter: undefined, fetched: [] });

  function fetchRows(command: string, tag: string): string {
    const [, set = "", what = ""] = /^UID FETCH (\S+) (.*)$/.exec(command) ?? [];
    if (folder.refusesPartialFields && /HEADER\.FIELDS [^\]]*\]</.test(what)) return `${tag} BAD no such thing\r\n`;
    const rows: string[] = [];
    for (const [index, mail] of folder.mails.entries()) {
      if (!isIn(set, mail.uid)) continue;
      if (what.includes("BODY.PEEK[]")) {
        if (folder.cutAfter === 0) {
          folder.cutAfter = undefined;
          return rows.join("");
        }
        if (folder.cutAfter !== undefined) folder.cutAfter -= 1;
        folder.fetched.push(mail.uid);
      }
      rows.push(`* ${index + 1} FETCH (${[`UID ${mail.uid}`, ...itemsOf(mail, what)].join(" ")})\r\n`);
    }
    return `${rows.join("")}${tag} OK done\r\n`;
  }

  function isIn(set: string, uid: number): boolean {
    const highest = folder.mails.at(-1)?.uid ?? 0;
    return set.split(",").some((range) => {
      const [from = 0, to = from] = range.split(":").map((end) => (end === "*" ? highest : Number(end)));
      return uid >= Math.min(from, to) && uid <= Math.max(from, to);
    });
  }

  return folder;
}

function itemsOf({ text, arrived }: FolderMail, what: string): string[] {
  const items: string[] = [];
  const [, names, most] = /HEADER\.FIELDS \(([^)]*)\)\](?:<0\.(\d+)>)?/.exec(what) ?? [];
  if (what.includes("RFC822.SIZE")) items.push(`RFC822.SIZE ${text.length}`, `INTERNALDATE "${imapDate(arrived)}"`);
  if (names !== undefined) {
    const fields = fieldsOf(text, names.split(" ")).slice(0, most === undefined ? undefined : Number(most));
    items.push(`BODY[HEADER.FIELDS (${names})]${most === undefined ? "" : "<0>"} ${literal(fields)}`);
  }
  if (what.includes("BODY.PEEK[]")) items.push(`BODY[]<0> ${literal(text)}`);
  return items;
}

function literal(text: string): string {
  return `{${text.length}}\r\n${text}`;
}

/** The fields of these names in the order of the mail, folds included, and the empty line. */
function fieldsOf(text: string, names: readonly string[]): string {
  const [header = ""] = text.split("\r\n\r\n");
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const fields = header.split(/\r\n(?![ \t])/);
  return [...fields.filter((field) => wanted.has(field.split(":")[0]?.toLowerCase() ?? "")), "", ""].join("\r\n");
}

function imapDate(date: Date): string {
  const [, day, month, year, time] = date.toUTCString().split(" ");
  return `${day}-${month}-${year} ${time} +0000`;
}
