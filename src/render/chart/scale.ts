/** The scale of an axis: where it begins and ends, and the numbers along it. */
export interface Scale {
  from: number;
  to: number;
  /** In order, both ends among them. */
  ticks: number[];
}

/** A scale for counts up to a largest one: from zero, by whole and round numbers, in at most 5 steps. */
export function countScale(largest: number): Scale {
  const step = roundSteps(largest / 5);
  const steps = Math.max(1, Math.ceil(largest / step));
  return { from: 0, to: step * steps, ticks: Array.from({ length: steps + 1 }, (_, index) => index * step) };
}

/** The smallest of 1, 2, 5, 10, 20, 50, … that is not below a number. */
function roundSteps(least: number): number {
  for (let power = 1; ; power *= 10) {
    for (const step of [power, 2 * power, 5 * power]) if (step >= least) return step;
  }
}

const floors: readonly Scale[] = [
  { from: 0.98, to: 1, ticks: [0.98, 0.99, 1] },
  { from: 0.9, to: 1, ticks: [0.9, 0.95, 1] },
  { from: 0.8, to: 1, ticks: [0.8, 0.9, 1] },
  { from: 0.5, to: 1, ticks: [0.5, 0.75, 1] },
];

/** A scale for shares down to a smallest one, up to 100 %: where almost all passes, a tenth of a percent can be seen. */
export function shareScale(smallest: number): Scale {
  return floors.find(({ from }) => smallest >= from) ?? { from: 0, to: 1, ticks: [0, 0.5, 1] };
}

/** Where a number stands on a scale, from 0 to 1. */
export function positionOn({ from, to }: Pick<Scale, "from" | "to">, value: number): number {
  return (value - from) / (to - from);
}
