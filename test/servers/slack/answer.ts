import type { LoopbackReply } from "../loopback.ts";
import type { Fields } from "./body.ts";

/** A method of Slack's Web API: its scope, if it needs one, and what it does with the fields of a request. */
export interface SlackMethod {
  scope?: string;
  answer: (fields: Fields) => LoopbackReply;
}

/** The Web API answers with HTTP 200 whatever happens, but for rate limits. */
export function refused(error: string, more: Fields = {}): LoopbackReply {
  return { status: 200, body: { ok: false, error, ...more } };
}

export function accepted(fields: Fields): LoopbackReply {
  return { status: 200, body: { ok: true, ...fields } };
}
