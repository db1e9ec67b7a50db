import { fieldsOf } from "./body.ts";

/** Notes what is wrong, in Slack's words, and where. */
export type Report = (message: string, pointer: string) => void;

/** A text object of one of the types that are allowed here. */
export function checkText(
  object: unknown,
  pointer: string,
  allowed: { longest: number; types: string[] },
  report: Report,
): void {
  const { type, text } = fieldsOf(object);
  if (!allowed.types.includes(String(type))) report(`unsupported type: ${String(type)}`, `${pointer}/type`);
  checkLength(text, `${pointer}/text`, allowed.longest, report);
}

/** A string that is neither empty nor too long. */
export function checkLength(text: unknown, pointer: string, longest: number, report: Report): void {
  if (typeof text !== "string") report("must be a string", pointer);
  else if (text.length === 0) report("must be more than 0 characters", pointer);
  else if (text.length > longest) report(`must be less than ${longest + 1} characters`, pointer);
}

/** A list that is neither empty nor too long; its items. */
export function itemsOf(list: unknown, pointer: string, { most }: { most: number }, report: Report): unknown[] {
  if (!Array.isArray(list) || list.length === 0) {
    report("must provide at least 1 item", pointer);
    return [];
  }
  if (list.length > most) report(`no more than ${most} items allowed`, pointer);
  return list;
}

/** Characters of all strings under a key `text`. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item), 0);
  return Object.entries(fieldsOf(value)).reduce(
    (sum, [key, part]) => sum + (key === "text" && typeof part === "string" ? part.length : textLength(part)),
    0,
  );
}
