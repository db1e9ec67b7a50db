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

/** What to say of an error: its message, or for a defect its stack and where to report it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (namesForPeople.has(error.name)) return error.message;
  const code = "code" in error ? String(error.code) : "";
  if (code.startsWith("ERR_PARSE_ARGS")) return error.message;
  if (/^E[A-Z]+$/.test(code)) return error.message;
  return `This is a defect of dmarc-digest; please report it with these lines.\n${error.stack ?? error.message}`;
}
