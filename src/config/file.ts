import { LineCounter, parseDocument } from "yaml";
import type * as z from "zod";
import { makeFault } from "../report/fault.ts";
import { ConfigError } from "./config-error.ts";
import { type FileProblem, offsetOf, syntaxProblems, valueAt, valueProblems } from "./file-errors.ts";
import { fileKeys } from "./file-keys.ts";
import { type FileContext, fileSchema } from "./file-schema.ts";

/** One value of a setting, and where it came from. */
export interface Sourced {
  value: unknown;
  /** As YAML has it; of a secret, the variable that holds it, if the file names one. */
  written: unknown;
  /** `input`, `default`, or the file with line and column. */
  from: string;
}

/** Some settings by name. */
export type Layer = ReadonlyMap<string, Sourced>;

/** What a file says. */
export interface SettingsFile {
  /** Where a key stands, or what is nearest above it: the file with line and column. */
  at: (keys: PropertyKey[]) => string;
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

type FileSchema = ReturnType<typeof fileSchema>;
type FileValues = z.output<FileSchema>;

/** What files are read with, and the schema for it: to make one takes longer than all else. */
const schemas = new WeakMap<FileContext, FileSchema>();

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
  const refused = (problems: readonly FileProblem[]): ConfigError =>
    new ConfigError(
      problems.map(({ offset, problem }) => makeFault("at-place", { place: at(offset), problem })),
      { language: document.get("language") },
    );
  const broken = syntaxProblems(document, text);
  if (broken.length > 0) throw refused(broken);
  const written: unknown = document.toJS() ?? {};
  const schema = schemas.get(context) ?? fileSchema(context);
  schemas.set(context, schema);
  const result = schema.safeParse(written);
  const problems = valueProblems(document, written, result.error?.issues);
  if (result.data === undefined || problems.length > 0) throw refused(problems);
  return settingsIn(result.data, written, (keys) => at(offsetOf(document, keys, true)));
}

function settingsIn(data: FileValues, written: unknown, at: SettingsFile["at"]): SettingsFile {
  const secrets: string[] = [];
  const layer = (values: object, keys: PropertyKey[]): Layer => {
    const own = valueAt(written, keys) as Record<string, unknown>;
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    // A variable that was not looked up is none.
    for (const [name, value] of given) {
      if (fileKeys.get(name)?.isSecret && value !== own[name]) secrets.push(String(value));
    }
    return new Map(given.map(([name, value]) => [name, { value, written: own[name], from: at([...keys, name]) }]));
  };
  const { mailboxes, groups = {}, domains, ...top } = data;
  const layers = (all: Record<string, object | null>, name: string) =>
    new Map(Object.entries(all).map(([key, values]) => [key, layer(values ?? {}, [name, key])]));
  return {
    at,
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
