import { expect, test } from "vitest";
import { indexFilesOf } from "../../src/history/index/month-index.ts";
import { ledgerPath } from "../../src/history/intake/ledger.ts";
import { planPrune } from "../../src/history/prune.ts";

const months = ["2025-12", "2026-01", "2026-10", "2026-11"];
const filesOf = (month: string) => [
  `example.com/${month.slice(0, 4)}/${month}-17.json`,
  `example.com/${month.slice(0, 4)}/${month}-17.0123456789ab.json`,
  `example.com/${month.slice(0, 4)}/${month}-17.not-counted.json`,
  `example.com/${month.slice(0, 4)}/${month}.csv`,
  `example.com/${month.slice(0, 4)}/${month}-sources.csv`,
  `example.com/${month.slice(0, 4)}/${month}-pairs.csv`,
  `example.com/${month.slice(0, 4)}/${month}-senders.csv`,
  ...indexFilesOf({ domain: "example.com", month }),
  ...indexFilesOf({ kind: "tls", domain: "example.com", month }),
  `intake/${month.replace("-", "/")}/${month}-18.csv`,
  `intake/${month.replace("-", "/")}/${month}-18.2.csv`,
];
const undated = [
  "state.json",
  "incidents.json",
  "networks.json",
  "README.md",
  "trend-light.svg",
  ledgerPath(undefined),
  "intake/undated.2.csv",
];
const paths = [...undated, ...months.flatMap(filesOf)];
const below = (prefix: string, names: string[]) => names.map((name) => `${prefix}${name}`);

test.each([
  [1, ["2026-11"]],
  [2, ["2026-10", "2026-11"]],
  [11, ["2026-01", "2026-10", "2026-11"]],
  [12, months],
  [1200, months],
])("of %i months the newest is that of the newest day", (count, kept) => {
  for (const prefix of ["", "data/"]) {
    const plan = planPrune(below(prefix, paths), { prefix, months: count });
    const gone = months.filter((month) => !kept.includes(month));
    expect(plan).toEqual({
      drop: below(prefix, gone.flatMap(filesOf)).sort(),
      dropMonths: gone,
      keepMonths: kept,
      strangers: [],
    });
  }
});

test("an intake file of a later month does not count as a day", () => {
  const plan = planPrune([...filesOf("2026-10"), "intake/2026/11/2026-11-01.csv"], { prefix: "", months: 1 });
  expect(plan).toMatchObject({ drop: [], keepMonths: ["2026-10", "2026-11"] });
});

test("without a day nothing goes", () => {
  expect(planPrune(["data/state.json", "data/intake/2026/01/2026-01-01.csv"], { prefix: "data/", months: 1 })).toEqual({
    drop: [],
    dropMonths: [],
    keepMonths: ["2026-01"],
    strangers: [],
  });
});

test("what only looks like a file of the history stays", () => {
  const others = [
    "data/notes/2024/2024-01-01.json",
    "data/example.com/2024/2024-01-01.txt",
    "data/intake/2024-01-01.csv",
  ];
  const plan = planPrune([...others, ...below("data/", filesOf("2026-11"))], { prefix: "data/", months: 1 });
  expect(plan).toMatchObject({ drop: [], strangers: [] });
});

test("what explains, licenses or runs the history is no stranger to it; all else is", () => {
  const beside = [
    ".github/workflows/dmarc.yml",
    ".gitattributes",
    "README.md",
    "LICENSE",
    "SECURITY.md",
    "dmarc-digest.yml",
  ];
  const strangers = ["src/main.ts", "docs/README.md", "example.net/2026/page.html", ".vscode/settings.json"];
  for (const prefix of ["", "data/"]) {
    const plan = planPrune([...beside, ...strangers, ...below(prefix, paths)], { prefix, months: 13 });
    expect(plan.strangers).toEqual(strangers);
  }
});
