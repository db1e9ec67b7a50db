import type { DnsAnswer } from "../../report/trust/trust.ts";
import type { SetupFinding } from "./setup-finding.ts";

/** The types of records that are asked for. */
export type RecordType = "TXT" | "CNAME" | "A" | "AAAA" | "MX" | "PTR";

/** Asks DNS for the records of a name, each as one text; it never throws. */
export type Resolve = (name: string, type: RecordType) => Promise<DnsAnswer>;

/** The records of an answer; none where there is no such record. */
export function recordsIn(answer: DnsAnswer): readonly string[] {
  return answer.kind === "found" ? answer.records : [];
}

/** The finding that DNS did not answer, where it did not. */
export function silenceOf(name: string, answer: DnsAnswer): SetupFinding[] {
  return answer.kind === "no-answer" ? [{ code: "dns-no-answer", name, why: answer.reason }] : [];
}

/** A record for people: Node gives the bytes of DNS as Latin-1. */
export function readable(text: string): string {
  return Buffer.from(text, "latin1").toString();
}
