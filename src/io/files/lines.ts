import { mkdir, open, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Writes lines to a new file, whose folder is made if it is missing. */
export async function writeLines(path: string, lines: AsyncIterable<string>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "w");
  try {
    for await (const line of lines) await file.write(`${line}\n`);
  } finally {
    await file.close();
  }
}

/** A file, and its lines one after the other. */
export interface LineFile {
  path: string;
  lines(): AsyncIterable<string>;
}

/**
 * The files at some paths, sorted by path: a file as named, whatever its ending; of a folder those with the ending, at any depth.
 */
export async function linesIn(paths: readonly string[], ending: string): Promise<LineFile[]> {
  const found = paths.map(async (path) => {
    if (!(await stat(path)).isDirectory()) return [path];
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(ending));
    return files.map((entry) => join(entry.parentPath, entry.name));
  });
  const files = (await Promise.all(found)).flat().sort();
  return files.map((path) => ({ path, lines: () => linesOf(path) }));
}

/** Unlike those of `node:readline` over a stream, these throw where the file can't be read. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const file = await open(path);
  try {
    yield* file.readLines();
  } finally {
    await file.close();
  }
}
