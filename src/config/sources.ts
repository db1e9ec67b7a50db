import type * as z from "zod";
import { type Fault, makeFault } from "../report/fault.ts";
import { ConfigError, nearest } from "./config-error.ts";
import type { Layer, SettingsFile, Sourced } from "./file.ts";
import { formOf, keyMeaning } from "./file-keys.ts";
import { type InputName, inputNames, inputs, inputWords, placeOf, type Setting } from "./settings.ts";

/** Texts by the names of inputs; an empty one is not given. */
export type Given = Readonly<Record<string, string | undefined>>;

type Value<Name extends InputName> = z.output<(typeof inputs)[Name]["schema"]>;

/** Settings, read: those with a default are always there, but for one that only GitHub can fill in. */
export type Values = {
  [Name in InputName]: (typeof inputs)[Name] extends { default: string }
    ? Value<Name> | (Name extends "github-token" ? undefined : never)
    : Value<Name> | undefined;
};

/** Where each setting of a run comes from: an input, else the file, else the default. */
export interface Sources {
  /** All but those of mailboxes in the file. */
  top: Layer;
  /** What each mailbox is read from, and where it stands in the file; nowhere for that of the inputs. */
  mailboxes: { layer: Layer; place: string | undefined }[];
  /** The file, for what stands in it alone. */
  file?: SettingsFile;
}

/**
 * The settings in the inputs and in the file.
 *
 * @throws ConfigError that says of each wrong input what was expected, what came, and gives an example. Never a secret.
 */
export function readSources(given: Given, file?: SettingsFile): Sources {
  const fromInputs = givenLayer(given);
  const top: Layer = new Map([...defaults, ...ownDomains(file), ...(file?.top ?? []), ...fromInputs]);
  if (file?.mailboxes === undefined || namesMailbox(given))
    return { top, mailboxes: [{ layer: top, place: undefined }], file };
  const mailboxes = file.mailboxes.map(({ at, layer }) => ({
    layer: new Map([...defaults, ...layer, ...fromInputs]),
    place: at,
  }));
  return { top, mailboxes, file };
}

/** The domains of the file that are ours, as the input of that name. */
function ownDomains(file: SettingsFile | undefined): [string, Sourced][] {
  const names = [...(file?.domains?.keys() ?? [])].filter((name) => !name.startsWith("*"));
  if (names.length === 0) return [];
  return [
    [
      "domains",
      { value: inputs.domains.schema.parse(names.join("\n")), written: names, from: file?.at(["domains"]) ?? "" },
    ],
  ];
}

const namingMailboxes: readonly InputName[] = ["imap-host", "imap-auth", "graph", "s3", "mail-path", "collected"];

/** Whether inputs say what is read: then it's that alone, be it to try something out, and not the mailboxes of the file. */
function namesMailbox(given: Given): boolean {
  return namingMailboxes.some((name) => given[name]);
}

/** Whether inputs take the place of a key of the file wherever it stands; a domain may have its own beside them. */
export function isReplaced(name: InputName, given: Given): boolean {
  const place = placeOf(name);
  return place === "mailbox" ? namesMailbox(given) || Boolean(given[name]) : place === "run" && Boolean(given[name]);
}

const defaults: Layer = new Map(
  inputNames.flatMap((name): [string, Sourced][] => {
    const setting: Setting = inputs[name];
    const { default: text, schema } = setting;
    if (text === undefined || text.startsWith("$")) return [];
    return [[name, { value: schema.parse(text), written: formOf(setting).of(text), from: "default" }]];
  }),
);

function givenLayer(given: Given): Layer {
  const problems = Object.keys(given)
    .filter((name) => !(name in inputs))
    .map(unknownInput);
  const layer = new Map<string, Sourced>();
  for (const name of inputNames) {
    const setting: Setting = inputs[name];
    const text = given[name];
    if (!text) continue;
    const { success, data } = setting.schema.safeParse(text);
    if (success)
      layer.set(name, {
        value: data,
        written: setting.isSecret ? undefined : formOf(setting).of(text),
        from: "input",
      });
    else problems.push(wrongInput(name, setting, text));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return layer;
}

function wrongInput(name: InputName, { isSecret }: Setting, text: string): Fault {
  const { expected, example } = inputWords(name);
  const got = isSecret ? makeFault("secret-hidden", { length: text.length }) : JSON.stringify(text.slice(0, 200));
  return makeFault("input-wrong", { name, expected, got, example });
}

function unknownInput(name: string): Fault {
  const near = nearest(name, inputNames);
  return near === undefined
    ? makeFault("input-unknown", { name, names: inputNames.join(", ") })
    : makeFault("input-near", { name, near });
}

/** What is wrong with a setting, and where in the file it stands; nowhere for an input. */
export function settingError({ top }: Sources, name: InputName, problem: Fault): ConfigError {
  const { from = "" } = top.get(name) ?? {};
  if (!/:\d+:\d+$/.test(from)) return new ConfigError([problem]);
  const explained = makeFault("with-meaning", { problem, meaning: keyMeaning(name) });
  return new ConfigError([makeFault("at-place", { place: from, problem: explained })]);
}

/** The values of a layer. They are what their schemas have made of them. */
export function valuesOf(layer: Layer): Values {
  return Object.fromEntries(Array.from(layer, ([name, { value }]) => [name, value])) as unknown as Values;
}
