import { type Fault, makeFault } from "../report/fault.ts";
import {
  type InputName,
  inputNames,
  inputs,
  inputWords,
  ofSecret,
  ownKeys,
  placeOf,
  type Setting,
  type SettingWords,
} from "./settings.ts";
import { type FileForm, forms } from "./values.ts";

/** A key of the file; its example is the value as YAML has it. */
export interface FileKey extends SettingWords {
  default?: unknown;
  isSecret?: true;
}

/** All keys of the file by their names, in the order in which they are documented. */
export const fileKeys: ReadonlyMap<string, FileKey> = new Map<string, FileKey>([
  ...inputNames.filter((name) => placeOf(name) !== "input").map((name): [string, FileKey] => [name, settingKey(name)]),
  ...ownKeys,
]);

/** What a key means, with an example, for messages; an example of the file where there is no such key. */
export function keyMeaning(name: string): Fault {
  const key = fileKeys.get(name);
  return key === undefined ? makeFault("file-example", {}) : meaningOf(name, key);
}

/** What a setting means, with an example. */
export function meaningOf(name: string, { description, example }: SettingWords): Fault {
  return makeFault("meaning", { description, example: `${name}: ${yamlOf(example)}` });
}

/** What is said of a setting that is an input, too, by the forms of the file. */
export function settingKey(name: InputName): FileKey {
  const setting: Setting = inputs[name];
  const { description, expected, example } = inputWords(name);
  if (setting.isSecret) {
    const variable = `DMARC_${name.replaceAll("-", "_").toUpperCase()}`;
    return { description, expected: ofSecret, example: `\${${variable}}`, isSecret: true };
  }
  const { of } = formOf(setting);
  return { description, expected, example: of(example), ...(setting.default && { default: of(setting.default) }) };
}

/** How a setting is written in the file. */
export function formOf({ form = forms.plain }: Setting): FileForm {
  return form;
}

/** A value as a line of YAML. */
export function yamlOf(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  if (Array.isArray(value)) return `[${value.map(yamlOf).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, inside]) => `${yamlOf(key)}: ${yamlOf(inside)}`)
      .join(", ")} }`;
  return typeof value === "string" &&
    /^[A-Za-z\d$./(][\w.@+%/$()-]*(?: [\w.@+%/$()-]+)*$/.test(value) &&
    !/^([\d.]+|true|false|null|yes|no|on|off|y|n|\.inf|\.nan)$/i.test(value) &&
    Number.isNaN(Number(value))
    ? value
    : text;
}

/** The owner and the name of this repository at GitHub. It stands here alone: `npm run inputs` writes it into all pages. */
export const repository = "org/dmarc-digest";

/** Where the pages of the docs are read. */
export const docsUrl = `https://github.com/${repository}/blob/v1/docs`;

/** Where the schema of the file is published, for editors. */
export const schemaUrl = `https://raw.githubusercontent.com/${repository}/v1/docs/schema/config.schema.json`;
