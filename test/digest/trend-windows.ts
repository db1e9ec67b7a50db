import type { Window, WindowReporter, WindowSource } from "../../src/digest/window.ts";

/** Builders of windows for tests of what is made of them; messages follow from the outcomes. */

const noDispositionCells = {
  dispositionNone: 0,
  dispositionQuarantine: 0,
  dispositionReject: 0,
  dispositionPass: 0,
};

export function makeLine(said: Partial<WindowReporter> & { day: string; domain: string }): WindowReporter {
  const { dmarcPass = 0, dmarcFail = 0, notEvaluated = 0 } = said;
  return {
    reporter: "google.com",
    verdict: "verified",
    policy: "p=none",
    reports: 1,
    messages: dmarcPass + dmarcFail + notEvaluated,
    dmarcPass,
    dmarcFail,
    notEvaluated,
    spfOrDkimFail: dmarcFail,
    ...noDispositionCells,
    unreadableRecords: 0,
    firstReceived: undefined,
    ...said,
  };
}

export function makeSourceLine(said: Partial<WindowSource> & { day: string; domain: string }): WindowSource {
  return {
    source: "192.0.2.0/24",
    standing: "known",
    policyTag: "p",
    altered: 0,
    dkim: "pass",
    spf: "pass",
    messages: 1,
    ...noDispositionCells,
    addresses: 1,
    ...said,
  };
}

export function makeWindowOf(
  days: Pick<Window, "first" | "last">,
  reporters: WindowReporter[],
  sources: WindowSource[] = [],
): Window {
  return { ...days, reporters, sources };
}
