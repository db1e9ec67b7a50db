/** Milliseconds; a longer timer of Node's ends at once. */
export const longestTimer = 2 ** 31 - 1;

/** What a promise gives; `undefined` when it has not within so many milliseconds. */
export async function inTime<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.min(milliseconds, longestTimer), undefined);
  });
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const defaultTimeout = 5_000;

/**
 * What time it is by a server: the `Date` of its answer (RFC 9110), to the second, whatever it answers otherwise.
 *
 * @returns `undefined` when it did not say so in time.
 */
export async function timeAt(url: string, timeout = defaultTimeout): Promise<Date | undefined> {
  const options = { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(timeout) } as const;
  const date = await fetch(url, options).then(
    ({ headers }) => Date.parse(headers.get("date") ?? ""),
    () => Number.NaN,
  );
  return Number.isNaN(date) ? undefined : new Date(date);
}
