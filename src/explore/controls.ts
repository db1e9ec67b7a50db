import { dimensions, go, type State, state } from "./address.ts";
import { data, dateOf, namesOf, range, say } from "./data.ts";
import { element } from "./element.ts";

/*
 * Filters and days. They are made once and then show what the address says, while all below them is drawn anew: so a date can be
 * typed digit by digit, and thousands of names are sorted once.
 */

/** Fits the controls to the address. */
const updates: (() => void)[] = [];

/** Fits all of them. */
export function updateControls(): void {
  for (const update of updates) update();
}

/** The controls above the picture. */
export function controls(): HTMLElement[] {
  const { compare } = new Intl.Collator(data.language);
  const filters = dimensions.map((dimension) => {
    const { ids, names } = namesOf(dimension);
    const order = [...ids.keys()].sort((a, b) => compare(names[a] ?? "", names[b] ?? ""));
    const select = element(
      "select",
      { id: dimension, change: () => go({ [dimension]: select.value }) },
      element("option", { value: "" }, data.say.all),
      ...order.flatMap((at) => (ids[at] ? element("option", { value: ids[at] }, names[at] ?? "") : [])),
    );
    updates.push(() => {
      select.value = state[dimension] ?? "";
    });
    return element("label", {}, data.say.columns[dimension], select);
  });
  return [element("div", { class: "filters" }, ...filters, dateInput("from"), dateInput("to")), bar()];
}

/** An end of the range. What is not there, such as the year 2 of one who types 2026, is not taken. */
function dateInput(end: "from" | "to"): HTMLElement {
  const input = element("input", {
    type: "date",
    id: end,
    change: () => {
      if (input.validity.valid) go({ [end]: input.value, day: undefined });
    },
  });
  updates.push(() => {
    const [from = "", to = ""] = range().map(dateOf);
    const now =
      end === "from" ? { value: from, min: dateOf(0), max: to } : { value: to, min: from, max: dateOf(data.days - 1) };
    // Set again to the same, it would forget the digit that was typed last.
    for (const name of ["min", "max", "value"] as const) if (input[name] !== now[name]) input[name] = now[name];
  });
  return element("label", {}, data.say.range[end], input);
}

/** The usual ranges, and the way back from all filters. */
function bar(): HTMLElement {
  const last = data.days - 1;
  const ranges = [30, 90, data.days].filter((days, at, all) => days <= data.days && all.indexOf(days) === at);
  const buttons = ranges.map((days) => {
    const first = last - days + 1;
    const change: State = { from: days === data.days ? undefined : dateOf(first), to: undefined, day: undefined };
    const label = days === data.days ? data.say.all : say(data.say.lastDays, days);
    const button = element("button", { click: () => go(change) }, label);
    updates.push(() => {
      const [from, to] = range();
      button.setAttribute("aria-pressed", String(first === from && to === last));
    });
    return button;
  });
  const none = Object.fromEntries(dimensions.map((dimension) => [dimension, undefined]));
  const all = (): void => {
    go(none);
    document.querySelector<HTMLElement>("#domain")?.focus();
  };
  const clear = element("button", { id: "clear", click: all }, data.say.clear);
  updates.push(() => {
    clear.hidden = dimensions.every((dimension) => state[dimension] === undefined);
  });
  return element("div", { class: "bar" }, element("div", { class: "group" }, ...buttons), clear);
}
