import { parentPort } from "node:worker_threads";
import { reasonText } from "../../src/render/words/words.ts";
import { readMail } from "../../src/report/mail/mail.ts";
import { mailStates } from "../../src/report/mail-state.ts";

/*
 * The worker of `npm run fuzz`: reads what it is sent and answers with what is wrong about the answer, if anything.
 */

const now = new Date("2026-11-20T09:00:00Z");

parentPort?.on("message", async (bytes: Uint8Array) => {
  parentPort?.postMessage(await problemIn(bytes).catch((error: unknown) => `threw ${String(error)}`));
});

async function problemIn(bytes: Uint8Array): Promise<string | undefined> {
  const { files } = await readMail(bytes, { now });
  if (files.length === 0) return "no file";
  for (const { state, reason, report } of files) {
    if (!mailStates.includes(state)) return `the state ${state}`;
    if (state !== "read" && !reason) return `${state} without a reason`;
    // A library's error about a broken file is an answer; one of this code about itself is a defect.
    if (
      /is not a function|of undefined|of null|is not iterable|not defined|call stack|regular expression/i.test(
        reasonText(reason),
      )
    )
      return reasonText(reason);
    const rows = report?.records.map(({ row }) => row) ?? [];
    if (rows.some(({ count }) => !Number.isSafeInteger(count) || count < 0)) return "a count that is none";
    if (report !== undefined && !/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(report.policyPublished.domain))
      return "a domain that is none";
  }
  return Object.keys(Object.prototype).length > 0 ? "a polluted prototype" : undefined;
}
