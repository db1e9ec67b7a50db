import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** The variable that names the folder of real reports. */
const corpusVariable = "DMARC_DIGEST_CORPUS";

/** The folder of real reports with their true numbers, which can't be published; without the variable beside the checkout. */
const folder = resolve(process.env[corpusVariable] ?? "../shared/corpus");

/** That folder, where it is there; a folder that the variable names and that is missing is a mistake. */
export const corpus: string | undefined = existsSync(folder) ? folder : undefined;

if (corpus === undefined && process.env[corpusVariable] !== undefined) {
  throw new Error(`${corpusVariable} names ${folder}, which is not there. Give the folder of the corpus, or unset it.`);
}

/** The name of a test that needs the corpus: it says so where it is skipped. */
export function withCorpus(name: string): string {
  return corpus === undefined ? `${name} (skipped: no corpus; set ${corpusVariable} to its folder)` : name;
}
