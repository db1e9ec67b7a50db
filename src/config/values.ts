import { isIPv4, isIPv6 } from "node:net";
import * as z from "zod";
import type { Shard } from "../history/intake/intake.ts";
import { normalDomain } from "../report/domain.ts";
import { parseSaidSender } from "../report/source/source.ts";
import { parseTrustedHost } from "../report/trust/trust.ts";
import { limitNames } from "./limits.ts";

/** Weekdays as `Date` counts them. */
export const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;

export const text = z.string().trim().min(1);
export const wholeNumber = z
  .string()
  .trim()
  .regex(/^\d{1,9}$/)
  .transform(Number);
export const list = z.string().transform((value) => value.split(/[\s,]+/).filter((item) => item !== ""));
export const lines = z.string().transform((value) =>
  value
    .split("\n")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);

export const shard = z
  .string()
  .trim()
  .regex(/^\d{1,3}\/\d{1,3}$/)
  .transform((text) => text.split("/").map(Number))
  .refine(([index = 0, of = 0]) => 1 <= index && index <= of && of <= 256)
  .transform(([index = 1, of = 1]): Shard => ({ index, of }));

/** Own domains as A-labels, as reports name them. */
export const domains = list.transform((names, context) =>
  names.map((name) => {
    const domain = normalDomain(name);
    if (domain?.includes(".")) return domain;
    context.addIssue("not a domain");
    return z.NEVER;
  }),
);

export const senders = lines.transform((all, context) =>
  all.map((line) => {
    const sender = parseSaidSender(line);
    if (sender !== undefined) return sender;
    context.addIssue("neither ours nor not-ours of a domain, an address or a network");
    return z.NEVER;
  }),
);

export const trustedHosts = list.transform((names, context) =>
  names.map((name) => {
    const host = parseTrustedHost(name);
    if (host !== undefined) return host;
    context.addIssue("neither an id nor a preset");
    return z.NEVER;
  }),
);

export const buckets = lines
  .transform((all, context) =>
    [...new Set(all)].map((url) => {
      const [, bucket, prefix = ""] = /^s3:\/\/([a-z0-9][a-z0-9._-]{1,61}[a-z0-9])(?:\/(\P{Cc}*))?$/u.exec(url) ?? [];
      if (bucket !== undefined) return { bucket, prefix };
      context.addIssue("not the address of a bucket");
      return z.NEVER;
    }),
  )
  .pipe(z.array(z.object({ bucket: z.string(), prefix: z.string() })).min(1));

export const dnsServers = list.pipe(z.array(z.string().refine(isDnsServer)).min(1));

/** `192.0.2.53`, `192.0.2.53:53`, `2001:db8::53` or `[2001:db8::53]:53`. */
function isDnsServer(text: string): boolean {
  const [, bracketed, plain, port = "53"] = /^(?:\[([^\]]+)\]|([^[\]:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const isPort = Number(port) >= 1 && Number(port) <= 65_535;
  return isIPv6(text) || (isPort && ((plain !== undefined && isIPv4(plain)) || isIPv6(bracketed ?? "")));
}

export const boolean = z.enum(["true", "false"]).transform((value) => value === "true");

/** A share as a number from 0 to 1, from `0.05`, `5%` or `5 %`. `2.9%` is read as 2.9e-2, since 2.9 / 100 is not 0.029. */
export const share = z
  .string()
  .trim()
  .regex(/^(\d+(\.\d+)?|\.\d+)( ?%)?$/)
  .transform((value) => Number(value.replace(/ ?%$/, "e-2")))
  .pipe(z.number().min(0).max(1));

/** Milliseconds since the epoch. */
export const instant = z.iso.datetime({ offset: true }).transform((value) => Date.parse(value));

/** Either days back or a date, as `{ days }` or `{ date }`. */
export const since = z.union([
  z
    .string()
    .trim()
    .regex(/^\d{1,4}d$/)
    .transform((value) => ({ days: Number.parseInt(value, 10) })),
  z.iso.date().transform((value) => ({ date: value })),
]);

/** A length of time in milliseconds: `90s`, `10m`, `2h`. */
export const duration = z
  .string()
  .trim()
  .regex(/^\d{1,6} ?[smh]$/)
  .transform((value) => Number.parseInt(value, 10) * ({ s: 1000, m: 60_000, h: 3_600_000 }[value.at(-1) ?? ""] ?? 0))
  .pipe(z.number().min(1));

/** A user of GitHub ("Username considerations"), with or without the `@`. */
export const userName = z
  .string()
  .regex(/^@?[a-z\d](?:-?[a-z\d]){0,38}$/i)
  .transform((name) => name.replace("@", ""));

export const httpsUrl = text.refine(isSafeUrl);

/** Whether a secret may be sent to an address: by https, or to this machine. With a name and password in it `fetch` takes none. */
export function isSafeUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  const isHere = protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return (protocol === "https:" || isHere) && username === "" && password === "";
}

/** How a value is written in the file, where YAML has another form than the text of an input. */
export interface FileForm {
  /** The text that the input would have. */
  schema: z.ZodType<string, unknown>;
  /** The value in the file that stands for the text of an input. */
  of: (input: string) => unknown;
}

const items = z.union([z.string(), z.array(z.string()).min(1)]).transform((value) => [value].flat().join("\n"));
const saidSender = z.union([z.strictObject({ ours: z.string() }), z.strictObject({ "not-ours": z.string() })]);
const pairs = (text: string): string[][] => text.split(/,\s*|\n/).map((pair) => pair.split(/[=:]\s*/));

/** The forms of values in the file. */
export const forms = {
  plain: { schema: z.string(), of: (input) => input },
  integer: { schema: z.int().nonnegative().transform(String), of: Number },
  flag: { schema: z.boolean().transform(String), of: (input) => input === "true" },
  share: {
    schema: z.union([z.number().min(0).max(1), z.string()]).transform(String),
    of: (input) => input,
  },
  list: { schema: items, of: (input) => input.split(/,\s*|\n/) },
  senders: {
    schema: z
      .array(saidSender)
      .min(1)
      .transform((all) => all.map((one) => Object.entries(one).map(([said, name]) => `${said}: ${name}`)).join("\n")),
    of: (input) => input.split("\n").map((line) => Object.fromEntries(pairs(line))),
  },
  limits: {
    schema: z.partialRecord(z.enum(limitNames), z.union([z.int().positive(), z.string()])).transform((limits) =>
      Object.entries(limits)
        .map(([name, limit]) => `${name}=${limit}`)
        .join("\n"),
    ),
    of: (input) => Object.fromEntries(pairs(input).map(([name = "", limit = ""]) => [name, Number(limit) || limit])),
  },
} satisfies Record<string, FileForm>;
