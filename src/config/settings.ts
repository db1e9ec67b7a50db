import * as z from "zod";
import { ruleNames } from "../digest/incidents/incidents.ts";
import type { Localized } from "../report/fault.ts";
import { trustedPresets } from "../report/trust/trust.ts";
import written from "./settings.json" with { type: "json" };
import {
  bucket,
  dnsServer,
  domain,
  duration,
  type FileForm,
  flag,
  forms,
  httpsUrl,
  instant,
  integer,
  limitNames,
  limits,
  lines,
  list,
  listed,
  matching,
  oneOf,
  secret,
  senders,
  shard,
  share,
  since,
  text,
  trustedHost,
  userName,
  weekdays,
} from "./values.ts";

/**
 * One setting: an input of the Action and, by the same name, a flag of the command line and a key of the file. What people
 * read of it is in `settings.json`.
 */
export interface Setting {
  /**
   * Where it stands in the file: at the top for all (`run`), in an entry of `mailboxes`, in that of a domain or a group, and
   * at the top for all domains (`domain`), or nowhere, since it is of one run (`input`). At the top when absent.
   */
  in?: "run" | "mailbox" | "domain" | "input";
  /** What holds when it is not given; absent for none. */
  default?: string;
  /** Never printed, and masked in logs. */
  isSecret?: true;
  /** What a value must be, where its schema says so by itself. */
  expected?: Localized;
  /** The value in the text of an input. */
  schema: z.ZodType<unknown, string>;
  /** How it is written in the file; as text when absent. */
  form?: FileForm;
}

const ofMailbox = settingsIn("mailbox");
const ofDomain = settingsIn("domain");
const ofRun = settingsIn("input");

