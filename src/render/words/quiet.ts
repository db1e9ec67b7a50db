import { evaluatedOf, type FailParts, type IntakeSummary, isHeld, mailsIn } from "../../digest/day/day.ts";
import type { Digest } from "../../digest/digest.ts";
import {
  type Coverage,
  isComplete,
  isUsualChange,
  type UsualShare,
  type VolumeChange,
} from "../../digest/window/window.ts";
import { amountWords } from "./amounts.ts";
import { delayText, fateOf, figureWords, missingText, shownParts } from "./figures.ts";
import { intakeWords } from "./intake.ts";
import type { Guard, Phrases } from "./phrases.ts";

/** What a message says on a day on which there is nothing to do: the same as on others, in two lines. */
export function quietWords(phrases: Phrases) {
  const { comma, dot, aside, labels, messagesOf, quiet: say } = phrases;
  const { share, changeFrom } = amountWords(phrases);
  const { complete, impact } = figureWords(phrases);
  return {
    /** `201,877 messages (usual Monday) · DMARC fail 934 (0.5%, usual): 60 own, … · SPF or DKIM fail 66,102 (32.7%, usual)` */
    figures: ({ totals, fail, change: changed, usual }: Pick<Digest, "totals" | "fail" | "change" | "usual">) => {
      const { messages, dmarcFail, spfOrDkimFail } = totals;
      const evaluated = evaluatedOf(totals);
      const figure = (label: string, count: number, known: UsualShare | undefined) => {
        const text = `${label} ${phrases.amount(count)}`;
        if (count === 0 || evaluated === 0) return text;
        return `${text}${aside([share(count / evaluated), ...usualText(known)].join(comma))}`;
      };
      const parts = dmarcFail === 0 ? "" : `: ${partsText(fail)}`;
      return [
        `${say.messages(messages)}${changed === undefined ? "" : aside(changeText(changed))}`,
        `${figure(labels.dmarcFail, dmarcFail, usual.dmarcFail)}${parts}`,
        figure(labels.spfOrDkimFail, spfOrDkimFail, usual.spfOrDkimFail),
      ].join(dot);
    },
    /** `98% complete`; who is missing only where that is not as good as all. */
    complete: (coverage: Coverage, guard: Guard) => {
      if (coverage.share === undefined) return complete(coverage, guard);
      const [first] = isComplete(coverage) ? [] : coverage.missing;
      const who =
        first && phrases.figures.missingQuiet(missingText(first, guard, phrases), delayText(first.delayHours, phrases));
      return [say.complete(share(coverage.share)), ...(who === undefined ? [] : [who])].join(comma);
    },
    /** `604 mails, all accounted for` */
    intake: (summary: IntakeSummary) => {
      return summary.mails === 0 || mailsIn(summary) > 0
        ? intakeWords(phrases).intake(summary)
        : say.accountedFor(summary.mails);
    },
  };

  function changeText(changed: VolumeChange): string {
    const normalDay = phrases.figures.normalDay(phrases.weekday(changed.weekday));
    return isUsualChange(changed) ? phrases.figures.same(normalDay) : changeFrom(changed.ratio, normalDay);
  }

  /** Whether a share is as usual, and if not what is; nothing where that is not known. */
  function usualText(usual: UsualShare | undefined): string[] {
    if (usual === undefined) return [];
    const range = [...new Set([share(usual.low), share(usual.high)])].join(phrases.to);
    return [usual.isUsual ? phrases.figures.usual : say.usually(range)];
  }

  /** What happened stands beside what was spoofed, and beside the rest where something was held. */
  function partsText(fail: FailParts): string {
    const part = (name: keyof FailParts) => {
      const { messages } = fail[name];
      const count = messagesOf(messages, phrases.part[name]);
      if (name !== "spoofed" && !isHeld(fail[name])) return count;
      const fate = fateOf(fail[name]);
      if (fate === undefined) return `${count}${aside(impact(fail[name]))}`;
      return name === "own"
        ? `${count}${aside(say.all(messages, phrases.fate[fate]))}`
        : say.partWithFate(messages, phrases.part[name], phrases.fate[fate]);
    };
    return shownParts(fail).map(part).join(comma);
  }
}
