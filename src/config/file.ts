import { type Document, isMap, isScalar, LineCounter, parseDocument } from "yaml";
import type * as z from "zod";
import { type Fault, makeFault } from "../report/fault.ts";
import { ConfigError, nearest } from "./config-error.ts";
import { fileKeys, yamlOf } from "./file-keys.ts";
import { type FileContext, fileSchema } from "./file-schema.ts";
import { limitNames } from "./limits.ts";
import { inputNames, inputs, placeOf, type Setting } from "./settings.ts";

/** One value of a setting, and where it came from. */
export interface Sourced {
  value: unknown;
  /** As YAML has it; of a secret, the variable that holds it. */
  written: unknown;
  /** `input`, `default`, or the file and the line. */
  from: string;
}

/** Some settings by name. */
export type Layer = ReadonlyMap<string, Sourced>;

/** What a file says. */
export interface SettingsFile {
  path: string;
  /** What stands at the top: for the run, and for all domains. */
  top: Layer;
  /** The mailboxes, each with its place in the file. */
  mailboxes?: { at: string; layer: Layer }[];
  groups: ReadonlyMap<string, Layer>;
  /** By domain, or `*.` and one, as it is written; absent where the file names none. */
  domains?: ReadonlyMap<string, Layer>;
  /** The values of secrets, to be masked. */
  secrets: string[];
}

type FileValues = z.output<ReturnType<typeof fileSchema>>;

/**
 * What a configuration file says.
 *
 * @param path - For messages.
 * @throws ConfigError with a line for each error: line and column, what was expected, what came, what the key means, and an
 *   example. Never a secret.
 */
export function parseFile(path: string, text: string, context: FileContext): SettingsFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const placed = (offset: number, problem: Fault) => makeFault("at-place", { place: at(offset), problem });
  const broken = document.errors.map((error) => placed(error.pos[0], syntaxProblem(error.message)));
  if (broken.length > 0) throw new ConfigError(broken);
  const written: unknown = writtenIn(document, path) ?? {};
  const result = fileSchema(context).safeParse(written);
  const problems = [
    ...strayVariables(written),
    ...(result.error?.issues ?? []).flatMap((issue) => problemsOf(issue, written)),
  ];
  if (result.data === undefined || problems.length > 0) {
    const told = problems.map(({ keys, isKey, problem }) => ({ offset: offsetOf(document, keys, isKey), problem }));
    const inOrder = told.sort((a, b) => a.offset - b.offset).map(({ offset, problem }) => placed(offset, problem));
    throw new ConfigError([...new Map(inOrder.map((one) => [JSON.stringify(one), one])).values()]);
  }
  return settingsIn(path, result.data, {
    written: written as Written,
    at: (keys) => at(offsetOf(document, keys, true)).replace(/:\d+$/, ""),
  });
}

/** Anchors that name each other may stand for more than any file can hold. */
function writtenIn(document: Document, path: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw new ConfigError([makeFault("anchor-wrong", { path })], { cause });
  }
}

