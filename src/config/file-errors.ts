import { type Document, isMap, isPair, isScalar, visit, type YAMLError } from "yaml";
import type * as z from "zod";
import { type Fault, makeFault } from "../report/fault.ts";
import { nearest } from "./config-error.ts";
import { fileKeys, keyMeaning, meaningOf, settingKey, yamlOf } from "./file-keys.ts";
import { patternOf } from "./file-schema.ts";
import { type InputName, inputNames, inputs, placeOf, type Setting } from "./settings.ts";
import { limitNames } from "./values.ts";

/** One error of a file: how many characters stand before it, and what it is. */
export interface FileProblem {
  offset: number;
  problem: Fault;
}

/** What keeps a file from being read at all: its syntax, keys that are no names, anchors that lead nowhere or to themselves. */
export function syntaxProblems(document: Document, text: string): FileProblem[] {
  if (document.errors.length > 0) {
    // What the parser says after its first error comes of that one.
    const first = document.errors.findIndex(({ code }) => code !== "DUPLICATE_KEY");
    return document.errors
      .filter(({ code }, index) => index === first || code === "DUPLICATE_KEY")
      .map((error) => syntaxProblem(error, text));
  }
  const found: FileProblem[] = [];
  let last: FileProblem | undefined;
  visit(document, {
    Alias(_, alias, path) {
      const source = alias.resolve(document);
      const problem = makeFault("anchor-wrong", { name: alias.source, meaning: meaningAtPath(keysOf(path)) });
      last = { offset: alias.range?.[0] ?? 0, problem };
      if (source === undefined || path.includes(source)) found.push(last);
    },
    Pair(_, { key }, path) {
      // In an object `__proto__` is no key of its own, so that the schema does not see it.
      if (isScalar(key) && key.value !== "__proto__") return;
      const problem = isScalar(key)
        ? unknownKey("__proto__", keysOf(path))
        : makeFault("no-keys", { got: makeFault("got-key", {}) });
      found.push({ offset: (key as { range?: [number] } | null)?.range?.[0] ?? 0, problem });
    },
  });
  return found.length === 0 && last !== undefined && isTooLarge(document) ? [last] : found;
}

/** Whether anchors that name each other stand for more than any file can hold. */
function isTooLarge(document: Document): boolean {
  try {
    document.toJS();
    return false;
  } catch {
    return true;
  }
}

/** The names of the keys that a node stands below. */
function keysOf(path: readonly unknown[]): string[] {
  return path.flatMap((node) => (isPair(node) && isScalar(node.key) ? String(node.key.value) : []));
}

