import type { AuthFailure } from "../../../report/reason.ts";
import { formatNumberOf } from "../format.ts";

/** Failure reports (RFC 9991). */
export const failures = {
  title: "Failure reports",
  failures: {
    bodyhash: "the body was changed after signing",
    revoked: "the key is revoked",
    signature: "the signature does not fit the key",
    spf: "SPF failed",
    adsp: "ADSP failed",
    dmarc: "DMARC failed",
    other: "cause not said",
  } satisfies Record<AuthFailure, string>,
  mails: (mails: number) => formatNumberOf(mails, "mail"),
  /** Behind a step: what the reports settle. */
  key: (reports: number) =>
    `${formatNumberOf(reports, "failure report")} ${reports === 1 ? "says" : "say"} that the signature does not fit the key in DNS, and not that the body was changed`,
  body: (reports: number) =>
    `${formatNumberOf(reports, "failure report")} ${reports === 1 ? "says" : "say"} that the body was changed after signing: the key is right, so see what changes the mail on its way`,
};
