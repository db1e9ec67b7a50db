import { setTimeout as wait } from "node:timers/promises";
import { bytesOf } from "../http.ts";

/** What a GET gave: bytes are cut off one past the bound that was asked for. */
export interface Answer {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
}

const timeout = 120_000;
/** Milliseconds before a request is tried again, where the service was busy or the connection broke. */
const pauses = [200, 800, 3_200];
/** Milliseconds that a service may ask for instead (Retry-After). */
const longestPause = 60_000;
const mostErrorBytes = 64 * 1024;

/**
 * The answer to a GET, tried again where the service was busy or the connection broke. A redirect is an answer: following it
 * would carry a secret to another host.
 *
 * @param send - Makes the request anew each time, since a signature is valid for minutes.
 */
export async function getWithin(
  send: (init: Pick<RequestInit, "redirect" | "signal">) => Promise<Response>,
  { mostBytes, signal }: { mostBytes: number; signal: AbortSignal },
): Promise<Answer> {
  for (const pause of [...pauses, undefined]) {
    let asked = 0;
    try {
      const response = await send({
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      });
      const { ok, status, headers } = response;
      const answer = { status, headers, bytes: await bytesOf(response, ok ? mostBytes : mostErrorBytes) };
      if ((status < 500 && status !== 429) || pause === undefined) return answer;
      asked = Number(headers.get("retry-after") ?? 0) * 1000;
      if (asked > longestPause) return answer;
    } catch (error) {
      if (pause === undefined || signal.aborted) throw error;
    }
    await wait(Math.max(pause, asked || 0), undefined, { signal });
  }
  throw new Error("The last try returns or throws.");
}
