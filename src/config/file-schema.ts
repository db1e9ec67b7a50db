import * as z from "zod";
import { ruleNames } from "../digest/incidents/incidents.ts";
import { dateOf } from "../history/dates.ts";
import { normalDomain, organizationalDomain } from "../report/domain.ts";
import { type Fault, makeFault } from "../report/fault.ts";
import { formOf } from "./file-keys.ts";
import { type InputName, inputNames, inputs, inputWords, placeOf, type Setting } from "./settings.ts";
import { patternShape, shaped, text } from "./values.ts";

/** What the file is read with. */
export interface FileContext {
  /** Of the process, for secrets; where it is absent they are left as they stand, since nothing is signed in to. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Whether inputs take the place of a secret, which is then left as it stands, too. */
  isReplaced?: (name: InputName) => boolean;
  now: Date;
}

/** The whole file, as its settings by name; see `inputs` for those that are inputs, too. */
export function fileSchema(context: FileContext) {
  const ofDomain = { ...leaves("domain", context), mute: z.array(muteSchema(context, {})).optional() };
  const role = z.enum(["sends", "parked"]).optional();
  const name = z.string().regex(/^[A-Za-z\d][A-Za-z\d-]{0,49}$/);
  const mailbox = z.strictObject({ name: name.optional(), ...leaves("mailbox", context) });
  const groupName = z.string().regex(/^[\w-]{1,50}$/);
  const domain = z.strictObject({ group: groupName.optional(), role, ...ofDomain });
  const group = z.strictObject({ role, ...ofDomain });
  const domainName = shaped(patternShape).refine((text) => patternOf(text) !== undefined);
  return z
    .strictObject({
      mailboxes: z.array(mailbox).min(1).optional(),
      domains: z.record(domainName, domain.nullable()).optional(),
      groups: z.record(groupName, group).optional(),
      ...ofDomain,
      mute: z.array(muteSchema(context, { domain: domainOfMute })).optional(),
      ...leaves("run", context),
    })
    .superRefine(({ mailboxes = [], domains = {}, groups = {} }, issues) => {
      for (const issue of [...sameNames(mailboxes), ...groupsMissing(domains, groups), ...sameDomains(domains)]) {
        issues.addIssue(issue);
      }
    });
}

/** A domain as an A-label, or `*.` and one; `undefined` for neither. */
export function patternOf(text: string): string | undefined {
  const [, star = "", name = ""] = /^(\*\.)?(.+)$/.exec(text.trim()) ?? [];
  const domain = normalDomain(name);
  return domain === undefined || (star === "" && !domain.includes(".")) ? undefined : `${star}${domain}`;
}

/** The organizational domain by which one is judged, or a pattern as it is. */
export function judgedAs(pattern: string): string {
  return pattern.startsWith("*") ? pattern : organizationalDomain(pattern);
}

/** What a pattern that no domain is judged by should be: `*.example.com` of `*.news.example.com`. */
function judgedPattern(text: string): string | undefined {
  const pattern = patternOf(text) ?? "";
  const judged = organizationalDomain(pattern.slice(2));
  return pattern.startsWith("*.") && judged !== pattern.slice(2) ? `*.${judged}` : undefined;
}

function sayJudged(name: string, judged: string, path?: PropertyKey[]) {
  return say(makeFault("judged-above", { name, judged }), path);
}

/** An issue that is not one of a value's form. */
function say(said: Fault, path: PropertyKey[] = []) {
  return { code: "custom" as const, params: { said }, path };
}

function sameNames(mailboxes: readonly { name?: string | undefined }[]) {
  const names = mailboxes.map(({ name }) => name);
  return names.flatMap((name, index) =>
    name === undefined || names.indexOf(name) === index
      ? []
      : say(makeFault("name-of-another", { name }), ["mailboxes", index, "name"]),
  );
}

function groupsMissing(domains: Readonly<Record<string, { group?: string | undefined } | null>>, groups: object) {
  const known = Object.keys(groups).join(", ") || makeFault("no-groups", {});
  return Object.entries(domains).flatMap(([name, settings]) =>
    settings?.group === undefined || Object.hasOwn(groups, settings.group)
      ? []
      : say(makeFault("no-such-group", { name: JSON.stringify(settings.group), known }), ["domains", name, "group"]),
  );
}

