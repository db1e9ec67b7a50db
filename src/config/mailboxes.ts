import { dayLength } from "../history/dates.ts";
import { type Fault, makeFault } from "../report/fault.ts";
import { parseTrustedHost, type TrustedHost } from "../report/trust/trust.ts";
import { ConfigError } from "./config-error.ts";
import { awsEnvironment, workflowIdentity } from "./environment.ts";
import { keyMeaning } from "./file-keys.ts";
import { type InputName, inputWords } from "./settings.ts";
import { type Sources, type Values, valuesOf } from "./sources.ts";

/**
 * A mailbox to read, as the sources of `io` take it. `name` is its name in the history; `trustedHosts` judge that its mails are
 * authentic, none when nobody is known to.
 */
export type MailboxConfig = ReturnType<typeof mailboxesIn>[number];

/** The IMAP server of Exchange Online. */
export const microsoftHost = "outlook.office365.com";

/** The addresses of the mailboxes that are read; files, buckets and accounts by a bare name have none that is known. */
export function addressesOf(mailboxes: readonly MailboxConfig[]): string[] {
  return mailboxes.flatMap((mailbox) => ("user" in mailbox && mailbox.user.includes("@") ? mailbox.user : []));
}

/** What one or several mailboxes are read from. */
interface MailboxValues {
  values: Values;
  /** Where it stands in the file; nowhere for that of the inputs. */
  place: string | undefined;
  /** As the file names it. */
  name: string | undefined;
  now: Date;
  environment: NodeJS.ProcessEnv;
  hasDomains: boolean;
}

/**
 * The mailboxes that a run reads, in their order.
 *
 * @throws ConfigError when there is none, or what each of them lacks.
 */
