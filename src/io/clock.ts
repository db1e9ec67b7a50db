/** Milliseconds that a server may take to say what time it is. */
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
