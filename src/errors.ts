/** Errors whose message is written for people; any other is a defect, and its stack helps to find it. */
const namesForPeople = new Set([
  "ConfigError",
  "SourceError",
  "HistoryError",
  "HistoryFormatError",
  "NotifierError",
  "IssueError",
  "SampleFolderError",
]);

/** Whether the command line was called with flags or arguments that it does not know (`util.parseArgs` says so). */
export function isUsageError(error: unknown): boolean {
  return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

/** What to say of an error: its message, or for a defect its stack and where to report it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (namesForPeople.has(error.name)) return error.message;
  if (isUsageError(error)) return `${error.message.replace(/\. .*/s, "")}. dmarc-digest --help lists what it knows.`;
  if ("code" in error && /^E[A-Z]+$/.test(String(error.code))) return error.message;
  return `This is a defect of dmarc-digest; please report it with these lines.\n${error.stack ?? error.message}`;
}
