import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type SampleMail, sampleMails } from "../sample/mailbox.ts";

/** What `dmarc-digest sample` needs. */
export interface SampleOptions {
  /** Where the mails go; made if it is missing, and must be empty. */
  folder: string;
  /** Called with how many mails were written. */
  stdout: { write(text: string): unknown };
}

/** A folder that the sample mailbox can't be written to. The message is for people: what failed, and what to do. */
export class SampleFolderError extends Error {
  override name = "SampleFolderError";
}

/**
 * Writes the built-in sample mailbox into a folder, one `.eml` file a mail.
 *
 * @returns The exit code, 0.
 * @throws SampleFolderError when the folder is not empty, or can't be made or written to.
 */
export async function sample({ folder, stdout }: SampleOptions): Promise<number> {
  const mails = await writeSample(folder);
  stdout.write(`${mails.length} mails in ${folder}, the last of them from ${mails.at(-1)?.arrived.slice(0, 10)}\n`);
  return 0;
}

/**
 * Writes the built-in sample mailbox into a folder, and gives its mails.
 *
 * @throws SampleFolderError as `sample` does.
 */
export async function writeSample(folder: string): Promise<SampleMail[]> {
  const mails = sampleMails();
  await openFolder(folder);
  try {
    for (const { name, bytes } of mails) await writeFile(join(folder, name), bytes, { flag: "wx" });
  } catch (error) {
    throw new SampleFolderError(`Can't write the sample mailbox to ${folder}: ${messageOf(error)}.`, { cause: error });
  }
  return mails;
}

async function openFolder(folder: string): Promise<void> {
  const entries = await makeFolder(folder);
  if (entries.length > 0) {
    throw new SampleFolderError(
      `The folder for the sample mailbox must be new or empty, but ${folder} holds ${entries[0]}` +
        `${entries.length > 1 ? ` and ${entries.length - 1} more` : ""}. Name another folder, or empty this one first.`,
    );
  }
}

async function makeFolder(folder: string): Promise<string[]> {
  try {
    await mkdir(folder, { recursive: true });
    return (await readdir(folder)).sort();
  } catch (error) {
    throw new SampleFolderError(
      `Can't make the folder ${folder} for the sample mailbox: ${messageOf(error)}. Name one that you may write to.`,
      { cause: error },
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
