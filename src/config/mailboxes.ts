import { dayLength } from "../history/dates.ts";
import { type Fault, makeFault } from "../report/fault.ts";
import { parseTrustedHost, type TrustedHost } from "../report/trust/trust.ts";
import { ConfigError } from "./config-error.ts";
import { type AwsEnvironment, awsEnvironment, type WorkflowIdentity, workflowIdentity } from "./environment.ts";
import { keyMeaning } from "./file-keys.ts";
import { type InputName, inputWords } from "./settings.ts";
import { type Sources, type Values, valuesOf } from "./sources.ts";

/** A mailbox to read. `name` is its name in the history; `trustedHosts` judge that its mails are authentic, none when nobody is known to. */
export type MailboxConfig =
  | {
      kind: "imap";
      name: string;
      host: string;
      port: number;
      security: "tls" | "starttls" | "none";
      user: string;
      signIn: SignInConfig;
      folder: string;
      since: Date;
      trustedHosts: TrustedHost[];
    }
  | {
      kind: "s3";
      name: string;
      bucket: string;
      prefix: string;
      region: string;
      /** Of another service than Amazon S3. */
      endpoint?: string;
      credentials: NonNullable<AwsEnvironment["credentials"]>;
      since: Date;
      trustedHosts: TrustedHost[];
    }
  | {
      kind: "graph";
      name: string;
      user: string;
      folder: string;
      signIn: MicrosoftConfig;
      /** Of another cloud than the public one. */
      endpoint?: string;
      since: Date;
      trustedHosts: TrustedHost[];
    }
  | { kind: "files"; name: string; paths: string[]; trustedHosts: TrustedHost[] };

/** The IMAP server of Exchange Online. */
export const microsoftHost = "outlook.office365.com";

/** The address of the mailbox that is read, of the first that has one; `undefined` for files, buckets and accounts by a bare name. */
export function addressOf(mailboxes: readonly MailboxConfig[]): string | undefined {
  const users = mailboxes.flatMap((mailbox) => ("user" in mailbox ? mailbox.user : []));
  return users.find((user) => user.includes("@"));
}

/** An application of Microsoft Entra. */
interface MicrosoftConfig {
  kind: "microsoft";
  tenant: string;
  clientId: string;
  clientSecret?: string;
  identity?: WorkflowIdentity;
}

/** How a mailbox is signed in to; see `io/sign-in`. `identity` is how the workflow run asks for its identity token. */
export type SignInConfig =
  | { kind: "password"; password: string }
  | { kind: "token"; accessToken: string }
  | MicrosoftConfig
  | { kind: "google"; by: "refresh-token"; clientId: string; clientSecret: string; refreshToken: string }
  | {
      kind: "google";
      by: "service-account";
      serviceAccount: string;
      provider: string;
      identity?: WorkflowIdentity;
    };

/** What one or several mailboxes are read from. */
interface MailboxValues {
  values: Values;
  /** Where it stands in the file; nowhere for that of the inputs. */
  place: string | undefined;
  /** As the file names it. */
  name?: string;
}

/**
 * The mailboxes that a run reads, in their order.
 *
 * @throws ConfigError when there is none, or what one lacks.
 */
export function readMailboxes(
  { mailboxes: sources, top }: Sources,
  now: Date,
  environment: NodeJS.ProcessEnv,
): MailboxConfig[] {
  const hasDomains = top.has("domains");
  const isCollected = top.has("collected");
  const mailboxes = sources.flatMap(({ layer, place }): { mailbox: MailboxConfig; place: string | undefined }[] => {
    const name = layer.get("name")?.value as string | undefined;
    const one: MailboxValues = { values: valuesOf(layer), place, ...(name && { name }) };
    const found = mailboxesIn(one, { now, environment, hasDomains });
    if (found.length === 0 && !isCollected) throw at(place, makeFault("no-mailbox", {}));
    return found.map((mailbox) => ({ mailbox, place }));
  });
  const names = mailboxes.map(({ mailbox }) => mailbox.name);
  const double = mailboxes.find(({ mailbox }, index) => names.indexOf(mailbox.name) < index);
  if (double === undefined) return mailboxes.map(({ mailbox }) => mailbox);
  throw at(double.place, makeFault("mailbox-twice", { name: double.mailbox.name, meaning: keyMeaning("name") }));
}

function mailboxesIn(
  one: MailboxValues,
  { now, environment, hasDomains }: { now: Date; environment: NodeJS.ProcessEnv; hasDomains: boolean },
): MailboxConfig[] {
  const { values, name } = one;
  const host = values["imap-host"] ?? hostOf(values["imap-auth"]);
  const trustedHosts = trustedHostsIn(values);
  const mailboxes: MailboxConfig[] = [];
  if (host !== undefined)
    mailboxes.push(readImap(one, { host, now, identity: workflowIdentity(environment), trustedHosts }));
  if (values.graph !== undefined) {
    const signIn = microsoftIn(one, makeFault("given", { name: "graph" }), workflowIdentity(environment));
    const place = { name: name ?? "graph", user: values.graph, folder: values["imap-folder"] };
    mailboxes.push({ kind: "graph", ...place, signIn, since: sinceDate(values.since, now), trustedHosts });
  }
  if (values.s3 !== undefined) mailboxes.push(...readBuckets(one, { now, hasDomains, ...awsEnvironment(environment) }));
  const paths = values["mail-path"];
  if (paths !== undefined) mailboxes.push({ kind: "files", name: name ?? "files", paths, trustedHosts });
  return mailboxes;
}

