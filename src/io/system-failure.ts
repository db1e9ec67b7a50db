/**
 * What people should know of an error of the operating system: what it said, with the path it names, and the next step;
 * `undefined` for any other error.
 */
export function systemAdvice(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || !/^E[A-Z0-9]+$/.test(String(error.code))) return undefined;
  return `${error.message}. ${steps[String(error.code)] ?? "Look at what it names, then run again."}`;
}

const full = "The disk is full: make room, then run again.";
const denied = "See that the user of this run may read and write there, then run again.";

/** By the names of errors in Node's page "Common system errors" and in errno(3). */
const steps: Readonly<Record<string, string>> = {
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: full,
  EACCES: denied,
  EPERM: denied,
  EROFS: denied,
  EISDIR: "That is a folder, where a file is expected: give another path, then run again.",
  ENOTDIR: "A part of that path is a file, where a folder is expected: give another path, then run again.",
  EEXIST: "Something else has that name already: give another path, then run again.",
};
