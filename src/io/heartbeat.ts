const defaultTimeout = 10_000;

/**
 * Fetches the address by which a monitor learns that a run went well, such as one of healthchecks.io. A redirect is not
 * followed: the address is a secret, and another host is none of its business.
 *
 * @param url - Whoever knows it can pretend that all is well: only its host is ever printed.
 * @returns What failed, in words for people; nothing when the monitor has answered with a 2xx, or there is none.
 */
export async function sendHeartbeat(url: string | undefined, timeout = defaultTimeout): Promise<string[]> {
  if (url === undefined) return [];
  const what = `Heartbeat to ${new URL(url).host}`;
  const step =
    "The digest was sent. See whether heartbeat-url is still right; its monitor will say that the run is late.";
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(timeout) });
    await response.body?.cancel();
    const isRedirect = response.status >= 300 && response.status < 400;
    const note = isRedirect ? ", a redirect, which is not followed" : "";
    return response.ok ? [] : [`${what}: it answered with HTTP ${response.status}${note}. ${step}`];
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === "TimeoutError";
    return [`${what}: ${isLate ? `no answer within ${timeout / 1000} s` : "it can't be reached"}. ${step}`];
  }
}
