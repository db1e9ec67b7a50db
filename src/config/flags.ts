import { parseArgs } from "node:util";
import { nearest } from "./config-error.ts";

/** The command line was called with something that it does not know, or without what it needs; said for people. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** The flags that a command knows, without their hyphens. */
export interface KnownFlags {
  /** Those with a value. */
  texts?: readonly string[];
  /** Those without. */
  switches?: readonly string[];
  /** What may stand beside the flags, in words: `one folder`; nothing when absent. */
  paths?: { what: string; least: number; most: number };
}

/** What a command was called with. */
export interface GivenFlags {
  /** By name; a switch is `true`, and what came more than once has a line for each. */
  values: Record<string, string | undefined>;
  paths: string[];
}

/**
 * The flags and paths among the arguments of a command.
 *
 * @throws UsageError on a flag that the command does not know, a value that is missing or one too many, and on too many paths
 *   or too few.
 */
export function parseFlags(command: string, args: string[], known: KnownFlags): GivenFlags {
  const { texts = [], switches = [], paths = { what: "", least: 0, most: 0 } } = known;
  const refuse = (why: string): never => {
    throw new UsageError(`${why}${why.endsWith("?") ? "" : "."} dmarc-digest ${command} --help says what it takes.`);
  };
  const options = Object.fromEntries([
    ...texts.map((name) => [name, { type: "string" }] as const),
    ...switches.map((name) => [name, { type: "boolean" }] as const),
  ]);
  const given: GivenFlags = { values: {}, paths: [] };
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional") given.paths.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    const isSwitch = switches.includes(name);
    if (!isSwitch && !texts.includes(name))
      refuse(`${command} knows no ${rawName}${meant(name, [...texts, ...switches])}`);
    if (isSwitch && value !== undefined) refuse(`${rawName} takes no value, got ${JSON.stringify(value)}`);
    if (!isSwitch && value === undefined) refuse(`${rawName} needs a value`);
    const before = given.values[name];
    given.values[name] = before === undefined || isSwitch ? (value ?? "true") : `${before}\n${value}`;
  }
  const { length } = given.paths;
  if (length > paths.most && paths.most === 0)
    refuse(`${command} takes flags alone, got ${JSON.stringify(given.paths[0])}`);
  if (length < paths.least || length > paths.most)
    refuse(`${command} needs ${paths.what}, got ${length === 0 ? "none" : length}`);
  return given;
}

/** `: did you mean --json?` for a name that is nearly a known one. */
export function meant(name: string, known: readonly string[], before = "--"): string {
  const near = nearest(name, known);
  return near === undefined ? "" : `: did you mean ${before}${near}?`;
}
