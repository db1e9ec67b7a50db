import type { WindowReporter, WindowSource } from "../../src/digest/window.ts";

/** A line of a source: 10 messages of a service that passed by both and were let through, unless told otherwise. */
export function sourceLine(line: Partial<WindowSource> & { day: string }): WindowSource {
  const messages = line.messages ?? 10;
  return {
    domain: "example.com",
    source: "crm.example",
    standing: "known",
    policyTag: "p",
    dkim: "pass",
    spf: "pass",
    messages,
    altered: 0,
    dispositionNone: messages - (line.dispositionReject ?? 0) - (line.dispositionQuarantine ?? 0),
    dispositionQuarantine: 0,
    dispositionReject: 0,
    dispositionPass: 0,
    addresses: 1,
    ...line,
  };
}

/** A line of a reporter that saw `p=none` and 10 messages that passed, unless told otherwise. */
export function reporterLine(line: Partial<WindowReporter> & { day: string }): WindowReporter {
  const messages = line.messages ?? 10;
  return {
    domain: "example.com",
    reporter: "google.com",
    verdict: "verified",
    policy: "p=none",
    reports: 1,
    messages,
    dmarcPass: messages,
    dmarcFail: 0,
    notEvaluated: 0,
    spfOrDkimFail: 0,
    dispositionNone: messages,
    dispositionQuarantine: 0,
    dispositionReject: 0,
    dispositionPass: 0,
    unreadableRecords: 0,
    firstReceived: undefined,
    ...line,
  };
}

/** What a line says of messages that failed both. */
export const failing = { dkim: "fail", spf: "fail" } as const;
