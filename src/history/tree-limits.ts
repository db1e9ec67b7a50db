/** GitHub refuses a push with a larger file (docs.github.com, "Repository limits": single object size). */
const mostFileBytes = 100 * 1024 * 1024;
/** GitHub recommends no more in one folder (the same page: directory width). */
const mostEntries = 3000;
/** What file systems and git take of one name, and of a whole path, in bytes. */
const longest = { name: 255, path: 4096 };

/** What is wrong with the size of a file of a history; `undefined` for nothing. */
export function sizeFault(bytes: number): string | undefined {
  if (bytes <= mostFileBytes) return undefined;
  return `it has ${Math.ceil(bytes / 1024 / 1024)} MB, and GitHub takes no file of more than 100`;
}

/** What is wrong with the number of files in a folder; `undefined` for nothing. */
export function widthFault(entries: number): string | undefined {
  if (entries <= mostEntries) return undefined;
  return `it holds ${entries} files, and GitHub recommends no more than ${mostEntries} in a folder`;
}

/**
 * Why git would not take a path, or not on each machine; `undefined` when it does (git's `verify_path`).
 *
 * @param path - Below `data-path`, with `/`.
 */
export function pathFault(path: string): string | undefined {
  const names = path.split("/");
  if (names.some((name) => /^(\.\.?|\.git|git~1)?[ .]*$/i.test(name))) return "git takes no such name";
  const isLong = names.some((name) => Buffer.byteLength(name) > longest.name) || Buffer.byteLength(path) > longest.path;
  return isLong ? "its name is longer than file systems take" : undefined;
}
