import * as z from "zod";
import { oneLine } from "../../report/one-line.ts";
import type { GraphCause, Reason } from "../../report/reason.ts";
import { networkFailure } from "../http.ts";
import {
  type Answer,
  getWithin,
  type KeyedOptions,
  keyedSource,
  type ListedObject,
  type Store,
} from "../keyed/keyed.ts";
import { type MicrosoftSignIn, microsoftToken, SignInError } from "../sign-in/sign-in.ts";
import { type MailSource, SourceError } from "../source.ts";

/** Where a mailbox is, who reads it, and what of it. */
export interface GraphOptions extends KeyedOptions {
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
const mostNamed = 20;

const message = z.object({ id: z.string(), receivedDateTime: z.iso.datetime() });
const mailFolder = z.object({ id: z.string(), displayName: z.string() });

/**
 * A source that reads a folder of a Microsoft 365 mailbox by Microsoft Graph, which can change nothing with `Mail.Read`: the
 * messages since a moment by their time of receipt, each in its MIME form.
 *
 * Source: "List messages", "Get message" (MIME by `$value`), "Obtain immutable identifiers for Outlook resources" of Microsoft
 * Graph's documentation. Without immutable ids a moved message has another id, and would be read anew.
 */
export function graphSource(options: GraphOptions): MailSource {
  const { user, folder } = options;
  return keyedSource(options, ["graph", user, folder], (signal) => openGraph(options, signal));
}
function openGraph(place: GraphOptions, signal: AbortSignal): Store {
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

  async function* pagesOf<T>(
    path: string,
    query: Record<string, string>,
    shape: z.ZodType<T>,
  ): AsyncGenerator<T[], undefined> {
    const page = z.object({ value: z.array(shape), "@odata.nextLink": z.string().optional() });
    let url: string | undefined = `${base}/${path}?${new URLSearchParams(query).toString()}`;
    for (let pages = 0; url !== undefined && pages < mostPages; pages += 1) {
      const { status, bytes } = await get(url, mostPageBytes);
      const text = Buffer.from(bytes).toString();
      if (status !== 200) throw failure(refusal(status, text, user));
      const { data } = page.safeParse(jsonIn(text));
      if (data === undefined) throw failure({ code: "graph-refused", status, error: "", said: "", user });
      yield data.value;
      url = data["@odata.nextLink"];
      // The token goes nowhere else.
      if (url !== undefined && new URL(url).origin !== new URL(endpoint).origin) {
        throw failure({ code: "graph-refused", status, error: "nextLink", said: new URL(url).host, user });
      }
    }
  }

  /** By the well-known name of the inbox; others by their names, from the top. */
  async function findFolder(): Promise<string> {
    const [first = "", ...rest] = folder.split("/");
    const isInbox = /^inbox$/i.test(first);
    let id = isInbox ? "inbox" : "";
    for (const one of isInbox ? rest : [first, ...rest]) {
      const path = id === "" ? "mailFolders" : `mailFolders/${encodeURIComponent(id)}/childFolders`;
      const pages = pagesOf(path, { $select: "id,displayName", $top: "250" }, mailFolder);
      const names: string[] = [];
      let found: z.infer<typeof mailFolder> | undefined;
      for await (const folders of pages) {
        found = folders.find(({ displayName }) => displayName.toLowerCase() === one.toLowerCase());
        if (found !== undefined) break;
        names.push(...folders.map(({ displayName }) => displayName));
      }
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
      const query = {
        // A property that is sorted by must be filtered by, too, and come first.
        $filter: `receivedDateTime ge ${from.replace(/\.\d+Z$/, "Z")}`,
        $orderby: "receivedDateTime",
        $select: "id,receivedDateTime",
        $top: String(pageSize),
      };
      const path = `mailFolders/${encodeURIComponent(await folderId)}/messages`;
      for await (const messages of pagesOf(path, query, message)) {
        yield messages.map(({ id, receivedDateTime }): ListedObject => {
          return { key: id, lastModified: new Date(receivedDateTime).toISOString(), size: 0 };
        });
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
  return { error: data.error.code.replaceAll(/\W/g, "").slice(0, 60), said: oneLine(data.error.message, 200) };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
