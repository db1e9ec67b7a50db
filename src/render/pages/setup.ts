import { type SetupCheck, setupVerdict } from "../../digest/setup/setup.ts";
import { worstVerdict } from "../../digest/verdict.ts";
import { groupBy } from "../../history/lists.ts";
import { type DigestLinks, digestLinks } from "../links.ts";
import { namedUpTo, type Page, type Part, type Text } from "../page.ts";
import { verdictSigns, type Words } from "../words/words.ts";

/** A record as people copy it, whole. */
export function verbatim(text: string): Text {
  return namedUpTo(2_000, text);
}

/** The set-up, looked over: of each mailbox, domain and service what is good, what is worth a look, and what to mend. */
export function setupPage(checks: readonly SetupCheck[], links: Pick<DigestLinks, "run">, words: Words): Page {
  const verdict = worstVerdict(checks.map(({ finding }) => setupVerdict(finding)));
  const lists = [...groupBy(checks, ({ about }) => about)].map(([about, ofOne]): Part => {
    const items = ofOne.map(({ finding }) => ({
      text: `${verdictSigns[setupVerdict(finding)]} ${words.setup(finding, verbatim)}`,
    }));
    return { kind: "list", weight: "must", title: about, items };
  });
  const headline = `${verdictSigns[verdict]} ${words.verdict[verdict]}: ${words.setupHeadline(checks)}`;
  const parts: Part[] = [...lists, { kind: "links", weight: "must", links: digestLinks(links, words) }];
  return { verdict, headline, parts, more: words.more };
}
