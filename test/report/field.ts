import type { HeaderField } from "../../src/report/header.ts";

/** A header field as it comes from a mail in UTF-8, whatever stands in its value. */
export function fieldOf(name: string, value: string): HeaderField {
  return { name: name.toLowerCase(), text: Buffer.from(`${name}:${value}`).toString("latin1"), isOdd: false };
}