export function readMailboxes(
  { mailboxes: sources, top }: Sources,
  now: Date,
  environment: NodeJS.ProcessEnv,
): MailboxConfig[] {
  const hasDomains = top.has("domains");
  // What another job has left is not believed, and names any domain.
  if (top.has("collected") && !hasDomains)
    throw missing(undefined, "domains", makeFault("given", { name: "collected" }));
  const problems: Fault[] = [];
  const mailboxes = sources.flatMap(({ layer, place }) => {
    const name = layer.get("name")?.value as string | undefined;
    try {
      const found = mailboxesIn({ values: valuesOf(layer), place, name, now, environment, hasDomains });
      if (found.length === 0 && !top.has("collected")) throw explained(place, makeFault("no-mailbox", {}), "mailboxes");
      return found.map((mailbox) => ({ mailbox, place }));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems.map((problem) => of({ place, name }, problem)));
      return [];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
  const names = mailboxes.map(({ mailbox }) => mailbox.name);
  const double = mailboxes.find(({ mailbox }, index) => names.indexOf(mailbox.name) < index);
  if (double === undefined) return mailboxes.map(({ mailbox }) => mailbox);
  const twice = makeFault("mailbox-twice", { name: double.mailbox.name, meaning: keyMeaning("name") });
  throw new ConfigError([of({ place: double.place, name: undefined }, twice)]);
}

/** What is wrong with a mailbox of the file, with where it stands and its name; as it is with one of the inputs. */
function of({ place, name }: Pick<MailboxValues, "place" | "name">, problem: Fault): Fault {
  if (place === undefined) return problem;
  return makeFault("at-place", {
    place,
    problem: name === undefined ? problem : makeFault("of-mailbox", { name, problem }),
  });
}

function mailboxesIn(one: MailboxValues) {
  const { graph, s3, "mail-path": paths, "imap-host": host, "imap-auth": auth } = one.values;
  const server = host ?? hostOf(auth);
  return [
    ...(server === undefined ? [] : [imapIn(one, server)]),
    ...(graph === undefined ? [] : [graphIn(one, graph)]),
    ...(s3 === undefined ? [] : bucketsIn(one, s3)),
    ...(paths === undefined ? [] : [{ kind: "files" as const, paths, ...readAs(one, "files") }]),
  ];
}

/** What mailboxes of all kinds have. */
function readAs({ values, name, now }: MailboxValues, kind: string) {
  return { name: name ?? kind, since: sinceDate(values.since, now), trustedHosts: trustedHostsIn(values) };
}

function imapIn(one: MailboxValues, host: string) {
  const { "imap-security": security, "imap-port": port, "imap-folder": folder } = one.values;
  const user = needed(one, "imap-user", makeFault("given", { name: `imap-host ${host}` }));
  return {
    kind: "imap" as const,
    ...readAs(one, "imap"),
    host,
    port: port ?? (security === "tls" ? 993 : 143),
    security,
    user,
    signIn: signInOf(one, host),
    folder,
  };
}

function graphIn(one: MailboxValues, user: string) {
  const signIn = microsoftIn(one, makeFault("given", { name: "graph" }));
  return { kind: "graph" as const, ...readAs(one, "graph"), user, folder: one.values["imap-folder"], signIn };
}

function bucketsIn(one: MailboxValues, buckets: NonNullable<Values["s3"]>) {
  const { values, place, environment, hasDomains } = one;
  const { credentials, region: usual } = awsEnvironment(environment);
  // To its address anybody can send a report about any domain, and it says nothing of whose it is.
  if (values["imap-user"] === undefined && values.graph === undefined && !hasDomains)
    throw missing(place, "domains", makeFault("given", { name: "s3" }));
  if (credentials === undefined) {
    throw explained(place, makeFault("s3-credentials", {}), "s3");
  }
  const endpoint = values["s3-endpoint"];
  const region = values["s3-region"] ?? usual ?? (endpoint === undefined ? undefined : "us-east-1");
  if (region === undefined) throw missing(place, "s3-region", makeFault("given-without-region", {}));
  const { name: first, ...common } = readAs(one, "s3");
  const distinct = new Map(buckets.map((one) => [`${one.bucket}/${one.prefix}`, one]));
  return [...distinct.values()].map((bucket, index) => {
    // As of other mailboxes, the history does not say where it is.
    const name = index === 0 ? first : `${first}-${index + 1}`;
    return { kind: "s3" as const, name, ...common, ...bucket, region, endpoint, credentials };
  });
}

/** The host of a sign-in that only one service has. */
function hostOf(auth: Values["imap-auth"]): string | undefined {
  if (auth === "microsoft") return microsoftHost;
  return auth === "google" ? "imap.gmail.com" : undefined;
}

/** How a mailbox is signed in to; see `io/sign-in`. */
function signInOf(one: MailboxValues, host: string) {
  const { "imap-auth": auth, "imap-access-token": accessToken, "google-service-account": serviceAccount } = one.values;
  const why = makeFault("given-as", { name: "imap-auth", value: String(auth) });
  switch (auth) {
    case undefined: {
      if (accessToken !== undefined) return { kind: "token" as const, accessToken };
      const password = needed(one, "imap-password", makeFault("given", { name: `imap-host ${host}` }));
      return { kind: "password" as const, password };
    }
    case "microsoft":
      return microsoftIn(one, why);
    case "google": {
      if (serviceAccount !== undefined) {
        const given = makeFault("given", { name: "google-service-account" });
        const provider = needed(one, "google-workload-identity-provider", given);
        const identity = workflowIdentity(one.environment);
        return { kind: "google" as const, by: "service-account" as const, serviceAccount, provider, identity };
      }
      const clientId = needed(one, "client-id", why);
      const clientSecret = needed(one, "client-secret", why);
      const refreshToken = needed(one, "refresh-token", why);
      return { kind: "google" as const, by: "refresh-token" as const, clientId, clientSecret, refreshToken };
    }
    default:
      return auth satisfies never;
  }
}

/** An application of Microsoft Entra. */
function microsoftIn(one: MailboxValues, why: Fault) {
  const [tenant, clientId] = [needed(one, "tenant", why), needed(one, "client-id", why)];
  const [clientSecret, identity] = [one.values["client-secret"], workflowIdentity(one.environment)];
  return { kind: "microsoft" as const, tenant, clientId, clientSecret, identity };
}

/** A setting that others make necessary. */
function needed<Name extends InputName>(
  { values, place }: MailboxValues,
  name: Name,
  why: Fault,
): NonNullable<Values[Name]> {
  const value = values[name];
  if (value !== undefined && value !== null) return value;
  throw missing(place, name, why);
}

function missing(place: string | undefined, name: InputName, why: Fault): ConfigError {
  if (place !== undefined)
    return new ConfigError([makeFault("setting-missing", { name, why, meaning: keyMeaning(name) })]);
  return new ConfigError([makeFault("input-missing", { name, why, example: inputWords(name).example })]);
}

/** What is wrong with a mailbox, in the file with what a key means. */
function explained(place: string | undefined, problem: Fault, key: string): ConfigError {
  const told = place === undefined ? problem : makeFault("with-meaning", { problem, meaning: keyMeaning(key) });
  return new ConfigError([told]);
}

/** The moment that `since` and `reread` name. */
export function sinceDate(since: NonNullable<Values["since"]>, now: Date): Date {
  return "date" in since ? new Date(since.date) : new Date(now.getTime() - since.days * dayLength);
}

/** Mail hosts that are known by the name of their IMAP server, and who judges there that mails are authentic. */
const knownHosts = [
  [/^imap\.gmail\.com$/, "gmail"],
  [/^outlook\.office365\.com$/, "microsoft365"],
  [/^imap\.fastmail\.com$/, "fastmail"],
  [/^imap\.mail\.me\.com$/, "icloud"],
  // `imappro` has the domains of organizations, in each of Zoho's data centres ("IMAP Access", Zoho Mail's help).
  [/^imap(pro)?\.zoho\.(com|eu|in|jp|com\.au)$/, "zoho"],
] as const;

/** Who judges that the mails of a mailbox are authentic: who was named, else the known host itself. */
export function trustedHostsIn(values: Values): TrustedHost[] {
  const auth = values.graph === undefined ? values["imap-auth"] : "microsoft";
  return values["authserv-id"] ?? trustedHostOf(values["imap-host"] ?? hostOf(auth));
}

/** Who judges mails at the host that has this IMAP server, as `authserv-id` names it; `undefined` for one that is not known. */
export function knownMailHost(imapHost: string | undefined): string | undefined {
  return knownHosts.find(([host]) => host.test(imapHost?.toLowerCase() ?? ""))?.[1];
}

function trustedHostOf(imapHost: string | undefined): TrustedHost[] {
  const preset = knownMailHost(imapHost);
  const trusted = preset === undefined ? undefined : parseTrustedHost(preset);
  return trusted === undefined ? [] : [trusted];
}
