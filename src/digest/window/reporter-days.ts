import { groupBy } from "../../history/group.ts";
import type { Window, WindowReporter } from "./index-window.ts";

/** A window is asked about for each domain, and has tens of thousands of lines: they are sorted out once. */
const known = new WeakMap<Window, ReadonlyMap<string, readonly WindowReporter[]>>();

/** The lines of a window's reporters by the day that they are about. */
export function reporterDays(window: Window): ReadonlyMap<string, readonly WindowReporter[]> {
  const days = known.get(window) ?? groupBy(window.reporters, ({ day }) => day);
  known.set(window, days);
  return days;
}
