import { incidentName, replay } from "../../../src/digest/replay.ts";
import { parseWindow } from "../../../src/digest/window/window.ts";
import { dayAfter, daysFrom } from "../../../src/history/dates.ts";
import { noTrust as trust } from "../../../test/history/reports.ts";
import { addDeliveries, emptyHistory } from "./history.ts";
import type { Life } from "./life.ts";
import { deliveriesOf } from "./reports.ts";
import type { ReplayEvent } from "./score.ts";

/** When the runs of a day are: the digest in the morning, and a watch after Google has reported. */
const moments = ["06:37", "13:37"];

/** What the runs of a life post, up to a day. */
export function playLife(life: Life, last = life.last): ReplayEvent[] {
  const runs = daysFrom(dayAfter(life.judged, 2), dayAfter(last, 3)).flatMap((day) =>
    moments.map((moment) => new Date(`${day}T${moment}:00Z`)),
  );
  const end = runs.at(-1)?.toISOString() ?? "";
  const history = emptyHistory();
  addDeliveries(
    history,
    deliveriesOf(life).filter(({ arrived }) => arrived <= end),
  );
  const domains = life.domains.map(({ name }) => name);
  const window = parseWindow({
    first: "2000-01-01",
    last: end.slice(0, 10),
    domains,
    texts: history.indexTexts,
    trust,
  });
  return [...replay(window, { runs, settleHours: 48 })].flatMap(({ events }) =>
    events.map(({ at, day, event, incident, messages }): ReplayEvent => {
      const { domain, rule } = incident.key;
      return {
        at,
        day,
        event: event === "withdrawn" ? "recovered" : event,
        key: incidentName(incident),
        ...(domain !== "" && { domain }),
        rule,
        verdict: incident.level,
        messages,
        words: "",
      };
    }),
  );
}
