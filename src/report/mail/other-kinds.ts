import { type Refusal, refuse } from "../refusal.ts";

/**
 * What a `message/feedback-report` part (RFC 5965) is: a DMARC failure report (RFC 6591, RFC 9991) or a complaint.
 * The mail around it holds the reported mail, in which nobody's reports are to be looked for.
 */
export function parseFeedbackReport(bytes: Uint8Array): Refusal {
  const text = Buffer.from(bytes.subarray(0, 10_000)).toString("latin1");
  const type = /^feedback-type:[ \t]*([\w-]{1,40})/im.exec(text)?.[1]?.toLowerCase();
  if (type === "auth-failure") return otherKind("a DMARC failure report (RFC 9991)");
  if (type === undefined) return otherKind("a feedback report (RFC 5965) without a type");
  return otherKind(type === "abuse" ? "an abuse report (RFC 5965)" : `a feedback report (RFC 5965) of type ${type}`);
}

/** Far above any TLS report; what is larger is told by its words alone, since parsing takes time and memory. */
const parsedJson = 1024 * 1024;

/** A TLS report (RFC 8460), or why a JSON file is none. */
export function parseJson(bytes: Uint8Array): Refusal {
  const json = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hasWords = json.includes('"policies"') && json.includes('"date-range"');
  if (json.length > parsedJson) {
    return hasWords
      ? otherKind("a TLS report (RFC 8460), too large to be checked")
      : refuse("not-a-report", "a large JSON file, but no TLS report (RFC 8460)");
  }
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const isTls = typeof value === "object" && value !== null && "policies" in value && "date-range" in value;
    return isTls ? otherKind("a TLS report (RFC 8460)") : refuse("not-a-report", "JSON, but no TLS report (RFC 8460)");
  } catch {
    return hasWords
      ? refuse("corrupt", "a TLS report (RFC 8460) that isn't valid JSON")
      : refuse("not-a-report", "not JSON");
  }
}

/** The kind of report that is all words: Exim's failure report and the error report of RFC 7489, section 7.2.2. */
export function parseWords(text: string): Refusal | undefined {
  const start = text.slice(0, 20_000);
  // Gateways put warnings of their own before it.
  if (/^[ \t]*A message claiming to be from you has failed/m.test(start)) {
    return otherKind("a DMARC failure report in words (Exim)");
  }
  if (
    /^Report-Date:/im.test(start) &&
    /^(Report-Domain|Report-ID|Report-Size|Submitter|Submitting-URI):/im.test(start)
  ) {
    return otherKind("an error report (RFC 7489)");
  }
  return undefined;
}

function otherKind(reason: string): Refusal {
  return refuse("other-kind", reason);
}
