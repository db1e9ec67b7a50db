import { join } from "node:path";
import { startSlack } from "../../../test/servers/slack/slack.ts";
import { buildHistory } from "./build.ts";
import { daysUpTo, deliveriesOn } from "./corpus.ts";
import { clone, gitIn, type RunCost, resetTo, type StoreKind, saveMails, startRun } from "./place.ts";
import { growthSince } from "./size.ts";

/**
 * As many days as a digest reads, of which the last 31 are a commit each; a domain has so many reporters, one mail a day of each.
 */
const history = { today: "2026-11-24", days: 107, daily: 31, reporters: 3 };
const now = `${history.today}T09:00:00Z`;

/** Measures a daily run with Slack on histories of ever more domains, by each store; and one that posts the week and writes the page to explore. */
export async function measureDomains(
  folder: string,
  runner: string,
  { sizes, stores }: { sizes: readonly number[]; stores: readonly StoreKind[] },
): Promise<void> {
  console.log(
    "domains   mails  records | store | CPU s  clock s   MB  requests  sent MB | week, page: CPU s   MB  requests | MB a year | Slack: messages, blocks, characters",
  );
  for (const domains of sizes) await measure(folder, { runner, domains, stores });
}

async function measure(
  folder: string,
  { runner, domains, stores }: { runner: string; domains: number; stores: readonly StoreKind[] },
): Promise<void> {
  const all = Array.from({ length: domains }, (_, domain) => domain);
  const bare = join(folder, `${domains} domains.git`);
  const dates = daysUpTo(history.today, history.days + 1);
  const [first = "", daily = "", last = ""] = [dates[0], dates.at(-1 - history.daily), dates.at(-2)];
  const { reporters } = history;
  await buildHistory(bare, { first, last, domains, daily, early: reporters, reporters });
  await gitIn(bare, "repack", "-a", "-d", "-f", "--quiet");
  const growth = await growthSince(bare, `main~${history.daily}`);
  const work = await clone(bare);
  const place = { bare, clone: work, domains, inputs: { "count-unverified": "true" } };
  // The first run of all judges all days of the window.
  const before = join(folder, `before ${domains}`);
  await saveMails(before, deliveriesOn(last, [domains - 1]).slice(0, 1));
  await startRun(runner, { ...place, store: "git", mails: before, now: `${last}T09:00:00Z` });

  const mails = join(folder, `${domains} mails`);
  const deliveries = deliveriesOn(history.today, all, reporters);
  await saveMails(mails, deliveries);
  const commit = await gitIn(bare, "rev-parse", "main");
  const run = async (store: StoreKind, isFull: boolean): Promise<RunCost & { posted: string[] }> => {
    const slack = await startSlack();
    const inputs = {
      ...place.inputs,
      "slack-token": "xoxb-test-token",
      "slack-channel": "#dmarc",
      ...(isFull ? { explore: "true" } : { weekly: "none" }),
    };
    const environment = { SLACK_API_URL: slack.apiUrl, RUNNER_TEMP: folder };
    const cost = await startRun(runner, { ...place, store, mails, now, inputs, environment });
    if (cost.problems.length > 0) throw new Error(cost.problems.join("\n"));
    await slack.stop();
    await resetTo(commit, { ...place, store, mails, now });
    return { ...cost, posted: slack.messages.map(({ blocks }) => JSON.stringify(blocks)) };
  };
  const count = (number: number): string => number.toLocaleString("en-US");
  const records = deliveries.reduce((sum, { report }) => sum + report.records.length, 0);
  const cpu = (cost: RunCost): string => (cost.cpu + cost.childCpu).toFixed(1);
  for (const store of stores) {
    const [plain, full] = [await run(store, false), await run(store, true)];
    const cells = [
      [domains, deliveries.length, records].map(count).join(" "),
      store,
      [
        cpu(plain),
        plain.elapsed.toFixed(1),
        plain.megabytes.toFixed(),
        count(plain.requests),
        (plain.written / 1e6).toFixed(1),
      ].join(" "),
      [cpu(full), full.megabytes.toFixed(), count(full.requests)].join(" "),
      count(Math.round((growth / 1e6 / history.daily) * 365)),
      plain.posted.map((blocks) => `${JSON.parse(blocks).length}, ${blocks.length}`).join("; "),
    ];
    console.log(cells.join(" | "));
  }
}
