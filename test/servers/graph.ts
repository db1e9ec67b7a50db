import { createHash } from "node:crypto";
import { onTestFinished } from "vitest";
import { type Loopback, type LoopbackReply, type LoopbackRequest, startLoopback } from "./loopback.ts";

/** A message of a mailbox. */
export interface GraphMessage {
  bytes: Buffer;
  received: Date;
  /** By the names from the top; the inbox when left out. */
  folder?: string;
}

/** A local Microsoft Graph with one mailbox, which refuses what Graph's documentation says is refused; and its token endpoint. */
export interface GraphServer extends Loopback {
  /** For `GraphOptions.endpoint`. */
  endpoint: string;
  user: string;
  /** By their immutable ids. */
  messages: Map<string, GraphMessage>;
  /** `GET /path`, for each request that was let in. */
  seen: string[];
  /** Scopes that tokens were asked for. */
  scopes: string[];
  /** Whether the role covers the mailbox. */
  isPermitted: boolean;
  /** Whether the mailbox is in Exchange Online. */
  isOnline: boolean;
  /** The host in `@odata.nextLink`; its own when left out. */
  nextHost?: string;
  /** Puts a message into the mailbox. */
  deliver(bytes: Uint8Array, received: Date, folder?: string): string;
}

const clients = Array.from({ length: 300 }, (_, index) => `F-client${index}`);
const folderIds = new Map([
  ["inbox", "Inbox"],
  ["F-dmarc", "dmarc"],
  ["F-archive", "Archive"],
  ...clients.map((id) => [id, id.slice(2)] as const),
]);
/** Folders by the one above; those of the top have none. */
const children: Record<string, string[]> = { "": ["inbox", "F-archive"], inbox: ["F-dmarc"], "F-archive": clients };

/** Starts one that stops with the test. */
export async function startGraph(changes: Partial<GraphServer> = {}): Promise<GraphServer> {
  let open = 0;
  const loopback = await startLoopback(async (request) => {
    open += 1;
    try {
      if (open > 4) return failure(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.");
      await new Promise((resolve) => setTimeout(resolve, 2));
      return answer(server, request);
    } finally {
      open -= 1;
    }
  });
  const server: GraphServer = {
    ...loopback,
    endpoint: `${loopback.url}/v1.0`,
    user: "dmarc@example.com",
    messages: new Map(),
    seen: [],
    scopes: [],
    isPermitted: true,
    isOnline: true,
    deliver(bytes, received, folder = "inbox") {
      const id = `AAkAL${createHash("sha256").update(String(this.messages.size)).digest("base64url")}=`;
      this.messages.set(id, { bytes: Buffer.from(bytes), received, folder });
      return id;
    },
    ...changes,
  };
  onTestFinished(async () => await server.stop());
  return server;
}

/** How a test signs in to it. */
export function graphSignIn({ url }: GraphServer) {
  const client = { tenant: "example.com", clientId: "app", clientSecret: "s3cret", identity: undefined };
  return { kind: "microsoft", ...client, endpoint: url } as const;
}

function failure(status: number, code: string, message: string): LoopbackReply {
  return { status, body: { error: { code, message, innerError: { "request-id": "1" } } } };
}

function answer(server: GraphServer, { method, url, headers, body }: LoopbackRequest): LoopbackReply {
  if (url.pathname === "/example.com/oauth2/v2.0/token") {
    server.scopes.push(String(new URLSearchParams(body.toString()).get("scope")));
    return { status: 200, body: { access_token: "graph-token", expires_in: 3599, token_type: "Bearer" } };
  }
  if (headers.authorization !== "Bearer graph-token") {
    return failure(401, "InvalidAuthenticationToken", "Access token is empty.");
  }
  if (method !== "GET") return failure(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");
  const [, user = "", path = ""] = /^\/v1\.0\/users\/([^/]+)\/(.*)$/.exec(url.pathname) ?? [];
  if (decodeURIComponent(user) !== server.user) {
    return failure(404, "ErrorInvalidUser", `The requested user '${decodeURIComponent(user)}' is invalid.`);
  }
  if (!server.isOnline) {
    return failure(404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive or hosted on-premise.");
  }
  if (!server.isPermitted) {
    return failure(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");
  }
  server.seen.push(`GET ${path}`);
  const folder = /^mailFolders(?:\/([^/]+)\/childFolders)?$/.exec(path);
  if (folder !== null) return foldersIn(folder[1] ?? "", url);
  const list = /^mailFolders\/([^/]+)\/messages$/.exec(path);
  if (list !== null) return page(server, decodeURIComponent(list[1] ?? ""), url);
  const message = /^messages\/([^/]+)\/\$value$/.exec(path);
  const found = server.messages.get(immutable(decodeURIComponent(message?.[1] ?? ""), headers.prefer));
  if (found === undefined) return failure(404, "ErrorItemNotFound", "The specified object was not found in the store.");
  return { status: 200, headers: { "Content-Type": "text/plain" }, body: found.bytes };
}

/** Only who asks for immutable ids gets them, and may ask by them. */
function immutable(id: string, prefer: string | string[] | undefined): string {
  return prefer === 'IdType="ImmutableId"' ? id : "";
}

function foldersIn(parent: string, { searchParams: query, pathname, origin }: URL): LoopbackReply {
  const value = (children[parent] ?? []).map((id) => ({ id, displayName: folderIds.get(id) }));
  const [skip, top] = [Number(query.get("$skip") ?? 0), Number(query.get("$top") ?? 10)];
  const next = new URL(`${origin}${pathname}?${query.toString()}`);
  next.searchParams.set("$skip", String(skip + top));
  const isMore = skip + top < value.length;
  return {
    status: 200,
    body: { value: value.slice(skip, skip + top), ...(isMore && { "@odata.nextLink": next.href }) },
  };
}

function page(server: GraphServer, folder: string, { searchParams: query, pathname, origin }: URL): LoopbackReply {
  if (!folderIds.has(folder)) return failure(404, "ErrorItemNotFound", "The specified folder was not found.");
  const [, from] = /^receivedDateTime ge (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/.exec(query.get("$filter") ?? "") ?? [];
  if (from === undefined) return failure(400, "BadRequest", "Invalid filter clause");
  if (query.get("$orderby") !== "receivedDateTime") {
    return failure(400, "InefficientFilter", "The restriction or sort order is too complex for this operation.");
  }
  const top = Number(query.get("$top"));
  if (!(top >= 1 && top <= 1000)) return failure(400, "BadRequest", "$top must be from 1 to 1000");
  const ofFolder = [...server.messages].filter(([, { folder: of = "inbox" }]) => of === folder);
  const listed = ofFolder
    .filter(([, { received }]) => received.toISOString() >= from)
    .sort(([, a], [, b]) => a.received.getTime() - b.received.getTime());
  const skip = Number(query.get("$skip") ?? 0);
  const shown = listed.slice(skip, skip + Math.min(top, 100));
  const next = new URL(`${server.nextHost ?? origin}${pathname}?${query.toString()}`);
  next.searchParams.set("$skip", String(skip + shown.length));
  const value = shown.map(([id, { received }]) => ({
    "@odata.etag": 'W/"1"',
    id,
    receivedDateTime: received.toISOString().replace(/\.\d+Z$/, "Z"),
  }));
  const isMore = skip + shown.length < listed.length;
  return { status: 200, body: { value, ...(isMore && { "@odata.nextLink": next.href }) } };
}