function readBuckets(
  { values, place, name: given = "s3" }: MailboxValues,
  { now, hasDomains, credentials, region: usual }: { now: Date; hasDomains: boolean } & AwsEnvironment,
): MailboxConfig[] {
  // To its address anybody can send a report about any domain, and it says nothing of whose it is.
  if (values["imap-user"] === undefined && values.graph === undefined && !hasDomains)
    throw missing(place, "domains", makeFault("given", { name: "s3" }));
  if (credentials === undefined) {
    throw at(place, makeFault("s3-credentials", {}));
  }
  const endpoint = values["s3-endpoint"];
  const region = values["s3-region"] ?? usual ?? (endpoint === undefined ? undefined : "us-east-1");
  if (region === undefined) throw missing(place, "s3-region", makeFault("given-without-region", {}));
  const [since, trustedHosts] = [sinceDate(values.since, now), trustedHostsIn(values)];
  return (values.s3 ?? []).map((bucket, index) => {
    // As of other mailboxes, the history does not say where it is.
    const name = index === 0 ? given : `${given}-${index + 1}`;
    return { kind: "s3", name, ...bucket, region, endpoint, credentials, since, trustedHosts };
  });
}

/** The host of a sign-in that only one service has. */
function hostOf(auth: Values["imap-auth"]): string | undefined {
  if (auth === "microsoft") return microsoftHost;
  return auth === "google" ? "imap.gmail.com" : undefined;
}

function readImap(
  one: MailboxValues,
  {
    host,
    now,
    identity,
    trustedHosts,
  }: { host: string; now: Date; identity: WorkflowIdentity | undefined; trustedHosts: TrustedHost[] },
): MailboxConfig {
  const { values, name = "imap" } = one;
  const { "imap-security": security } = values;
  return {
    kind: "imap",
    name,
    host,
    port: values["imap-port"] ?? (security === "tls" ? 993 : 143),
    security,
    user: needed(one, "imap-user", makeFault("given", { name: `imap-host ${host}` })),
    signIn: readSignIn(one, host, identity),
    folder: values["imap-folder"],
    since: sinceDate(values.since, now),
    trustedHosts,
  };
}

function readSignIn(one: MailboxValues, host: string, identity: WorkflowIdentity | undefined): SignInConfig {
  const { "imap-auth": auth, "imap-access-token": accessToken } = one.values;
  const why = makeFault("given-as", { name: "imap-auth", value: String(auth) });
  switch (auth) {
    case undefined:
      if (accessToken !== undefined) return { kind: "token", accessToken };
      return {
        kind: "password",
        password: needed(one, "imap-password", makeFault("given", { name: `imap-host ${host}` })),
      };
    case "microsoft":
      return microsoftIn(one, why, identity);
    case "google": {
      const { "google-service-account": serviceAccount } = one.values;
      if (serviceAccount !== undefined) {
        const provider = needed(
          one,
          "google-workload-identity-provider",
          makeFault("given", { name: "google-service-account" }),
        );
        return { kind: "google", by: "service-account", serviceAccount, provider, identity };
      }
      const clientId = needed(one, "client-id", why);
      const secrets = {
        clientSecret: needed(one, "client-secret", why),
        refreshToken: needed(one, "refresh-token", why),
      };
      return { kind: "google", by: "refresh-token", clientId, ...secrets };
    }
    default:
      return auth satisfies never;
  }
}

function microsoftIn(one: MailboxValues, why: Fault, identity: WorkflowIdentity | undefined): MicrosoftConfig {
  const [tenant, clientId] = [needed(one, "tenant", why), needed(one, "client-id", why)];
  return { kind: "microsoft", tenant, clientId, clientSecret: one.values["client-secret"], identity };
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
  if (place === undefined)
    return at(place, makeFault("input-missing", { name, why, example: inputWords(name).example }));
  return at(place, makeFault("setting-missing", { name, why, meaning: keyMeaning(name) }));
}

/** What is wrong with a mailbox, and where in the file it stands; nowhere for one of the inputs. */
function at(place: string | undefined, problem: Fault): ConfigError {
  return new ConfigError([place === undefined ? problem : makeFault("at-place", { place, problem })]);
}

/** The moment that `since` and `reread` name. */
export function sinceDate(since: NonNullable<Values["since"]>, now: Date): Date {
  return "date" in since ? new Date(since.date) : new Date(now.getTime() - since.days * dayLength);
}

/** Mail hosts that are known by the name of their IMAP server, and who judges there that mails are authentic. */
const knownHosts = [
  ["imap.gmail.com", "gmail"],
  [microsoftHost, "microsoft365"],
  ["imap.fastmail.com", "fastmail"],
  ["imap.mail.me.com", "icloud"],
  ["imap.zoho.com", "zoho"],
  ["imap.zoho.eu", "zoho"],
  ["imap.zoho.jp", "zoho"],
] as const;

/** Who judges that the mails of a mailbox are authentic: who was named, else the known host itself. */
export function trustedHostsIn(values: Values): TrustedHost[] {
  const auth = values.graph === undefined ? values["imap-auth"] : "microsoft";
  return values["authserv-id"] ?? trustedHostOf(values["imap-host"] ?? hostOf(auth));
}

/** Who judges mails at the host that has this IMAP server, as `authserv-id` names it; `undefined` for one that is not known. */
export function knownMailHost(imapHost: string | undefined): string | undefined {
  return knownHosts.find(([host]) => host === imapHost?.toLowerCase())?.[1];
}

function trustedHostOf(imapHost: string | undefined): TrustedHost[] {
  const preset = knownMailHost(imapHost);
  const trusted = preset === undefined ? undefined : parseTrustedHost(preset);
  return trusted === undefined ? [] : [trusted];
}