function sameDomains(domains: Readonly<Record<string, object | null>>) {
  const known = new Map<string, string>();
  const below = Object.keys(domains).flatMap((name) => {
    const judged = judgedPattern(name);
    return judged === undefined ? [] : sayJudged(name, judged, ["domains", name]);
  });
  const twice = Object.keys(domains)
    .filter((name) => domains[name] !== null)
    .flatMap((name) => {
      const judged = judgedAs(patternOf(name) ?? name);
      const other = known.get(judged);
      known.set(judged, name);
      if (other === undefined) return [];
      return say(makeFault("judged-together", { name, other, judged }), ["domains", name]);
    });
  return [...below, ...twice];
}

function leaves(place: Setting["in"], context: FileContext) {
  const names = inputNames.filter((name) => placeOf(name) === place);
  return Object.fromEntries(names.map((name) => [name, leafOf(name, context).optional()]));
}

function leafOf(name: InputName, { environment, isReplaced }: FileContext): z.ZodType {
  const setting: Setting = inputs[name];
  if (setting.isSecret)
    return environment === undefined || isReplaced?.(name) ? secretName : secretIn(environment, name);
  return setting.schema instanceof z.ZodEnum ? setting.schema : formOf(setting).schema.pipe(setting.schema);
}

const secretName = z.string().regex(/^\$\{DMARC_[A-Z\d_]+\}$/);

/** The value of the variable that stands for a secret. */
function secretIn(environment: NonNullable<FileContext["environment"]>, name: InputName) {
  return secretName.transform((text, issues) => {
    const variable = text.slice(2, -1);
    const value = environment[variable];
    if (value) {
      const read: z.ZodSafeParseResult<unknown> = inputs[name].schema.safeParse(value);
      if (read.success) return read.data;
      const { expected } = inputWords(name);
      const got = makeFault("secret-hidden", { length: value.length });
      issues.addIssue(say(makeFault("variable-wrong", { name, variable, expected, got })));
      return z.NEVER;
    }
    const workflow = `env: ${variable}: \${{ secrets.${variable} }}`;
    issues.addIssue(say(makeFault("variable-unset", { name, variable, workflow })));
    return z.NEVER;
  });
}

const domainOfMute = shaped(`(?:\\*|${patternShape})`).transform((text, issues) => {
  const pattern = text === "*" ? text : patternOf(text);
  const judged = judgedPattern(text);
  if (judged !== undefined) {
    issues.addIssue(sayJudged(text, judged));
    return z.NEVER;
  }
  if (pattern !== undefined) return judgedAs(pattern);
  issues.addIssue("not a domain");
  return z.NEVER;
});

/** The last day that a mute may hold: that of the same date in a year, by UTC. */
function lastMuteDay(now: Date): string {
  const today = dateOf(now);
  return `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`;
}

function muteSchema<Domain extends Record<string, z.ZodType<string>>>({ now }: FileContext, domain: Domain) {
  return z
    .strictObject({
      ...domain,
      sender: text.optional(),
      key: text.transform(keyIn).optional(),
      rule: z.enum(ruleNames).optional(),
      until: z.iso.date().refine((day) => day <= lastMuteDay(now)),
      reason: z.string().regex(/^(?=.*[\p{L}\p{N}\p{P}\p{S}])[^\p{Cc}]{1,200}$/u),
    })
    .superRefine((mute, issues) => {
      const { sender, key, rule } = mute as { sender?: string; key?: string; rule?: string };
      if (sender !== undefined && key !== undefined) issues.addIssue(say(makeFault("mute-of-both", {})));
      if ((sender ?? key ?? rule) === undefined) issues.addIssue(say(makeFault("mute-of-nothing", {})));
    })
    .meta({ anyOf: [has("sender"), has("key"), has("rule")], not: has("sender", "key") });
}

/** JSON Schema: a map with these keys. */
function has(...names: string[]) {
  return { properties: Object.fromEntries(names.map((name) => [name, {}])), required: names };
}

/** A key as incidents name it, `example.com/s1`, or what else they are about, such as `SPF`. */
function keyIn(text: string): string {
  const key = text.replace(/^(.+)\._domainkey\.(.+?)\.?$/i, "$2/$1");
  return key.includes("/") ? key.toLowerCase() : /^spf$/i.test(key) ? "SPF" : key;
}
