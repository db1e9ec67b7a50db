/** Order by UTF-16 code units, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** An order by some texts of the items, the first of these first; a missing one is as an empty one. */
export function compareBy<Key extends string>(
  ...keys: Key[]
): (a: { [K in Key]?: string | undefined }, b: { [K in Key]?: string | undefined }) => number {
  return (a, b) => {
    for (const key of keys) if (a[key] !== b[key]) return compareText(a[key] ?? "", b[key] ?? "");
    return 0;
  };
}

/** Items by their key, groups and items in the order in which they come. Node 20 has no `Map.groupBy`. */
export function groupBy<K, T>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  let before: K | undefined;
  let group: T[] | undefined;
  each(items, (item) => {
    const key = keyOf(item);
    // Mostly items of one group come together.
    if (group === undefined || key !== before) group = groups.get(key);
    if (group === undefined) {
      group = [item];
      groups.set(key, group);
    } else group.push(item);
    before = key;
  });
  return groups;
}

/** Lists of at most so many items, in their order. */
export function inPieces<T>(items: readonly T[], most: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, at) => items.slice(at * most, (at + 1) * most));
}

/** Items that stand together and are alike, in lists that take no more room than they need. */
export function* runsOf<T>(items: Iterable<T>, areAlike: (a: T, b: T) => boolean): Generator<readonly [T, ...T[]]> {
  let run: T[] = [];
  for (const item of items) {
    const [first] = run;
    if (first !== undefined && !areAlike(first, item)) {
      yield run.slice() as [T, ...T[]];
      run = [];
    }
    run.push(item);
  }
  if (run.length > 0) yield run.slice() as [T, ...T[]];
}

/** The sum of a number of each item; 0 for none. */
export function sumOf<T>(items: Iterable<T>, numberOf: (item: T) => number): number {
  let sum = 0;
  each(items, (item) => {
    sum += numberOf(item);
  });
  return sum;
}

/** Does something with each of some items; those of a list without the object that an iterator makes for each. */
function each<T>(items: Iterable<T>, work: (item: T) => void): void {
  if (Array.isArray(items)) items.forEach(work);
  else for (const item of items) work(item);
}

/**
 * What the items come to by name: each name with its sum, the largest first, equal ones by name.
 *
 * @param numberOf - What an item adds; 1 without it.
 */
export function countBy<T>(
  items: Iterable<T>,
  nameOf: (item: T) => string,
  numberOf: (item: T) => number = () => 1,
): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  each(items, (item) => {
    const name = nameOf(item);
    counts.set(name, (counts.get(name) ?? 0) + numberOf(item));
  });
  return Array.from(counts, ([name, count]) => ({ name, count })).sort(
    (a, b) => b.count - a.count || compareText(a.name, b.name),
  );
}

/** What a map has at some keys, in their order; those that are missing or `undefined` are left out. */
export function entriesAt<K, V>(map: ReadonlyMap<K, V | undefined>, keys: readonly K[]): [K, V][] {
  return keys.flatMap((key): [K, V][] => {
    const value = map.get(key);
    return value === undefined ? [] : [[key, value]];
  });
}

/** Entries as a record in the order of its keys, the last one of each key; `undefined` for none. */
export function sortedRecord<V>(entries: Iterable<readonly [string, V]>): Record<string, V> | undefined {
  const sorted = [...new Map(entries)].sort(([a], [b]) => compareText(a, b));
  return sorted.length === 0 ? undefined : Object.fromEntries(sorted);
}

/** The value of a key in a map, which is made and put there when there is none. */
export function entryIn<K, V>(
  map: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  make: (key: K) => V,
): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make(key);
  map.set(key, made);
  return made;
}
