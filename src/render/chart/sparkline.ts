import { positionOn, type Scale } from "./scale.ts";

const blocks = "▁▂▃▄▅▆▇█";

/**
 * A small trend as blocks of text, one a value: `▁▄█` of 0, 4, 7; a dot where there is no value. Empty for no values.
 *
 * @param scale - What the lowest and the highest block stand for; by default zero and the largest value.
 */
export function sparkline(
  values: readonly (number | undefined)[],
  scale: Pick<Scale, "from" | "to"> = { from: 0, to: Math.max(0, ...values.filter((value) => value !== undefined)) },
): string {
  return values.map((value) => (value === undefined ? "·" : blockOf(value, scale))).join("");
}

function blockOf(value: number, scale: Pick<Scale, "from" | "to">): string {
  const position = scale.to === scale.from ? 0 : positionOn(scale, value);
  const index = Math.floor(Math.min(1, Math.max(0, position)) * (blocks.length - 1) + 1e-9);
  return blocks.charAt(index);
}
