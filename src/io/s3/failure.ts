import { oneLine } from "../../report/one-line.ts";
import type { BucketCause, BucketStep, Reason } from "../../report/reason.ts";

/** The usual causes, by the code with which S3 and those that speak its API refuse a request ("Error responses"). */
const causes: readonly (readonly [RegExp, BucketCause])[] = [
  [/^NoSuchBucket$/, "no-bucket"],
  [/^(PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/, "region"],
  [/^(ExpiredToken|InvalidToken|TokenRefreshRequired)$/, "token-expired"],
  [/^InvalidAccessKeyId$/, "key-unknown"],
  [/^SignatureDoesNotMatch$/, "secret-wrong"],
  [/^RequestTimeTooSkewed$/, "clock"],
  [/^(AccessDenied|AllAccessDisabled|Unauthorized|KMS\..*)$/, "not-permitted"],
];

/** Why S3 refused a request: its code and first words, never what was sent, and what they mean most often. */
export function refusal(
  step: BucketStep,
  { status, headers, text }: { status: number; headers: Headers; text: string },
): Reason {
  const error = errorCode(text);
  const found = headers.get("x-amz-bucket-region") ?? elementIn(text, "Region");
  const region = /^[a-z0-9-]{1,40}$/.test(found) ? found : undefined;
  const known = causes.find(([code]) => code.test(error))?.[1];
  const cause = known ?? (status >= 300 && status < 400 ? "region" : undefined);
  return { code: "bucket-refused", step, status, error, said: elementIn(text, "Message"), cause, region };
}

/** The code of an error; empty when the text is no error of S3. */
export function errorCode(text: string): string {
  return elementIn(text, "Code");
}

function elementIn(text: string, name: "Code" | "Message" | "Region"): string {
  const [, content = ""] = new RegExp(`<${name}>([^<]{0,1000})`).exec(text) ?? [];
  return oneLine(content, 200);
}
