import { domainOfFolder } from "./day-file/day-file.ts";
import { compareText, groupBy } from "./lists.ts";

/** The files of one policy domain and month, as their names say. */
export interface MonthFiles {
  /** The `kind` of the reports in them; see `Report`. */
  reportKind?: "tls";
  /** Policy domain, by the name of its folder. */
  domain: string;
  /** `YYYY-MM` */
  month: string;
  /** Paths of the files of each day by `YYYY-MM-DD`, sorted: the day file, and those beside it. */
  days: Map<string, string[]>;
  /** Paths of index files. */
  indexes: string[];
  /** Paths under names of ours that are no plain files but symbolic links, folders or devices. */
  odd: string[];
}

const dayName = /^(\d{4}-\d{2}-\d{2})(\.[0-9a-f]{12}|\.not-counted)?\.json$/;
/** Those of earlier releases, too. */
const indexName = /^(\d{4}-\d{2})(-(pairs|senders|sources|sessions)(\.[0-9a-f]{8})?)?\.csv$/;

/** Whether a name in a year's folder is that of a file of ours. */
export function isMonthFile(name: string): boolean {
  return dayName.test(name) || indexName.test(name);
}

/**
 * The months of a year's folder, sorted.
 *
 * @param folder - Below `data-path`: `example.com/2026`, `example.com/tls/2026`.
 * @param names - What is in it under names of ours, and whether it is a plain file.
 */
export function monthFilesOf(folder: string, names: readonly { name: string; isFile: boolean }[]): MonthFiles[] {
  const [name = "", kind] = folder.split("/");
  const domain = domainOfFolder(name) ?? name;
  const sorted = names.toSorted((a, b) => compareText(a.name, b.name));
  return [...groupBy(sorted, ({ name }) => name.slice(0, 7))].map(([month, group]) => {
    const files = group.flatMap(({ name, isFile }) => (isFile ? name : []));
    const days = groupBy(
      files.filter((name) => dayName.test(name)),
      (name) => name.slice(0, 10),
    );
    const pathOf = (name: string): string => `${folder}/${name}`;
    return {
      ...(kind === "tls" && { reportKind: kind }),
      domain,
      month,
      days: new Map([...days].map(([day, parts]) => [day, parts.map(pathOf)])),
      indexes: files.filter((name) => indexName.test(name)).map(pathOf),
      odd: group.flatMap(({ name, isFile }) => (isFile ? [] : pathOf(name))),
    };
  });
}
