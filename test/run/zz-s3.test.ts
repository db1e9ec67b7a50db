import { createHash } from "node:crypto";
import { test } from "vitest";
import { daysUpTo, deliveriesOn, domainName, mailOf } from "../../tools/bench/history/corpus.ts";
import { flagsOf, timed } from "../../tools/bench/timed.ts";
import { makeFolder, makeRepository } from "../servers/git.ts";
import { awsVariables, startS3 } from "../servers/s3.ts";

test("20,000", async () => {
  const s3 = await startS3();
  const domains = Array.from({ length: 50 }, (_, n) => n);
  const all = daysUpTo("2026-11-20", 40)
    .flatMap((day) => deliveriesOn(day, domains))
    .slice(0, 20_000);
  for (const [i, d] of all.entries())
    s3.objects.set(`mail/${createHash("md5").update(String(i)).digest("hex")}`, {
      bytes: Buffer.from(mailOf(d)),
      put: new Date(d.received),
    });
  console.log(all.length, s3.objects.size);
  const repo = makeRepository("started");
  const run = () =>
    timed(
      [
        "dist/cli.js",
        "run",
        ...flagsOf({
          s3: `s3://${s3.bucket}/mail/`,
          "s3-endpoint": s3.url,
          now: "2026-11-20T09:00:00Z",
          domains: domains.map(domainName).join(","),
          "count-unverified": "true",
        }),
        "--data-path",
        `${repo.folder}/data`,
      ],
      { ...awsVariables, RUNNER_TEMP: makeFolder() },
    );
  console.log(
    await run(),
    s3.seen.length,
    s3.seen.filter((l) => l.startsWith("GET")).length,
    repo.git("log", "--oneline").split("\n").length,
  );
  s3.seen.length = 0;
  console.log(await run(), s3.seen.length);
}, 1_200_000);
