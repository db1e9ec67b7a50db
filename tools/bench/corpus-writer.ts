import { corpora, saveCorpus } from "./report-corpus.ts";

/*
 * `corpus-writer.ts S FOLDER` writes a corpus. A process of its own, since on Linux the peak memory of a process is never
 * told to be less than that of the process that started it, and writing takes much.
 */

const [name, folder = ""] = process.argv.slice(2);
if (name === "S" || name === "M" || name === "L") await saveCorpus(folder, corpora[name]);
