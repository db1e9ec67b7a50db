import type { History } from "./history.ts";

/** Where a run says what it does and leaves its results: GitHub's runner, or a terminal. */
export interface Host {
  info: (line: string) => void;
  /** Says what failed without ending the run; the text is for people, and may have several lines. */
  error: (text: string) => void;
  display: { colour: boolean; width: number };
  /**
   * Leaves the results: the digest as a table for the log, as Markdown, and the outputs by name; what is absent is left as it is.
   *
   * @returns What could not be left, in words for people.
   */
  publish(results: {
    table?: string;
    summary?: string;
    outputs: Partial<Record<OutputName, string>>;
  }): Promise<string[]>;
  /** Opens the history, in place of the store that the configuration names. */
  openHistory?: () => History;
}

/** The outputs of the Action, as in action.yml. */
export type OutputName =
  | "day"
  | "new-days"
  | "verdict"
  | "messages"
  | "dmarc-fail"
  | "spf-or-dkim-fail"
  | "commit"
  | "csv-path"
  | "explore-path"
  | "collected-path"
  | "digest-path";
