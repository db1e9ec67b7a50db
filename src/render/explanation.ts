import { readHeader } from "../report/header.ts";
import type { ReadFile } from "../report/read-mail.ts";
import {
  fromSenderOf,
  impersonationReason,
  isAuthenticationResults,
  isCounting,
  isOwn,
  judgeByHeader,
  standingOf,
  type Trust,
  type TrustAbout,
  type TrustedHost,
  topmostAuthservId,
  trustAbout,
} from "../report/trust/trust.ts";
import type { AnyRecord, Report } from "../report/types.ts";
import { logText } from "./escape.ts";
import { reasonText, wordsOf } from "./words/words.ts";

/** Who is believed, and which domains are ours. */
export interface ExplanationOptions {
  trustedHosts: readonly TrustedHost[];
  /** Our own domains as A-labels. */
  domains: readonly string[];
}

/** What the header of a mail says of its sender, a line a step. Text of strangers is guarded. */
export function explainMail(mail: Uint8Array, { trustedHosts, domains }: ExplanationOptions): string[] {
  const header = readHeader(mail) ?? { fields: [], body: Buffer.alloc(0) };
  const { fields } = header;
  const sender = fromSenderOf(fields);
  const count = fields.filter(isAuthenticationResults).length;
  switch (sender.kind) {
    case "several":
      return [
        `From: ${sender.domains.map((domain) => logText(domain, 100)).join(" and ")}: which one people see is not known`,
      ];
    case "none":
      return ["From: no address that could be authenticated"];
    case "one":
      if (isOwn(sender.domain, domains)) {
        return [`From: ${sender.domain}, a domain of yours, which proves nothing about a reporter`];
      }
      return [`From: ${sender.domain}`, ...(count === 0 ? ["Authentication-Results: none"] : hostLines())];
    default:
      return sender satisfies never;
  }

  function hostLines(): string[] {
    const top = topmostAuthservId(fields);
    const name = top?.authservId === undefined ? "a host that gives no id" : logText(top.authservId, 100);
    const advice = top?.setting === undefined ? "" : `; if that is your mail host: authserv-id: ${top.setting}`;
    if (trustedHosts.length === 0)
      return [`Authentication-Results: on top those of ${name}, which nobody trusts${advice}`];
    if (sender.kind !== "one") return [];
    const verdict = judgeByHeader(header, trustedHosts, sender.domain);
    switch (verdict.kind) {
      case "pass":
        return [`Authentication-Results: ${verdict.host} says ${verdict.method}=pass for ${verdict.domain}`];
      case "fail":
        return [`Authentication-Results: ${verdict.host} says dmarc=fail for ${sender.domain}`];
      case "nothing":
        return [
          `Authentication-Results decide nothing: ${logText(reasonText(verdict.reason), 300)} (on top are those of ${name}${advice})`,
        ];
      default:
        return verdict satisfies never;
    }
  }
}

/** What becomes of the reports of a mail that was judged, a line each. Text of strangers is guarded. */
export function explainReports(files: readonly ReadFile[], trust: Trust): string[] {
  return files.map((file) =>
    file.report === undefined
      ? `${file.state}: ${logText(reasonText(file.reason), 300)}`
      : explainReport(file.report, file, trust),
  );
}

function explainReport(
  { kind, reportMetadata, policyPublished }: Report<AnyRecord>,
  { authenticity = { verdict: "unverified" }, isAstray }: Omit<ReadFile & { report: object }, "report">,
  trusted: Trust,
): string {
  const trust = trustAbout(policyPublished.domain, trusted);
  const { verdict, domain = "" } = authenticity;
  const what = `${kind === undefined ? "Report" : "TLS report"} of ${logText(reportMetadata.orgName, 60) || "nobody named"} about ${policyPublished.domain}`;
  const counts = isCounting(authenticity, trust) ? "it counts" : "it does not count";
  if (verdict === "given") return `${what}: given by hand: ${counts}`;
  const place = isAstray ? "found amid words or fields, which anybody may have written: " : "";
  if (verdict === "unverified") return `${what}: ${place}not authenticated: ${counts}`;
  const impersonation = impersonationReason(reportMetadata.orgName, domain, trust);
  if (impersonation !== undefined) return `${what}: quarantined: ${logText(reasonText(impersonation), 300)}`;
  return `${what}: authenticated as ${domain}, ${standingText(domain, trust)}: ${counts}`;
}

function standingText(domain: string, trust: TrustAbout): string {
  const standing = standingOf(domain, trust);
  switch (standing) {
    case "known":
      return "a known reporter";
    case "trusted":
      return "one of trusted-reporters";
    case "new":
      return wordsOf("en").notCounted.newcomer(domain);
    default:
      return standing satisfies never;
  }
}
