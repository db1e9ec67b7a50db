import { type KeyedOptions, keyedSource } from "../keyed/keyed.ts";
import type { MailSource } from "../source.ts";
import { type GraphPlace, openGraph } from "./mailbox.ts";

/** Which mailbox to read, and what of it. */
export type GraphOptions = GraphPlace & KeyedOptions;

/**
 * A source that reads a folder of a Microsoft 365 mailbox by Microsoft Graph, which can change nothing with `Mail.Read`: the
 * messages since a moment by their time of receipt, each in its MIME form.
 */
export function graphSource(options: GraphOptions): MailSource {
  const { user, folder } = options;
  return keyedSource(options, ["graph", user, folder], (signal) => openGraph(options, signal));
}
