import * as z from "zod";
import type { Shard } from "../history/intake/intake.ts";
import { normalDomain } from "../report/domain.ts";
import { defaultLimits, type Limits } from "../report/limits.ts";
import { parseSaidSender } from "../report/source/source.ts";
import { parseTrustedHost } from "../report/trust/trust.ts";

/** Weekdays as `Date` counts them. */
export const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;

/** A text that is not empty. */
export const text = z.string().trim().min(1);

/** A text of some form. */
export function matching(pattern: RegExp) {
  return z.string().trim().regex(pattern);
}

/** Digits, as a number. */
const wholeNumber = matching(/^\d{1,9}$/).transform(Number);

/** What is separated by blanks, commas or lines. */
export const list = z.string().transform((value) => value.split(/[\s,]+/).filter((item) => item !== ""));

/** Lines without those that are empty. */
export const lines = z.string().transform((value) =>
  value
    .split("\n")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);

/** A text of a shape, which is what the published schema says of it. */
export function shaped(shape: string) {
  return z.string().regex(new RegExp(`^${shape}$`, "u"));
}

/** A text of a shape that a function reads, which gives `undefined` where it can't. */
function read<T>(shape: string, parse: (item: string) => T | undefined) {
  return shaped(shape).transform((item, context) => {
    const value = parse(item);
    if (value !== undefined) return value;
    context.addIssue("not such an item");
    return z.NEVER;
  });
}

const [ipv4, ipv6] = [z.regexes.ipv4, z.regexes.ipv6].map(({ source }) => source.slice(1, -1));

/** What `normalDomain` reads: one label or more (`*`), or two (`+`); in other scripts also what has no A-label. */
function hostShape(others: "*" | "+", last = ""): string {
  const label = String.raw`[\w\-]{1,63}`;
  const isShort = String.raw`(?![^\s,]{253}(?:[^\s,.]|\.[^\s,]))`;
  const ascii = String.raw`(?!${ipv4}\.?(?:[\s,]|$))(?:${label}\.)${others}${last}${label}\.?`;
  const hasDot = others === "+" ? String.raw`(?=[^\s,]+[.\u2024\u3002\uFE52\uFF0E\uFF61][^\s,])` : "";
  return String.raw`${isShort}(?:${ascii}|${hasDot}(?:[\w.\-]*[^\x00-\x7F\s])+[\w.\-]*)`;
}

const domainShape = hostShape("+");

/** A domain, or `*.` and one. */
export const patternShape = String.raw`(?:\*\.${hostShape("*")}|${domainShape})`;

/** `3/16`, the third of sixteen. */
export const shard = matching(/^\d{1,3}\/\d{1,3}$/)
  .transform((text) => text.split("/").map(Number))
  .refine(([index = 0, of = 0]) => 1 <= index && index <= of && of <= 256)
  .transform(([index = 1, of = 1]): Shard => ({ index, of }));

/** A domain as an A-label, as reports name it. */
export const domain = read(domainShape, (name) => {
  const read = normalDomain(name);
  return read?.includes(".") ? read : undefined;
});

/** Whose senders are, one a line; none is said to be both. */
export const senders = lines.pipe(z.array(read(".+", parseSaidSender))).refine((all) => {
  const named = (of: string) => all.flatMap(({ said, domain, network = domain }) => (said === of ? network : []));
  return !named("ours").some((name) => named("not-ours").includes(name));
});

/** The id of a mail host, or the name of a preset. */
export const trustedHost = read(hostShape("*"), parseTrustedHost);

/** The address of a bucket. */
export const bucket = z
  .string()
  .regex(/^s3:\/\/[a-z0-9][a-z0-9._-]{1,61}[a-z0-9](?:\/\P{Cc}*)?$/u)
  .transform((url) => {
    const [name = "", ...prefix] = url.slice("s3://".length).split("/");
    return { bucket: name, prefix: prefix.join("/") };
  });

const port = String.raw`:(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])`;

/** `192.0.2.53`, `192.0.2.53:53`, `2001:db8::53` or `[2001:db8::53]:53`. */
export const dnsServer = shaped(`(?:${ipv4}(?:${port})?|${ipv6}|\\[${ipv6}\\](?:${port})?)`);

/** A share as a number from 0 to 1, from `0.05`, `5%` or `5 %`. `2.9%` is read as 2.9e-2, since 2.9 / 100 is not 0.029. */
export const share = matching(
  /^(?:0*(?:0|1(?:\.0+)?|\.\d+)|\d(?:\.\d+)?e-[1-9]\d*|0*(?:\d{1,2}(?:\.\d+)?|100(?:\.0+)?|\.\d+) ?%)$/,
).transform((value) => Number(value.replace(/ ?%$/, "e-2")));

/** Milliseconds since the epoch. */
export const instant = z.iso.datetime({ offset: true }).transform((value) => Date.parse(value));

/** Either days back or a date, as `{ days }` or `{ date }`. */
export const since = z.union([
  matching(/^\d{1,4}d$/).transform((value) => ({ days: Number.parseInt(value, 10) })),
  z.iso.date().transform((value) => ({ date: value })),
]);

/** A length of time in milliseconds: `90s`, `10m`, `2h`. */
export const duration = matching(/^(?!0+ ?[smh])\d{1,6} ?[smh]$/).transform(
  (value) => Number.parseInt(value, 10) * ({ s: 1000, m: 60_000, h: 3_600_000 }[value.at(-1) ?? ""] ?? 0),
);

/** A user of GitHub ("Username considerations"), with or without the `@`. */
export const userName = z
  .string()
  .regex(/^@?[A-Za-z\d](?:-?[A-Za-z\d]){0,38}$/)
  .transform((name) => name.replace("@", ""));