/** What the parser says, without what it quotes: it may be a secret. */
function syntaxProblem(message: string): Fault {
  return makeFault("not-yaml", { message: message.replace(/:? ["'].*$/s, "").replace(/\.$/, "") });
}

/** One error: at which keys, whether it is about the last key itself, and not its value. */
interface Problem {
  keys: PropertyKey[];
  isKey?: boolean;
  problem: Fault;
}

function problemsOf(issue: z.core.$ZodIssue, written: unknown): Problem[] {
  const keys = [...issue.path];
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ keys: [...keys, key], isKey: true, problem: unknownKey(key, keys) }));
  if (issue.code === "custom" && issue.params?.isSaid === true)
    return [{ keys, problem: makeFault("key-said", { said: issue.message, meaning: meaningOf(keys) }) }];
  const isKey = issue.code === "invalid_key";
  return [{ keys, isKey, problem: wrongValue(keys, isKey ? keys.at(-1) : valueAt(written, keys)) }];
}

/** The innermost key of a path of which something is said, and its name. */
function keyOf(path: readonly PropertyKey[]) {
  const name = path.findLast((key) => typeof key === "string" && fileKeys.has(key));
  return { name: String(name ?? "the file"), key: fileKeys.get(String(name)) };
}

function meaningOf(path: readonly PropertyKey[]): string {
  const { name, key } = keyOf(path);
  return key === undefined ? "" : `${key.description} Example: ${name}: ${yamlOf(key.example)}`;
}

function wrongValue(path: readonly PropertyKey[], value: unknown): Fault {
  const { name, key } = keyOf(path);
  if (key === undefined) return makeFault("no-keys", { got: shown(value, name) });
  const { expected } = key;
  const meaning = meaningOf(path);
  if (value === undefined) return makeFault("key-missing", { name, expected, meaning });
  const hidden = typeof value === "string" ? makeFault("secret-hidden", { length: value.length }) : "no text";
  return makeFault("key-wrong", { name, expected, got: key.isSecret ? hidden : shown(value, name), meaning });
}

/** A value for a message; of lists and maps that are no setting the kind alone, since there may be a secret inside. */
function shown(value: unknown, name: string): string {
  if (value === null) return "nothing";
  if (name in inputs && name !== "domains") return yamlOf(value).slice(0, 200);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : JSON.stringify(value).slice(0, 200);
}

function unknownKey(key: string, path: readonly PropertyKey[]): Fault {
  if (key in inputs && !fileKeys.has(key)) return makeFault("key-of-run", { key });
  if (fileKeys.has(key)) return makeFault("key-elsewhere", { key, places: placesOf(key), meaning: meaningOf([key]) });
  const here = keysAt(path);
  const near = nearest(key, here);
  if (near !== undefined) return makeFault("key-near", { key, near, meaning: meaningOf([...path, near]) });
  return makeFault("key-unknown", { key: JSON.stringify(key.slice(0, 50)), names: here.join(", ") });
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

function placesOf(key: string): string {
  const places: [string, PropertyKey[]][] = [
    ["at the top", []],
    ["in an entry of mailboxes", ["mailboxes"]],
    ["with a domain", ["domains"]],
    ["in an entry of mute", ["mute"]],
  ];
  return places.flatMap(([place, path]) => (keysAt(path).includes(key) ? place : [])).join(", ");
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
  return [{ keys, problem: makeFault("stray-variable", { variable: `\${…}`, meaning: meaningOf(keys) }) }];
}

function valueAt(value: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>(
    (inside, key) => (inside as Record<PropertyKey, unknown> | null | undefined)?.[key],
    value,
  );
}

/** Where a value begins, or its key; of what is missing, what it is missing in. */
function offsetOf(document: Document, keys: readonly PropertyKey[], isKey = false): number {
  for (let path = [...keys]; path.length > 0; path = path.slice(0, -1)) {
    const map = isKey ? document.getIn(path.slice(0, -1), true) : undefined;
    const pair = isMap(map) ? map.items.find((one) => isScalar(one.key) && one.key.value === path.at(-1)) : undefined;
    const node = isScalar(pair?.key) ? pair.key : document.getIn(path, true);
    const range = (node as { range?: [number, number, number] } | undefined)?.range;
    if (range !== undefined && range !== null) return range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

type Written = Record<string, unknown>;

function settingsIn(
  path: string,
  data: FileValues,
  { written, at }: { written: Written; at: (keys: PropertyKey[]) => string },
): SettingsFile {
  const secrets: string[] = [];
  const layer = (values: object, keys: PropertyKey[]): Layer => {
    const own = valueAt(written, keys) as Written;
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    for (const [name, value] of given) if (fileKeys.get(name)?.isSecret) secrets.push(String(value));
    return new Map(given.map(([name, value]) => [name, { value, written: own[name], from: at([...keys, name]) }]));
  };
  const { mailboxes, groups = {}, domains, ...top } = data;
  const layers = (all: Record<string, object | null>, name: string) =>
    new Map(Object.entries(all).map(([key, values]) => [key, layer(values ?? {}, [name, key])]));
  return {
    path,
    top: layer(top, []),
    groups: layers(groups, "groups"),
    ...(mailboxes && {
      mailboxes: mailboxes.map((one, index) => ({
        at: at(["mailboxes", index]),
        layer: layer(one, ["mailboxes", index]),
      })),
    }),
    ...(domains && { domains: layers(domains, "domains") }),
    secrets,
  };
}
