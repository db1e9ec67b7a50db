import { normalAddress } from "../address.ts";
import { normalDomain } from "../domain.ts";
import { type AuthFailure, authFailures, type Reason } from "../reason.ts";
import { type Refusal, refuse } from "../refusal.ts";
import { networkOf } from "../source/source.ts";

/**
 * What a `message/feedback-report` part (RFC 5965) is: a DMARC failure report (RFC 6591, RFC 9991) or a complaint.
 * The mail around it holds the reported mail, in which no reports are to be looked for.
 */
export function parseFeedbackReport(bytes: Uint8Array): Refusal {
  const text = Buffer.from(bytes.subarray(0, 10_000)).toString("latin1");
  const type = /^feedback-type:[ \t]*([\w-]{1,40})/im.exec(text)?.[1]?.toLowerCase();
  if (type === "auth-failure") return otherKind(failureReport(text));
  if (type === undefined) return otherKind({ code: "feedback-report" });
  return otherKind(type === "abuse" ? { code: "abuse-report" } : { code: "feedback-report", type });
}

/** What is kept of a failure report: what failed, of whom, and from which network; nothing of the mail that it is about. */
function failureReport(text: string): Reason {
  const field = (name: string): string =>
    new RegExp(`^${name}:[ \\t]*([\\w.:-]{1,253})`, "im").exec(text)?.[1]?.toLowerCase() ?? "";
  const domain = normalDomain(field("reported-domain"));
  const [signer, selector] = [normalDomain(field("dkim-domain")), normalDomain(field("dkim-selector"))];
  const failure: AuthFailure = authFailures.find((word) => word === field("auth-failure")) ?? "other";
  const address = normalAddress(field("source-ip"));
  return {
    code: "failure-report",
    failure,
    ...(domain !== undefined && { domain }),
    ...(signer !== undefined && selector !== undefined && { key: `${signer}/${selector}` }),
    ...(address !== undefined && { network: networkOf(address) }),
  };
}

/** The kind of report that is all words: Exim's failure report and the error report of RFC 7489, section 7.2.2. */
export function parseWords(text: string): Refusal | undefined {
  const start = text.slice(0, 20_000);
  // Gateways put warnings of their own before it.
  if (/^[ \t]*A message claiming to be from you has failed/m.test(start))
    return otherKind({ code: "failure-report-in-words" });
  const isErrorReport =
    /^Report-Date:/im.test(start) && /^(Report-Domain|Report-ID|Report-Size|Submitter|Submitting-URI):/im.test(start);
  return isErrorReport ? otherKind({ code: "error-report" }) : undefined;
}

function otherKind(reason: Reason): Refusal {
  return refuse("other-kind", reason);
}