/** All settings that may be given as inputs, in the order in which they are documented. */
export const inputs = {
  ...ofMailbox({
    "imap-host": {
      // More than one colon is an IPv6 address.
      schema: matching(/^([\w.-]+|[\dA-Fa-f:.]*:[\dA-Fa-f:.]*:[\dA-Fa-f:.]*)$/),
    },
    "imap-port": integer(1, 65_535),
    "imap-security": { default: "tls", ...oneOf("tls", "starttls", "none") },
    "imap-user": { schema: text },
    "imap-password": secret(z.string().min(1)),
    "imap-auth": oneOf("microsoft", "google"),
    "imap-access-token": secret(text),
    tenant: { schema: matching(/^[\w.-]+$/) },
    "client-id": { schema: text },
    "client-secret": secret(text),
    "refresh-token": secret(text),
    "google-service-account": { schema: matching(/^[\w.-]+@[\w.-]+$/) },
    "google-workload-identity-provider": {
      schema: matching(/^projects\/[\w-]+\/locations\/global\/workloadIdentityPools\/[\w-]+\/providers\/[\w-]+$/),
    },
    "imap-folder": { default: "INBOX", schema: text },
    graph: { schema: matching(/^[^@\s]+@[^@\s]+$/) },
    s3: listed(lines, bucket),
    "s3-region": { schema: matching(/^[a-z0-9-]+$/) },
    "s3-endpoint": { schema: httpsUrl },
    "mail-path": listed(lines, z.string().regex(/^[^\n]+$/)),
  }),
  domains: { in: "input", schema: list.pipe(z.array(domain).min(1)) },
  "authserv-id": { in: "mailbox", ...listed(list, trustedHost) },
  ...ofDomain({
    "trusted-reporters": listed(list, domain),
    senders: { form: forms.senders, schema: senders },
  }),
  "count-unverified": { ...flag, default: "false" },
  "dns-servers": listed(list, dnsServer),
  "network-names": { ...flag, default: "false" },
  "max-report-age": { default: "400", ...integer(1, 100_000) },
  since: { in: "mailbox", default: "60d", schema: since },
  reread: { in: "input", schema: since },
  "time-budget": { default: "10m", schema: duration },
  "mail-retention-days": integer(7),
  "settle-hours": { default: "48", ...integer(0, 240) },
  ...ofRun({
    mode: { default: "digest", ...oneOf("digest", "watch", "collect", "doctor") },
    collected: { schema: lines },
    shard: { schema: shard },
  }),
  doctor: { default: "none", ...oneOf("weekly", "none") },
  ...ofDomain({
    "max-fail-rate": { form: forms.share, schema: share },
    "max-failures": integer(),
    "min-messages": { default: "100", ...integer() },
  }),
  language: { default: "en", ...oneOf("en", "ja") },
  csv: { default: "any-fail", ...oneOf("any-fail", "dmarc-fail", "none") },
  explore: { ...flag, default: "false" },
  post: { default: "daily", ...oneOf("daily", "changes") },
  weekly: { default: "monday", schema: z.enum([...weekdays, "none"]) },
  "slack-token": secret(matching(/^xox[a-z.-]+-\S+$/)),
  ...ofDomain({
    "slack-channel": { schema: matching(/^#?[^\s#]+$/) },
    "slack-webhook-url": secret(httpsUrl),
    mention: { schema: text.regex(/^[UWS][A-Z\d]{4,20}$/) },
  }),
  "notify-failure": { ...flag, default: "true" },
  "fail-on": { default: "never", ...oneOf("look", "act", "never") },
  ...ofDomain({
    owner: { schema: text.regex(/^[^\p{Cc}]{1,100}$/u) },
    // Of a domain, none in place of those for all.
    assignees: listed(list, userName, { least: 0, most: 10 }),
    labels: listed(lines, z.string().regex(/^[^\p{Cc}]{1,50}$/u), { least: 0 }),
    "issue-repository": { schema: text.regex(/^[\w.-]+\/[\w.-]+$/) },
  }),
  "issue-token": secret(text),
  "heartbeat-url": secret(httpsUrl),
  "github-token": { in: "input", default: "${{ github.token }}", ...secret(text) },
  store: oneOf("github", "git"),
  "data-branch": {
    schema: text.regex(/^(?!.*(\.\.|\/\/|@\{))[^\s~^:?*[\\\p{Cc}/.-][^\s~^:?*[\\\p{Cc}]*(?<![/.]|\.lock)$/u),
  },
  "data-path": { default: "data", schema: text.regex(/^[^\p{Cc}]+$/u) },
  "allow-public": { ...flag, default: "false" },
  "keep-recipients": { ...flag, default: "false" },
  limits: { form: forms.limits, schema: limits },
  ...ofRun({
    "dry-run": { ...flag, default: "false" },
    config: { default: ".github/dmarc-digest.yml", schema: text.regex(/^[^\p{Cc}]+$/u) },
    now: { schema: instant },
  }),
} satisfies Record<string, Setting>;

/** Settings that stand in one place. */
function settingsIn<Place extends NonNullable<Setting["in"]>>(place: Place) {
  return <Settings extends Record<string, Setting>>(settings: Settings) =>
    Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, { ...setting, in: place }])) as {
      [Name in keyof Settings]: Settings[Name] & { in: Place };
    };
}

/** The name of an input, as in action.yml. */
export type InputName = keyof typeof inputs;

/** Where a setting stands in the file; see `Setting`. */
export function placeOf(name: InputName): NonNullable<Setting["in"]> {
  const setting: Setting = inputs[name];
  return setting.in ?? "run";
}

/** Whether the value of a setting is a secret. */
export function isSecret(name: InputName): boolean {
  const setting: Setting = inputs[name];
  return setting.isSecret === true;
}

/** All names of inputs, in the order in which they are documented. */
export const inputNames = Object.keys(inputs) as InputName[];

/** What people read of a setting or a key of the file: in errors, in the schema, in action.yml and in the docs. */
export interface SettingWords {
  /** One sentence or two. */
  description: Localized;
  /** What a value must be, to follow "must be". */
  expected: Localized;
  /** Of an input its text; of a key that stands in the file alone, the value. */
  example: unknown;
}

/** The words of an input; what its value must be is left out where its schema says so. */
export interface InputWords {
  description: Localized;
  expected?: Localized;
  example: string;
}

/** `settings.json`: the words by the names of inputs, and of keys that stand in the file alone. */
export interface SettingsList {
  $schema: string;
  inputs: { readonly [name: string]: InputWords };
  keys: { readonly [name: string]: SettingWords };
  /** What the value of a secret must be in the file. */
  ofSecret: Localized;
}

const ofInputs: Readonly<Record<InputName, InputWords>> = written.inputs;

export const { ofSecret }: SettingsList = written;

/** What is said of an input. */
export function inputWords(name: InputName): Required<InputWords> {
  const { expected: ofSchema = { en: "", ja: "" } }: Setting = inputs[name];
  const { description, expected = ofSchema, example } = ofInputs[name];
  return { description: withNames(description), expected: withNames(expected), example };
}

/** What is said of the keys that stand in the file alone, by their names. */
export const ownKeys: ReadonlyMap<string, SettingWords> = new Map(
  Object.entries<SettingWords>(written.keys).map(([name, { description, expected, example }]) => [
    name,
    { description: withNames(description), expected: withNames(expected), example },
  ]),
);

/** A text with the names that it lists: `{limits}`. */
function withNames({ en, ja }: Localized): Localized {
  const lists: Record<string, readonly string[]> = { hosts: trustedPresets, limits: limitNames, rules: ruleNames };
  const filled = (text: string, comma: string): string =>
    text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => lists[name]?.join(comma) ?? whole);
  return { en: filled(en, ", "), ja: filled(ja, "、") };
}
