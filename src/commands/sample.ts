import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "../config/config.ts";
import { type SampleMail, sampleMails } from "../sample/mailbox.ts";
import type { Output } from "./read/read.ts";

/**
 * The command `dmarc-digest sample FOLDER`: writes the built-in sample mailbox into a folder, one `.eml` file a mail.
 *
 * @param folder - Made if it is missing, and must be empty.
 * @throws ConfigError when the folder is not empty; errors of the system when it can't be made or written to.
 */
export async function sample({ folder, stdout }: { folder: string; stdout: Output }): Promise<number> {
  const mails = await writeSample(folder);
  stdout.write(`${mails.length} mails in ${folder}, the last of them from ${mails.at(-1)?.arrived.slice(0, 10)}\n`);
  return 0;
}

/** Writes the built-in sample mailbox into a folder, and gives its mails; it throws as `sample` does. */
export async function writeSample(folder: string): Promise<SampleMail[]> {
  await mkdir(folder, { recursive: true });
  const [first, ...others] = (await readdir(folder)).sort();
  if (first !== undefined) {
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    throw new ConfigError(
      `The folder for the sample mailbox must be new or empty, but ${folder} holds ${first}${more}. Name another folder, or empty this one first.`,
    );
  }
  const mails = sampleMails();
  for (const { name, bytes } of mails) await writeFile(join(folder, name), bytes, { flag: "wx" });
  return mails;
}
