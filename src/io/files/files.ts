import { closeSync, createReadStream, fstatSync, openSync, readSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isInShard, type Shard } from "../../history/intake/intake.ts";
import { defaultLimits, type Limits } from "../../report/limits.ts";
import type { Reason } from "../../report/reason.ts";
import type { Refusal } from "../../report/refusal.ts";
import { filesInZip, isZip } from "../../report/unpack/unpack.ts";
import { type MailSource, SourceError, type SourceMail } from "../source.ts";
import { isMbox, type MboxMail, readMbox } from "./mbox.ts";

export { type LineFile, linesIn, writeLines } from "./lines.ts";
export { outputFolder } from "./output-folder.ts";

/**
 * A source of files on disk: single files, mboxes and folders.
 *
 * In a folder every regular file at any depth is tried, in the order of the names' code units, so that a Maildir works
 * without more; symbolic links in it are not followed. An mbox is recognized by its first line; a zip of mails, of an mbox
 * or of many reports is read as a folder of them. A file above `limits.mailBytes` is not read. One that can't be read is handed over as such, and ends nothing. With a shard, only every `of`-th mail is handed over.
 */
export function filesSource(options: { name: string; paths: string[]; limits?: Limits; shard?: Shard }): MailSource {
  const { name, paths, limits = defaultLimits, shard } = options;
  return {
    name,
    async *mails() {
      let number = 0;
      for (const path of paths) await checkPath(path);
      for (const path of paths)
        for await (const mail of readPath(path, limits)) {
          if (isInShard(number, shard)) yield { ...mail, ...(shard && { order: number }) };
          number += 1;
        }
    },
    cursor: () => undefined,
    remaining: () => undefined,
  };
}

/**
 * Checks that a path names a file or a folder.
 *
 * @throws SourceError that says what is wrong with it.
 */
export async function checkPath(path: string): Promise<void> {
  try {
    const found = await stat(path);
    if (found.isFile() || found.isDirectory()) return;
  } catch (error) {
    throw new SourceError({ code: "path-not-opened", path, why: problemOf(error) }, { cause: error });
  }
  throw new SourceError({ code: "path-neither", path });
}

async function* readPath(path: string, limits: Limits): AsyncGenerator<SourceMail> {
  const found = await stat(path).catch((error: unknown) => unreadable(path, error));
  if ("unreadable" in found) yield found;
  else if (found.isDirectory()) yield* readFolder(path, limits);
  else yield* readFile(path, limits);
}

async function* readFolder(folder: string, limits: Limits): AsyncGenerator<SourceMail> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => unreadable(folder, error));
  if (!Array.isArray(entries)) {
    yield entries;
    return;
  }
  for (const entry of entries.sort(({ name: a }, { name: b }) => (a < b ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* readFolder(path, limits);
    else if (entry.isFile()) yield* readFile(path, limits);
  }
}

async function* readFile(path: string, limits: Limits): AsyncGenerator<SourceMail> {
  try {
    const file = loadFile(path, limits);
    if (file === "mbox") yield* numbered(path, readMbox(createReadStream(path), limits.mailBytes));
    else if (file.bytes && (await isZippedFolder(file.bytes, limits)))
      yield* numbered(path, mailsInZip(file.bytes, limits));
    else yield file;
  } catch (error) {
    yield unreadable(path, error);
  }
}

const mboxStart = 5;

/** Without a thread for each call, as nothing else is to be done meanwhile: that would take longer than to read a small mail. */
function loadFile(path: string, { mailBytes }: Limits): SourceMail | "mbox" {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const start = Buffer.allocUnsafe(size > mailBytes ? mboxStart : size);
    const bytes = start.subarray(0, readSync(file, start, 0, start.length, 0));
    if (isMbox(bytes)) return "mbox";
    if (size > mailBytes) return { name: path, file: { path }, size };
    return { name: path, file: { path }, bytes, size: bytes.length };
  } finally {
    closeSync(file);
  }
}

async function* numbered(path: string, mails: AsyncIterable<MboxMail | Refusal>): AsyncGenerator<SourceMail> {
  let mail = 0;
  for await (const one of mails) {
    mail += 1;
    const place = { name: `${path}#${mail}`, file: { path, mail } };
    yield "state" in one ? { ...place, unreadable: one.reason, size: 0 } : { ...place, ...one };
  }
}

/**
 * Whether a person has packed files into one, as an export of mails is: one that holds a mail or an mbox, or more files than a
 * mail may bring. Another zip of reports is itself what a mail would hold.
 */
async function isZippedFolder(bytes: Uint8Array, limits: Limits): Promise<boolean> {
  if (!isZip(bytes)) return false;
  try {
    let files = 0;
    for await (const file of filesInZip(bytes, limits)) {
      files += 1;
      if (files > limits.archiveEntries || (file instanceof Uint8Array && (isMbox(file) || isMail(file)))) return true;
    }
  } catch {
    // What is wrong with it is told when it is read as a report.
  }
  return false;
}

function isMail(bytes: Uint8Array): boolean {
  return /^[!-9;-~]+:\s/.test(Buffer.from(bytes.subarray(0, 200)).toString("latin1"));
}

async function* mailsInZip(packed: Uint8Array, limits: Limits): AsyncGenerator<MboxMail | Refusal> {
  const { mailBytes } = limits;
  for await (const file of filesInZip(packed, limits)) {
    if (!(file instanceof Uint8Array)) yield file;
    else if (isMbox(file)) yield* readMbox([Buffer.from(file.buffer, file.byteOffset, file.length)], mailBytes);
    else yield { ...(file.length > mailBytes ? {} : { bytes: file }), size: file.length };
  }
}

function unreadable(path: string, error: unknown): SourceMail & { unreadable: Reason } {
  return { name: path, file: { path }, unreadable: { code: "not-opened", why: problemOf(error) }, size: 0 };
}

const problems: Readonly<Record<string, Reason>> = {
  ENOENT: { code: "no-such-path" },
  EACCES: { code: "permission-denied" },
  EPERM: { code: "permission-denied" },
  ENOTDIR: { code: "not-a-folder" },
};

function problemOf(error: unknown): Reason {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return problems[code] ?? { code: "system-error", message: error instanceof Error ? error.message : String(error) };
}
