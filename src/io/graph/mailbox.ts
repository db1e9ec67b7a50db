import * as z from "zod";
import type { GraphCause, Reason } from "../../report/reason.ts";
import { type Answer, getWithin, type ListedObject, type Store } from "../keyed/keyed.ts";
import { networkFailure } from "../network-failure.ts";
import { type MicrosoftSignIn, microsoftToken, SignInError } from "../sign-in/sign-in.ts";
import { SourceError } from "../source.ts";

/** Where a mailbox is, and who reads it. */
export interface GraphPlace {
  /** The configured name of the mailbox. */
  name: string;
  /** Its address. */
  user: string;
  /** `INBOX`, or a folder by its names from the top: `INBOX/dmarc`. */
  folder: string;
  signIn: MicrosoftSignIn;
  /** Another one than that of the public cloud, such as a local server. */
  endpoint?: string;
}

const publicCloud = "https://graph.microsoft.com/v1.0";
const scope = "https://graph.microsoft.com/.default";
/** Graph takes four at once for a mailbox ("Outlook service limits"); somebody else may read it, too. */
const mostAtOnce = 3;
/** 1,000 at most ("List messages"). */
const pageSize = 500;
const mostPageBytes = 8 * 1024 * 1024;
const mostPages = 2_000;
/** Names of folders in an error. */
const mostNamed = 20;

const page = z.object({
  value: z.array(z.object({ id: z.string(), receivedDateTime: z.iso.datetime() })),
  "@odata.nextLink": z.string().optional(),
});
const folders = z.object({ value: z.array(z.object({ id: z.string(), displayName: z.string() })) });

/**
 * A folder of a mailbox at Microsoft Graph. Nothing is asked for yet.
 *
 * Source: "List messages", "Get message" (MIME by `$value`), "Obtain immutable identifiers for Outlook resources" of Microsoft
 * Graph's documentation. Without immutable ids a moved message has another id, and would be read anew.
 */
export function openGraph(place: GraphPlace, signal: AbortSignal): Store {
  const { name, user, folder, signIn, endpoint = publicCloud } = place;
  const base = `${endpoint}/users/${encodeURIComponent(user)}`;
  let token: Promise<string> | undefined;
  let folderId: Promise<string> | undefined;

  function failure(why: Reason): SourceError {
    return new SourceError({ code: "mailbox", name, place: `${new URL(endpoint).host}, ${user}`, why });
  }

  async function get(url: string, mostBytes: number): Promise<Answer> {
    token ??= microsoftToken(signIn, scope);
    const authorization = `Bearer ${await token.catch((error: unknown) => {
      throw error instanceof SignInError ? failure(error.reason) : error;
    })}`;
    const headers = { authorization, Prefer: 'IdType="ImmutableId"' };
    return await getWithin((init) => fetch(url, { ...init, headers }), { mostBytes, signal }).catch(
      (error: unknown) => {
        throw failure({ code: "graph-no-answer", why: networkFailure(error).reason });
      },
    );
  }

  async function getJson<T>(url: string, shape: z.ZodType<T>): Promise<T> {
    const { status, bytes } = await get(url, mostPageBytes);
    const text = Buffer.from(bytes).toString();
    if (status !== 200) throw failure(refusal(status, text, user));
    const result = shape.safeParse(jsonIn(text));
    if (result.success) return result.data;
    throw failure({ code: "graph-refused", status, error: "", said: "", user });
  }

  /** By the well-known name of the inbox; others by their names, from the top. */
  async function findFolder(): Promise<string> {
    const [first = "", ...rest] = folder.split("/");
    const isInbox = /^inbox$/i.test(first);
    let id = isInbox ? "inbox" : "";
    for (const one of isInbox ? rest : [first, ...rest]) {
      const list = id === "" ? `${base}/mailFolders` : `${base}/mailFolders/${encodeURIComponent(id)}/childFolders`;
      const query = new URLSearchParams({ $select: "id,displayName", $top: "250" });
      const { value } = await getJson(`${list}?${query.toString()}`, folders);
      const found = value.find(({ displayName }) => displayName.toLowerCase() === one.toLowerCase());
      const names = value.map(({ displayName }) => displayName);
      if (found === undefined) {
        const more = Math.max(0, names.length - mostNamed);
        throw failure({ code: "folder-missing", folder, folders: names.slice(0, mostNamed), more });
      }
      id = found.id;
    }
    return id;
  }

  return {
    mostAtOnce,
    failure,
    async *list(from) {
      folderId ??= findFolder();
      const query = new URLSearchParams({
        // A property that is sorted by must be filtered by, too, and come first.
        $filter: `receivedDateTime ge ${from.replace(/\.\d+Z$/, "Z")}`,
        $orderby: "receivedDateTime",
        $select: "id,receivedDateTime",
        $top: String(pageSize),
      });
      let url: string | undefined =
        `${base}/mailFolders/${encodeURIComponent(await folderId)}/messages?${query.toString()}`;
      for (let pages = 0; url !== undefined && pages < mostPages; pages += 1) {
        const { value, "@odata.nextLink": next }: z.output<typeof page> = await getJson(url, page);
        yield value.map(({ id, receivedDateTime }): ListedObject => {
          return { key: id, lastModified: new Date(receivedDateTime).toISOString(), size: 0 };
        });
        // The token goes nowhere else.
        if (next !== undefined && new URL(next).origin !== new URL(endpoint).origin) {
          throw failure({ code: "graph-refused", status: 200, error: "nextLink", said: new URL(next).host, user });
        }
        url = next;
      }
    },
    async read(key, mostBytes) {
      const { status, bytes } = await get(`${base}/messages/${encodeURIComponent(key)}/$value`, mostBytes);
      if (status === 200) return bytes;
      const text = Buffer.from(bytes).toString();
      if (status === 404 && errorIn(text).error === "ErrorItemNotFound") return undefined;
      throw failure(refusal(status, text, user));
    },
  };
}

/** "Microsoft Graph error responses and resource types", and the codes of Outlook's API. */
const causes: readonly (readonly [RegExp, GraphCause])[] = [
  [/^401/, "token"],
  [/^403/, "not-permitted"],
  [/^404 (ErrorInvalidUser|Request_ResourceNotFound|ResourceNotFound)/, "no-user"],
  [/^404 MailboxNotEnabledForRESTAPI/, "no-mailbox"],
  [/^429/, "busy"],
];

function refusal(status: number, text: string, user: string): Reason {
  const { error, said } = errorIn(text);
  const cause = causes.find(([pattern]) => pattern.test(`${status} ${error}`))?.[1];
  return { code: "graph-refused", status, error, said, user, ...(cause && { cause }) };
}

const errorShape = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

function errorIn(text: string): { error: string; said: string } {
  const { success, data } = errorShape.safeParse(jsonIn(text));
  if (!success) return { error: "", said: "" };
  const said = data.error.message.replaceAll(/[\p{C}\s]+/gu, " ").slice(0, 200);
  return { error: data.error.code.replaceAll(/\W/g, "").slice(0, 60), said };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
