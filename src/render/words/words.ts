import { english } from "./english.ts";
import { japanese } from "./japanese.ts";
import type { Language, Words } from "./phrases.ts";

export { newcomerAdvice } from "./english-intake.ts";
export { serviceOfSource, sourceName } from "./names.ts";
export { newsText } from "./news.ts";
export { notCountedText } from "./not-counted.ts";
export { hasOwnList, passedText, sourcesWithSteps } from "./parts.ts";
export type { FailureKind, Guard, Words } from "./phrases.ts";
export { englishReason as reasonText } from "./reasons-english.ts";
export { verdictSigns } from "./verdict-signs.ts";
export { dayVerdicts, readinessCounts } from "./week-parts.ts";

/** The words of a language. */
export function wordsOf(language: Language): Words {
  switch (language) {
    case "en":
      return english;
    case "ja":
      return japanese;
    default:
      return language satisfies never;
  }
}
