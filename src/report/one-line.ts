/**
 * Somebody else's text on one line: what is no letter, sign or blank of a line (controls, formats, line breaks) becomes a blank.
 *
 * `oneLine("a\n\u202E b")` is `"a b"`.
 */
export function oneLine(text: string, most = Number.POSITIVE_INFINITY): string {
  const line = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
