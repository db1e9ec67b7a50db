import { type Fault, faultText } from "../report/fault.ts";

/** Inputs or a file that are not as they must be; in its message one line for each of them. */
export class ConfigError extends Error {
  override name = "ConfigError";
  readonly problems: readonly Fault[];
  /** What a file that is wrong says of the language; absent of inputs. */
  readonly language: unknown;

  /** @param problems - What is wrong; a text where a command asks, which speaks English alone. */
  constructor(
    problems: readonly Fault[] | string,
    { language, ...options }: ErrorOptions & { language?: unknown } = {},
  ) {
    const isText = typeof problems === "string";
    super(isText ? problems : problems.map((problem) => faultText(problem)).join("\n"), options);
    this.problems = isText ? [] : problems;
    this.language = language;
  }
}

/** The known name that differs by at most two letters and not in all, hyphens and underscores apart; else one of which it is a word. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const bare = (text: string): string => text.toLowerCase().replaceAll(/[-_]/g, "");
  const distances = known.map((one) => ({ one, distance: editDistance(bare(one), bare(name)) }));
  const most = Math.min(2, bare(name).length - 1);
  const close = distances.filter(({ distance }) => distance <= most).sort((a, b) => a.distance - b.distance)[0]?.one;
  return close ?? known.find((one) => one.split("-").includes(name.toLowerCase()));
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of a.split("").entries()) {
    const next = [i + 1];
    for (const [j, other] of b.split("").entries()) {
      const [left = 0, above = 0, diagonal = 0] = [next[j], row[j + 1], row[j]];
      next.push(Math.min(left + 1, above + 1, diagonal + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