/** What the parser says, without what it quotes: it may be a secret. And what the key before it in the line means. */
function syntaxProblem({ code, message, pos: [at] }: YAMLError, text: string): FileProblem {
  // After a key without a value the parser gives the end of that one as the place of the next.
  const offset = at + (code === "DUPLICATE_KEY" ? (/^(\s|#.*)*/.exec(text.slice(at))?.[0].length ?? 0) : 0);
  const [before = "", after = ""] = [text.slice(0, offset).split("\n").at(-1), text.slice(offset).split("\n")[0]];
  const keys = (line: string): string[] => Array.from(line.matchAll(/([^"'\s:{,]+)["']?\s*:/g), ([, key = ""]) => key);
  const name = (code !== "DUPLICATE_KEY" && keys(before).at(-1)) || (keys(after)[0] ?? keys(before + after)[0] ?? "");
  const isDomain = patternOf(name) !== undefined;
  const meaning = meaningAtPath([isDomain ? "domains" : name]);
  if (code === "DUPLICATE_KEY") {
    const said = isDomain || fileKeys.has(name) ? name : "A key";
    return { offset, problem: makeFault("key-twice", { name: said, meaning }) };
  }
  const said = message.replace(/(:? ["']|; please).*$/s, "").replace(/\.$/, "");
  return { offset, problem: makeFault("not-yaml", { message: said, meaning }) };
}

/** One error: at which keys, whether it is about the last key itself, and not its value. */
interface Problem {
  keys: PropertyKey[];
  isKey?: boolean;
  problem: Fault;
}

/** What is wrong with the values of a file, by the errors of its schema, in the order of the file and each once. */
export function valueProblems(
  document: Document,
  written: unknown,
  issues: readonly z.core.$ZodIssue[] = [],
): FileProblem[] {
  const strays = strayVariables(written);
  const others = issues
    .filter((issue) => !isMistyped(issue, issues, written))
    .flatMap((issue) => problemsOf(issue, written));
  // A variable in the wrong place is no right value either.
  const placeOfKey = (keys: PropertyKey[]): string =>
    JSON.stringify(keys.slice(0, 1 + keys.findLastIndex((key) => typeof key === "string")));
  const places = new Set(strays.map(({ keys }) => placeOfKey(keys)));
  const told = [...strays, ...others.filter(({ keys, isKey }) => isKey || !places.has(placeOfKey(keys)))]
    .map(({ keys, isKey, problem }) => ({ offset: offsetOf(document, keys, isKey), problem }))
    .sort((a, b) => a.offset - b.offset);
  return [...new Map(told.map((one) => [JSON.stringify(one), one])).values()];
}

/** Whether what an error misses stands there by a name that is nearly right, of which another error tells. */
function isMistyped(missing: z.core.$ZodIssue, issues: readonly z.core.$ZodIssue[], written: unknown): boolean {
  const isOfMute = missing.code === "custom" && missing.params?.said?.code === "mute-of-nothing";
  const wanted = isOfMute ? ["sender", "key", "rule"] : missing.path.slice(-1);
  if (!isOfMute && valueAt(written, missing.path) !== undefined) return false;
  const place = JSON.stringify(isOfMute ? missing.path : missing.path.slice(0, -1));
  return issues.some(
    (issue) =>
      issue.code === "unrecognized_keys" &&
      JSON.stringify(issue.path) === place &&
      issue.keys.some((key) => wanted.includes(nearest(key, keysAt(issue.path)) ?? "")),
  );
}

function problemsOf(issue: z.core.$ZodIssue, written: unknown): Problem[] {
  const keys = [...issue.path];
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ keys: [...keys, key], isKey: true, problem: unknownKey(key, keys) }));
  if (issue.code === "custom" && issue.params?.said !== undefined)
    return [{ keys, problem: makeFault("key-said", { said: issue.params.said, meaning: meaningAtPath(keys) }) }];
  const strays = issue.code === "invalid_union" ? strayKeys(valueAt(written, keys), keys) : [];
  if (strays.length > 0)
    return strays.map((key) => ({ keys: [...keys, key], isKey: true, problem: unknownKey(key, keys) }));
  const isKey = issue.code === "invalid_key";
  return [{ keys, isKey, problem: wrongValue(keys, isKey ? keys.at(-1) : valueAt(written, keys)) }];
}

/** Keys of a map in `senders` that are none there: of a choice of maps the schema does not say which. */
function strayKeys(value: unknown, path: readonly PropertyKey[]): string[] {
  if (path.at(-2) !== "senders" || typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.keys(value).filter((key) => !keysAt(path).includes(key));
}

/** The innermost key of a path of which something is said, and its name. */
function keyOf(path: readonly PropertyKey[]) {
  const name = path.findLast((key) => typeof key === "string" && fileKeys.has(key));
  return { name: String(name ?? "the file"), key: fileKeys.get(String(name)) };
}

function meaningAtPath(path: readonly PropertyKey[]): Fault {
  return keyMeaning(keyOf(path).name);
}

function wrongValue(path: readonly PropertyKey[], value: unknown): Fault {
  const { name, key } = keyOf(path);
  if (key === undefined) return makeFault("no-keys", { got: shown(value, name) });
  const { expected } = key;
  const meaning = meaningAtPath(path);
  if (value === undefined) return makeFault("key-missing", { name, expected, meaning });
  const hidden =
    typeof value === "string" ? makeFault("secret-hidden", { length: value.length }) : makeFault("got-no-text", {});
  return makeFault("key-wrong", { name, expected, got: key.isSecret ? hidden : shown(value, name), meaning });
}

/** A value for a message; of lists and maps that are no setting the kind alone, since there may be a secret inside. */
function shown(value: unknown, name: string): string | Fault {
  if (value === null) return makeFault("got-nothing", {});
  if (name in inputs && name !== "domains") return yamlOf(value).slice(0, 200);
  if (Array.isArray(value)) return makeFault(value.length === 0 ? "got-empty-list" : "got-list", {});
  return typeof value === "object" ? makeFault("got-map", {}) : JSON.stringify(value).slice(0, 200);
}

function unknownKey(key: string, path: readonly PropertyKey[]): Fault {
  const here = keysAt(path);
  const near = nearest(key, here);
  if (near === undefined && isKnown(key))
    return makeFault("key-elsewhere", { key, places: placesOf(key), meaning: meaningAt(key) });
  if (near !== undefined) return makeFault("key-near", { key, near, meaning: meaningAtPath([...path, near]) });
  const far = nearest(key, [...fileKeys.keys(), ...inputNames]);
  if (far !== undefined)
    return makeFault("key-near-elsewhere", { key, near: far, places: placesOf(far), meaning: meaningAt(far) });
  const names = here.join(", ");
  return makeFault("key-unknown", { key: JSON.stringify(key.slice(0, 50)), names, meaning: meaningAtPath(path) });
}

function isKnown(key: string): boolean {
  return fileKeys.has(key) || Object.hasOwn(inputs, key);
}

/** What a key means that stands in the file, or is an input of one run. */
function meaningAt(key: string): Fault {
  return fileKeys.has(key) ? keyMeaning(key) : meaningOf(key, settingKey(key as InputName));
}

/** The keys that may stand in a map of the file. */
function keysAt(path: readonly PropertyKey[]): string[] {
  const [first, , ...deeper] = path;
  const place = path.findLast((key) => key === "limits" || key === "senders" || key === "mute") ?? first;
  if (place === "limits") return limitNames;
  if (place === "senders") return ["ours", "not-ours"];
  if (place === "mute") return ["sender", "key", "rule", "until", "reason", ...(deeper.length < 1 ? ["domain"] : [])];
  if (place === "mailboxes") return ["name", ...settingsAt("mailbox")];
  if (place === "domains" || place === "groups") {
    return ["role", "mute", ...(place === "domains" ? ["group"] : []), ...settingsAt("domain")];
  }
  return ["mailboxes", "domains", "groups", "mute", ...settingsAt("run"), ...settingsAt("domain")];
}

function settingsAt(place: Setting["in"]): string[] {
  return inputNames.filter((name) => placeOf(name) === place);
}

function placesOf(key: string): Fault[] {
  const places = [
    ["at-top", []],
    ["in-mailbox", ["mailboxes"]],
    ["with-domain", ["domains"]],
    ["in-mute", ["mute"]],
  ] as const;
  const found = places.flatMap(([place, path]) => (keysAt(path).includes(key) ? makeFault(place, {}) : []));
  return found.length === 0 ? [makeFault("of-one-run", {})] : found;
}

/** Variables that stand elsewhere than in a field for a secret. */
function strayVariables(value: unknown, keys: PropertyKey[] = []): Problem[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, inside]) =>
      strayVariables(inside, [...keys, Array.isArray(value) ? Number(key) : key]),
    );
  }
  const name = keys.findLast((key) => typeof key === "string");
  if (typeof value !== "string" || !value.includes("${") || !fileKeys.has(String(name)) || keyOf(keys).key?.isSecret)
    return [];
  return [{ keys, problem: makeFault("stray-variable", { variable: `\${…}`, meaning: meaningAtPath(keys) }) }];
}

/** The value at some keys, one below the other; of an item of a list that is written as one text, all of the text. */
export function valueAt(value: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>(
    (inside, key) => (typeof inside === "string" ? inside : (inside as Record<PropertyKey, unknown> | null)?.[key]),
    value,
  );
}

/** Where a value begins, or its key; of what is missing, what it is missing in. */
export function offsetOf(document: Document, keys: readonly PropertyKey[], isKey = false): number {
  for (let path = [...keys]; path.length > 0; path = path.slice(0, -1)) {
    const map = isKey ? document.getIn(path.slice(0, -1), true) : undefined;
    const pair = isMap(map)
      ? map.items.find((one) => isScalar(one.key) && String(one.key.value) === String(path.at(-1)))
      : undefined;
    const node = isScalar(pair?.key) ? pair.key : document.getIn(path, true);
    const range = (node as { range?: [number, number, number] } | undefined)?.range;
    if (range !== undefined && range !== null) return range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
