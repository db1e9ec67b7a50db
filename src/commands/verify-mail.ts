import type { TrustConfig } from "../config/config.ts";
import { openDns } from "../io/dns.ts";
import { filesSource } from "../io/files/files.ts";
import { readFetched, SourceError, type SourceMail } from "../io/source.ts";
import { logText } from "../render/escape.ts";
import { explainMail, explainReports } from "../render/explanation.ts";
import { formatCount, formatNumberOf, reasonText } from "../render/words/words.ts";
import { isBareFile } from "../report/mail/mail.ts";
import type { ReadFile } from "../report/read-mail.ts";
import type { Reason } from "../report/reason.ts";
import { checkDkim, type DkimOutcome, isCounting, judgeReports, trustAbout } from "../report/trust/trust.ts";
import type { Output } from "./read/read.ts";

interface VerifyMailOptions extends Record<"stdout" | "stderr", Output> {
  path: string;
  /** Whom to believe, as in the configuration of a run. */
  trust: TrustConfig;
  now: Date;
}

/**
 * The command `dmarc-digest verify-mail PATH`: says step by step whether a mail is authentic, and whether its reports
 * count; of several mails how many do. Asks DNS for the keys of its DKIM signatures, and changes nothing.
 *
 * @returns The exit code: 0, or 2 when the file can't be opened; stderr says why.
 */
export async function verifyMail({ path, trust, now, stdout, stderr }: VerifyMailOptions): Promise<number> {
  const dns = openDns({ servers: trust.dnsServers });
  try {
    const sum = { mails: 0, counts: 0, others: 0 };
    for await (const mail of filesSource({ name: path, paths: [path] }).mails(undefined)) {
      const { lines, files } = await explain(mail, { trust, now, resolve: dns.resolveTxt });
      stdout.write(`${[logText(mail.name, 500), ...lines.map((line) => `  ${line}`)].join("\n")}\n`);
      sum.mails += 1;
      for (const { report, authenticity = { verdict: "unverified" } as const } of files) {
        if (report === undefined) continue;
        const about = trustAbout(report.policyPublished.domain, trust.trust);
        sum[isCounting(authenticity, about) ? "counts" : "others"] += 1;
      }
    }
    if (sum.mails > 1) stdout.write(`${totalText(sum)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    stderr.write(`${reasonText(error.reason)}\n`);
    return 2;
  } finally {
    dns.close();
  }
}

async function explain(
  mail: SourceMail,
  { trust, now, resolve }: { trust: TrustConfig; now: Date; resolve: ReturnType<typeof openDns>["resolveTxt"] },
): Promise<{ lines: string[]; files: readonly ReadFile[] }> {
  const read = await readFetched(mail, { now });
  const { bytes } = mail;
  if (bytes === undefined) return { lines: explainReports(read.files, trust.trust), files: read.files };
  const at = new Date(read.received ?? now);
  const outcomes: DkimOutcome[] = [];
  const options = {
    trustedHosts: trust.trustedHosts,
    trustedReporters: trust.believedReporters,
    ownDomains: trust.domains,
    isGiven: true,
    checkDkim: async (message: Uint8Array, fromDomain: string) => {
      const outcome = await checkDkim(message, { fromDomain, at, resolve });
      outcomes.push(outcome);
      return outcome;
    },
  };
  const { files } = await judgeReports(read, bytes, options);
  const about = isBareFile(bytes)
    ? ["It is no mail, but a file: given by hand, it counts as it is."]
    : explainMail(bytes, trust);
  return { lines: [...about, ...outcomes.flatMap(dkimLines), ...explainReports(files, trust.trust)], files };
}

/** `12 mails with 14 reports: 9 count, 5 do not` */
function totalText({ mails, counts, others }: Record<"mails" | "counts" | "others", number>): string {
  const reports = formatNumberOf(counts + others, "report");
  return `${formatNumberOf(mails, "mail")} with ${reports}: ${formatCount(counts)} count, ${formatCount(others)} do not`;
}

function dkimLines(outcome: DkimOutcome): string[] {
  const said = (kind: DkimOutcome["kind"], reason?: Reason): string =>
    kind === "pass" ? "good" : logText(reason === undefined ? kind : reasonText(reason), 300);
  if (outcome.signatures.length === 0)
    return [`DKIM: ${said(outcome.kind, outcome.kind === "pass" ? undefined : outcome.reason)}`];
  return outcome.signatures.map(({ domain, selector, kind, reason }) => {
    return `DKIM signature of ${logText(domain, 100)} (${logText(selector, 100)}): ${said(kind, reason)}`;
  });
}
