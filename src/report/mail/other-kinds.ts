import type { Reason } from "../reason.ts";
import { type Refusal, refuse } from "../refusal.ts";

/**
 * What a `message/feedback-report` part (RFC 5965) is: a DMARC failure report (RFC 6591, RFC 9991) or a complaint.
 * The mail around it holds the reported mail, in which no reports are to be looked for.
 */
export function parseFeedbackReport(bytes: Uint8Array): Refusal {
  const text = Buffer.from(bytes.subarray(0, 10_000)).toString("latin1");
  const type = /^feedback-type:[ \t]*([\w-]{1,40})/im.exec(text)?.[1]?.toLowerCase();
  if (type === "auth-failure") return otherKind({ code: "failure-report" });
  if (type === undefined) return otherKind({ code: "feedback-report" });
  return otherKind(type === "abuse" ? { code: "abuse-report" } : { code: "feedback-report", type });
}

/** The kind of report that is all words: Exim's failure report and the error report of RFC 7489, section 7.2.2. */
export function parseWords(text: string): Refusal | undefined {
  const start = text.slice(0, 20_000);
  // Gateways put warnings of their own before it.
  if (/^[ \t]*A message claiming to be from you has failed/m.test(start)) {
    return otherKind({ code: "failure-report-in-words" });
  }
  if (
    /^Report-Date:/im.test(start) &&
    /^(Report-Domain|Report-ID|Report-Size|Submitter|Submitting-URI):/im.test(start)
  ) {
    return otherKind({ code: "error-report" });
  }
  return undefined;
}

function otherKind(reason: Reason): Refusal {
  return refuse("other-kind", reason);
}