/** An address to which a secret may be sent. */
export const httpsUrl = matching(
  /^(?:[Hh][Tt]{2}[Pp][Ss]:\/\/[^\s/?#@\\]+|[Hh][Tt]{2}[Pp]:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?)(?:[/?#]\S*)?$/,
).refine(isSafeUrl);

/** Whether a secret may be sent to an address: by https, or to this machine. With a name and password in it `fetch` takes none. */
export function isSafeUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  const isHere = protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return (protocol === "https:" || isHere) && username === "" && password === "";
}

/** The keys of the input `limits`, in the order in which they are documented. */
export const limitNames = Object.keys(defaultLimits) as (keyof Limits)[];

/** How a value is written in the file, where YAML has another form than the text of an input. */
export interface FileForm {
  /** The text that the input would have. */
  schema: z.ZodType<string, unknown>;
  /** The value in the file that stands for the text of an input. */
  of: (input: string) => unknown;
}

const network = String.raw`${ipv4}(?:\/(?:3[0-2]|[12]?\d))?|(?:::[fF]{4}:${ipv4}|${ipv6})(?:\/(?:12[0-8]|1[01]\d|[1-9]?\d))?`;
/** No top-level domain is a number. */
const sender = shaped(`(?:${network}|${hostShape("+", String.raw`(?!\d+\.?(?:\s|$))`)})`);
const saidSender = z.union([z.strictObject({ ours: sender }), z.strictObject({ "not-ours": sender })]);

/** Numbers, or with KB, MB or GB, which are powers of 1024, where bytes are counted. */
const limitsByName = z.strictObject(
  Object.fromEntries(
    limitNames.map((name) => {
      const unit = name.endsWith("Bytes") ? "(?:[KMGkmg][Bb])?" : "";
      const shapes = [z.int().positive().max(999_999_999_999), shaped(String.raw`[1-9]\d{0,11}${unit}`)] as const;
      return [name, z.union(shapes).optional()];
    }),
  ),
);

/** Limits as `key=number`, separated by blanks, commas or lines: `unpackedBytes=512MB, records=500000`. */
export const limits = list
  .transform((all) => all.map((pair) => pair.split("=")))
  .refine((all) => all.every((pair) => pair.length === 2) && new Set(all.map(([name]) => name)).size === all.length)
  .transform((all) => Object.fromEntries(all))
  .pipe(limitsByName)
  .transform((all): Partial<Limits> => {
    const numbers = Object.entries(all).map(([name, limit]) => {
      const [, digits, unit = ""] = /^(\d+)(\w?)/.exec(String(limit)) ?? [];
      return [name, Number(digits) * 1024 ** " KMG".indexOf(unit.toUpperCase() || " ")];
    });
    return Object.fromEntries(numbers);
  });

/** `a: b` or `a=b` as a pair. An address may have more colons. */
const pairOf = (text: string): [string, string] => {
  const [, name = "", value = ""] = /^([^=:]*)[=:]\s*(.*)$/.exec(text) ?? [];
  return [name, value];
};

/** The forms of values in the file. */
export const forms = {
  plain: { schema: z.string(), of: (input) => input },
  integer: { schema: z.int().nonnegative().transform(String), of: Number },
  flag: { schema: z.boolean().transform(String), of: (input) => input === "true" },
  share: {
    schema: z.union([z.number().min(0).max(1), z.string()]).transform(String),
    of: (input) => input,
  },
  senders: {
    schema: z
      .array(saidSender)
      .min(1)
      .transform((all) => all.map((one) => Object.entries(one).map(([said, name]) => `${said}: ${name}`)).join("\n")),
    of: (input) => lines.parse(input).map((line) => Object.fromEntries([pairOf(line)])),
  },
  limits: {
    schema: limitsByName.transform((limits) =>
      Object.entries(limits)
        .map(([name, limit]) => `${name}=${limit}`)
        .join("\n"),
    ),
    of: (input) =>
      Object.fromEntries(
        list
          .parse(input)
          .map(pairOf)
          .map(([name, limit]) => [name, Number(limit) || limit]),
      ),
  },
} satisfies Record<string, FileForm>;

/** What settings have in common that are on or off. */
export const flag = {
  form: forms.flag,
  ...oneOf("true", "false"),
  schema: z.enum(["true", "false"]).transform((value) => value === "true"),
};

/** What settings have in common that are secrets: each has a form of its own. */
export function secret<Schema extends z.ZodType<unknown, string>>(schema: Schema) {
  return { isSecret: true as const, schema };
}

/** What settings have in common that are whole numbers. */
export function integer(least = 0, most = 999_999_999) {
  return { form: forms.integer, schema: wholeNumber.pipe(z.number().min(least).max(most)) };
}

/** What settings have in common that are lists of some length: in the file one text, or a list of items. */
export function listed<Item extends z.ZodType<unknown, string>>(
  split: typeof list,
  item: Item,
  { least = 1, most }: { least?: number; most?: number } = {},
) {
  const all = z.array(item).min(least);
  const some = z.string().refine((text) => split.parse(text).length > 0);
  const items = z.array(some.refine((text) => split.parse(text).length === 1)).min(least);
  const form: FileForm = {
    schema: z.union([some, items]).transform((value) => [value].flat().join("\n")),
    of: (input) => split.parse(input),
  };
  return { form, schema: split.pipe(most === undefined ? all : all.max(most)) };
}

/** What settings have in common that are one of some words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  const en = `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  const ja = words.length === 2 ? words.join(" または ") : `${words.join("、")} のいずれか`;
  return { expected: { en, ja }, schema: z.enum(words) };
}
