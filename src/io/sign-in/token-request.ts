import { oneLine } from "../../report/one-line.ts";
import type { Reason, SignInCause, SignInStep } from "../../report/reason.ts";
import { bytesOf, networkFailure } from "../http.ts";

/** Why no access token could be fetched; the reason has its words in `render/words`. */
export class SignInError extends Error {
  override name = "SignInError";
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(reason.code);
    this.reason = reason;
  }
}

const timeout = 30_000;
/** An answer with a token has some 2 KB. */
const mostBytes = 100_000;

/** What an endpoint is asked for. */
export interface TokenRequest {
  step: SignInStep;
  url: string;
  method?: "GET" | "POST";
  headers?: Record<string, string>;
  body?: URLSearchParams | string;
  /** The usual causes of a refusal, by the HTTP status and the code that the endpoint answers with. */
  causes?: readonly (readonly [RegExp, SignInCause])[];
  /** What of the request helps to mend it, such as the `sub` of an identity token. No secret. */
  sent?: string;
}

/**
 * A field of the JSON that a token endpoint answers with, a text.
 *
 * @throws SignInError when the endpoint can't be reached, refuses, or answers something else. Of what it says, its codes
 *   and first words are kept, never what was sent.
 */
export async function requestToken(request: TokenRequest, field: string): Promise<string> {
  const { url, method = "POST", headers, body, step, sent } = request;
  const host = new URL(url).host;
  // A redirect would carry a secret to another host.
  const init = { method, headers, body, redirect: "manual", signal: AbortSignal.timeout(timeout) } as const;
  const { status, bytes } = await fetch(url, init)
    .then(async (response) => ({ status: response.status, bytes: await bytesOf(response, mostBytes) }))
    .catch((error: unknown) => {
      throw new SignInError({ code: "sign-in-no-answer", step, host, why: networkFailure(error).reason });
    });
  const text = Buffer.from(bytes).toString();
  const answer = objectIn(text);
  const token = answer[field];
  if (status === 200 && typeof token === "string" && token !== "") return token;
  const said = words(answer, text);
  const isBusy = status === 429 || status >= 500;
  const cause = isBusy ? "busy" : request.causes?.find(([pattern]) => pattern.test(`${status} ${said}`))?.[1];
  throw new SignInError({ code: "sign-in-refused", step, host, status, said, cause, sent });
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** `error` and `error_description` of RFC 6749, section 5.2, or Google's `error.message`; else how the answer begins. */
function words(answer: Record<string, unknown>, text: string): string {
  const { error, error_description: description } = answer;
  const message = typeof error === "object" && error !== null && "message" in error ? error.message : undefined;
  const parts = [error, description, message].filter((part) => typeof part === "string");
  return oneLine(parts.length > 0 ? parts.join(": ") : text, 300);
}

/** Where a workflow run gets its identity token, as GitHub's runner says it to jobs with `id-token: write`. */
export interface WorkflowIdentity {
  url: string;
  token: string;
}

/**
 * An identity token (OIDC) of the workflow run, and the subject in it. It is valid for 5 minutes.
 *
 * @param identity - Absent where the job may not ask for one.
 */
export async function workflowToken(
  identity: WorkflowIdentity | undefined,
  audience: string,
): Promise<{ token: string; subject: string }> {
  if (identity === undefined) throw new SignInError({ code: "no-workflow-identity" });
  const url = `${identity.url}&audience=${encodeURIComponent(audience)}`;
  const headers = { authorization: `Bearer ${identity.token}` };
  const token = await requestToken({ step: "workflow-identity", url, method: "GET", headers }, "value");
  // It was fetched over TLS from who made it.
  const { sub } = objectIn(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  return { token, subject: typeof sub === "string" ? sub : "" };
}
