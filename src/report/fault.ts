import texts from "./faults.json" with { type: "json" };

/**
 * What can go wrong with the history, GitHub and settings, in English, as the log of a run has it; `{name}` is a value. The same in
 * other languages is in `render/words`. A sentence says what failed, on which thing, what came, and what to do.
 */
export const englishFaults: FaultWords = { language: "en", texts };

/** What went wrong. */
export type FaultCode = keyof typeof texts;

/** Something that went wrong outside of a mail, as data: what a text of its code names, some of it faults themselves. */
export interface Fault {
  code: FaultCode;
  values: Readonly<Record<string, FaultValue>>;
}

/** A text in every language. */
export interface Localized {
  en: string;
  ja: string;
}

type FaultValue = string | number | Fault | readonly Fault[] | Localized;

/** What a language says of faults. */
export interface FaultWords {
  language: keyof Localized;
  texts: Readonly<Record<FaultCode, string>>;
}

/** A fault with all values that its text names. */
export function makeFault(code: FaultCode, values: Fault["values"]): Fault {
  return { code, values };
}

/** A fault in words; in English where no others are given. A stranger's text may be in it, not yet escaped. */
export function faultText({ code, values }: Fault, words = englishFaults): string {
  return words.texts[code].replaceAll(/\{(\w+)\}/g, (_, name: string) => valueText(values[name] ?? "", words));
}

function valueText(value: FaultValue, words: FaultWords): string {
  if (typeof value !== "object") return String(value);
  if ("code" in value) return faultText(value, words);
  if ("en" in value) return value[words.language];
  return value.map((one) => faultText(one, words)).join(", ");
}

/** An error that is a fault; its message is the English of it. */
export class FaultError extends Error {
  readonly fault: Fault;

  constructor(given: Fault, options?: ErrorOptions) {
    super(faultText(given), options);
    this.fault = given;
  }
}
