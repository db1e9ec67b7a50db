import { ruleNames } from "../digest/incidents/incidents.ts";
import { type Fault, makeFault, type SettingText } from "../report/fault.ts";
import { type InputName, inputNames, inputs, placeOf, type Setting } from "./settings.ts";
import { type FileForm, forms } from "./values.ts";

/** What is said of a key of the file, in errors, in the schema and in the docs. */
export interface FileKey {
  description: string;
  /** What its value must be, to follow "must be". */
  expected: string;
  /** A value, as YAML has it. */
  example: unknown;
  default?: unknown;
  isSecret?: true;
}

/** Keys that stand in the file alone. */
const ownKeys = {
  mailboxes: {
    description:
      "Mailboxes, buckets and folders, all of which each run reads. An input that names one takes the place of the list.",
    expected: "a list of mailboxes, each with its keys",
    example: [{ "imap-host": "imap.gmail.com", "imap-user": "dmarc@example.com" }],
  },
  name: {
    description:
      "Name of the mailbox in the history and in messages. Keep it: by it the next run knows how far the mailbox was read. Without it: imap, graph, s3 or files.",
    expected: "letters, digits and hyphens, another name for each mailbox",
    example: "main",
  },
  domains: {
    description:
      "Your domains, their subdomains included, each with its settings or none. *.example.com and *.example are for all domains below, example.com included, and make none yours. A domain is judged with its subdomains, by its organizational domain.",
    expected: "a map of domains to their settings, such as max-fail-rate",
    example: { "example.com": { "max-fail-rate": "2%" } },
  },
  groups: {
    description: "Settings that several domains share, by a name of yours; a domain takes them over by group.",
    expected: "a map of names to settings, such as owner",
    example: { marketing: { owner: "@example/marketing" } },
  },
  group: {
    description: "The group whose settings the domain has, too; what the domain says itself goes before.",
    expected: "the name of one of groups",
    example: "marketing",
  },
  role: {
    description:
      "sends, or parked: no mail is sent from the domain, so that any that passes is news, and unknown senders are not asked about. Without it: parked when nothing passed for 90 days.",
    expected: "sends or parked",
    example: "parked",
  },
  mute: {
    description:
      "Incidents that are not to be told for a while: counted, listed in the weekly message, and awake again at their date, by another rule, or at three times their largest day of the 28 before (100 messages at least).",
    expected: "a list of mutes, each with until, reason, and sender, key or rule",
    example: [{ domain: "example.com", sender: "crm.example", until: "2026-12-31", reason: "the vendor moves" }],
  },
  domain: {
    description: "The domain of the muted incidents, or *.example.com, or * for all.",
    expected: "a domain, *.example.com or *",
    example: "example.com",
  },
  sender: {
    description:
      "The sender of the muted incidents, as messages name it: a domain, a network or a service such as SendGrid; or a reporter.",
    expected: "a domain, an address, a network or the name of a service",
    example: "crm.example",
  },
  key: {
    description:
      "The key of the muted incidents, as messages name it: s1._domainkey.example.com, example.com/s1, or SPF.",
    expected: "domain/selector, selector._domainkey.domain, or SPF",
    example: "example.com/s1",
  },
  rule: {
    description: "The rule of the muted incidents. Without it, all rules that find something in this sender or key.",
    expected: `one of ${ruleNames.join(", ")}`,
    example: "sender-fails",
  },
  until: {
    description: "The last day of the mute, at most a year from now.",
    expected: "a date, at most a year from now",
    example: "2026-12-31",
  },
  reason: {
    description: "Why, for whoever reads it later.",
    expected: "a text of up to 200 characters on one line, not of blanks alone",
    example: "the vendor moves, ticket 42",
  },
} satisfies Record<string, FileKey>;

/** All keys of the file by their names, in the order in which they are documented. */
export const fileKeys: ReadonlyMap<string, FileKey> = new Map<string, FileKey>([
  ...inputNames.filter((name) => placeOf(name) !== "input").map((name): [string, FileKey] => [name, settingKey(name)]),
  ...Object.entries(ownKeys),
]);

/** What a key means, with an example, for messages; an example of the file where there is no such key. */
export function keyMeaning(name: string): Fault {
  const key = fileKeys.get(name);
  return key === undefined ? makeFault("file-example", {}) : meaningOf(name, key);
}

/** What a setting means, with an example. */
export function meaningOf(name: string, { description, example }: Pick<FileKey, "description" | "example">): Fault {
  const text: SettingText = { setting: name, part: "description", english: description };
  return makeFault("meaning", { description: text, example: `${name}: ${yamlOf(example)}` });
}

/** What the value of a setting must be. */
export function expectedOf(name: string, { expected, isSecret }: Pick<FileKey, "expected" | "isSecret">): SettingText {
  return { setting: isSecret ? "secret" : name, part: "expected", english: expected };
}

/** What is said of a setting that is an input, too, by the forms of the file. */
export function settingKey(name: InputName): FileKey {
  const setting: Setting = inputs[name];
  const { description, expected, example, isSecret } = setting;
  if (isSecret) {
    const variable = `DMARC_${name.replaceAll("-", "_").toUpperCase()}`;
    const place = `\${NAME} with a variable of the environment whose name begins with DMARC_, since no secret belongs into the file`;
    return { description, expected: place, example: `\${${variable}}`, isSecret };
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
    !/^([\d.]+|true|false|null|yes|no)$/i.test(value)
    ? value
    : text;
}

/** Where the schema of the file is published, for editors. */
export const schemaUrl = "https://raw.githubusercontent.com/org/dmarc-digest/v1/docs/schema/config.schema.json";
