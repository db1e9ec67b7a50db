import type { Random } from "../../../src/sample/random.ts";

/*
 * Counts as they come in mail. Numbers of messages vary more than chance alone would have it (a negative binomial), and
 * who receives one is chance (a binomial). Large ones go by the normal distribution, which is near enough.
 */

/**
 * A count of messages.
 *
 * @param spread - Standard deviation of the mean itself, as a part of it: 0.3 for 30 %.
 */
export function drawCount(mean: number, spread: number, random: Random): number {
  if (mean <= 0) return 0;
  if (spread === 0) return drawPoisson(mean, random);
  const shape = 1 / spread ** 2;
  return drawPoisson((mean / shape) * drawGamma(shape, random), random);
}

/** How many of `count` fall to a share. */
export function drawPart(count: number, share: number, random: Random): number {
  if (count === 0 || share <= 0) return 0;
  if (share >= 1) return count;
  if (count * share * (1 - share) > 25) {
    const drawn = count * share + Math.sqrt(count * share * (1 - share)) * drawNormal(random);
    return Math.min(count, Math.max(0, Math.round(drawn)));
  }
  let part = 0;
  for (let index = 0; index < count; index += 1) if (random.between(0, 1) < share) part += 1;
  return part;
}

/** A count in parts after weights; they add up to it. */
export function drawParts(count: number, weights: readonly number[], random: Random): number[] {
  let [left, rest] = [count, weights.reduce((sum, weight) => sum + weight, 0)];
  return weights.map((weight) => {
    const part = drawPart(left, rest <= 0 ? 0 : weight / rest, random);
    left -= part;
    rest -= weight;
    return part;
  });
}

function drawPoisson(mean: number, random: Random): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * drawNormal(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.between(0, 1); product > limit; product *= random.between(0, 1)) count += 1;
  return count;
}

/** By Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); `shape` is at least 1 here. */
function drawGamma(shape: number, random: Random): number {
  const d = shape - 1 / 3;
  for (;;) {
    const normal = drawNormal(random);
    const v = (1 + normal / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - random.between(0, 1)) < normal ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** By Box and Muller. */
function drawNormal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.between(0, 1)));
  return radius * Math.cos(2 * Math.PI * random.between(0, 1));
}
