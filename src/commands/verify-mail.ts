import type { TrustConfig } from "../config/config.ts";
import { openDns } from "../io/dns.ts";
import { readFetched } from "../io/fetched.ts";
import { filesSource } from "../io/files/files.ts";
import { SourceError, type SourceMail } from "../io/source.ts";
import { logText } from "../render/escape.ts";
import { explainMail, explainReports } from "../render/explanation.ts";
import { reasonText } from "../render/words/words.ts";
import { isBareFile } from "../report/mail/mail.ts";
import { checkDkim, type DkimOutcome, judgeReports } from "../report/trust/trust.ts";
import type { Output } from "./read.ts";

/** What `dmarc-digest verify-mail` is asked for. */
export interface VerifyMailOptions {
  /** A mail, or an mbox of several. */
  path: string;
  /** Whom to believe, as in the configuration of a run. */
  trust: TrustConfig;
  /** The time of the run. */
  now: Date;
  stdout: Output;
  stderr: Output;
}

/**
 * The command `dmarc-digest verify-mail FILE.eml`: says step by step whether a mail is authentic, and whether its reports
 * count. Asks DNS for the keys of its DKIM signatures, and changes nothing.
 *
 * @returns The exit code: 0, or 2 when the file can't be opened; stderr says why.
 */
export async function verifyMail({ path, trust, now, stdout, stderr }: VerifyMailOptions): Promise<number> {
  const dns = openDns({ servers: trust.dnsServers });
  try {
    for await (const mail of filesSource({ name: path, paths: [path] }).mails(undefined)) {
      const lines = await explain(mail, { trust, now, resolve: dns.resolveTxt });
      stdout.write(`${[logText(mail.name, 500), ...lines.map((line) => `  ${line}`)].join("\n")}\n`);
    }
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
): Promise<string[]> {
  const read = await readFetched(mail, { now });
  const { bytes } = mail;
  if (bytes === undefined) return explainReports(read.files, trust);
  const at = new Date(read.received ?? now);
  const outcomes: DkimOutcome[] = [];
  const options = {
    ...trust,
    ownDomains: trust.domains,
    isGiven: true,
    checkDkim: async (message: Uint8Array, fromDomain: string) => {
      const outcome = await checkDkim(message, { fromDomain, at, resolve });
      outcomes.push(outcome);
      return outcome;
    },
  };
  const { files } = await judgeReports(read, bytes, options);
  return [
    ...(isBareFile(bytes)
      ? ["It is no mail, but a file: given by hand, it counts as it is."]
      : explainMail(bytes, trust)),
    ...outcomes.flatMap(dkimLines),
    ...explainReports(files, trust),
  ];
}

function dkimLines(outcome: DkimOutcome): string[] {
  const found = outcome.signatures.map(
    ({ domain, selector, kind, reason }) =>
      `DKIM signature of ${logText(domain, 100)} (${logText(selector, 100)}): ${kind === "pass" ? "good" : logText(reason === undefined ? kind : reasonText(reason), 300)}`,
  );
  return found.length > 0
    ? found
    : [`DKIM: ${outcome.kind === "pass" ? "good" : logText(reasonText(outcome.reason), 300)}`];
}
