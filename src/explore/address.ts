/** By what is filtered. */
export const dimensions = ["domain", "sender", "class", "reporter", "key", "host"] as const;

/** One of these. */
export type Dimension = (typeof dimensions)[number];

/** The tables, of which one is shown. */
export type View = "domains" | "senders" | "classes" | "reporters" | "keys" | "incidents" | "tls";

/** What the address says behind its `#`: filters, the first and the last day, the day that is open, and the view. */
export type State = Partial<Record<Dimension | "from" | "to" | "day", string>> & { view?: View };

/** What the address said when it was read last. */
export let state: State = {};

/** Reads the address. */
export function readAddress(): void {
  state = Object.fromEntries(new URLSearchParams(location.hash.slice(1))) as State;
}

/** Changes the address, which draws the page anew. */
export function go(change: State): void {
  const next = new URLSearchParams();
  for (const [key, value] of Object.entries({ ...state, ...change })) if (value) next.set(key, value);
  location.hash = next.toString();
}
