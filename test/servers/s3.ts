import { createHash, createHmac } from "node:crypto";
import { onTestFinished } from "vitest";
import { type Loopback, type LoopbackReply, type LoopbackRequest, startLoopback } from "./loopback.ts";

/** An object of the bucket. */
export interface StoredObject {
  bytes: Buffer;
  /** LastModified. */
  put: Date;
  /** The metadata of whoever put it, without `x-amz-meta-`. */
  meta?: Record<string, string>;
  /** Whether it is in an archive (Glacier). */
  isArchived?: true;
}

/** A local S3 with one bucket, which checks who asks as S3 does: "Authenticating Requests (AWS Signature Version 4)". */
export interface S3Server extends Loopback {
  objects: Map<string, StoredObject>;
  /** `GET /key` or `list prefix`, for each request that was let in. */
  seen: string[];
  /** What a caller gives itself out for. */
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** May be changed, as the others, to be a bucket that refuses. */
  bucket: string;
  region: string;
  /** Keys in a page of a listing. */
  pageKeys: number;
  /** Milliseconds by which its clock is ahead. */
  clockAhead: number;
  /** Whether the token has expired. */
  isExpired: boolean;
  /** Actions that the caller may do. */
  allowed: Set<"s3:ListBucket" | "s3:GetObject">;
}

/** What a caller is given, as aws-actions/configure-aws-credentials leaves it in the environment. */
export const awsVariables = {
  AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "secret/of+S3",
  AWS_SESSION_TOKEN: "token/of+S3==",
  AWS_REGION: "eu-west-1",
};

/** Starts one that stops with the test. */
export async function startS3(changes: Partial<S3Server> = {}): Promise<S3Server> {
  const loopback = await startLoopback((request) => answer(server, request));
  const server: S3Server = {
    ...loopback,
    objects: new Map(),
    seen: [],
    credentials: {
      accessKeyId: awsVariables.AWS_ACCESS_KEY_ID,
      secretAccessKey: awsVariables.AWS_SECRET_ACCESS_KEY,
      sessionToken: awsVariables.AWS_SESSION_TOKEN,
    },
    bucket: "reports.example",
    region: awsVariables.AWS_REGION,
    pageKeys: 1000,
    clockAhead: 0,
    isExpired: false,
    allowed: new Set(["s3:ListBucket", "s3:GetObject"]),
    ...changes,
  };
  onTestFinished(async () => await server.stop());
  return server;
}

function answer(server: S3Server, request: LoopbackRequest): LoopbackReply {
  const refused = signatureFault(server, request);
  if (refused !== undefined) return refused;
  const [, bucket = "", path = ""] = /^\/([^/]*)\/?(.*)$/.exec(request.url.pathname) ?? [];
  if (bucket !== server.bucket) return failure(404, "NoSuchBucket", "The specified bucket does not exist");
  const action = path === "" ? "s3:ListBucket" : "s3:GetObject";
  if (!server.allowed.has(action)) return failure(403, "AccessDenied", "Access Denied");
  return path === "" ? list(server, request.url.searchParams) : read(server, decodeURIComponent(path));
}

function failure(status: number, code: string, message: string, more = ""): LoopbackReply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`;
  return { status, headers: { "content-type": "application/xml" }, body };
}

/** What S3 answers to a request that it does not let in; `undefined` for one that is signed as it must be. */
function signatureFault({ region, credentials, clockAhead, isExpired }: S3Server, request: LoopbackRequest) {
  const { headers } = request;
  const [, key, date = "", scope = "", names = "", signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/(\S+\/aws4_request), SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? "",
    ) ?? [];
  const moment = String(headers["x-amz-date"]);
  const signed = new Set(names.split(";"));
  const needed = Object.keys(headers).filter((name) => name.startsWith("x-amz-"));
  if (key === undefined || ![...needed, "host"].every((name) => signed.has(name)) || !moment.startsWith(date)) {
    return failure(403, "AccessDenied", "There were headers present in the request which were not signed");
  }
  if (key !== credentials.accessKeyId) {
    return failure(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
  }
  if (scope !== `${region}/s3/aws4_request`) {
    const message = `The authorization header is malformed; the region '${scope.split("/")[0]}' is wrong; expecting '${region}'`;
    return failure(400, "AuthorizationHeaderMalformed", message, `<Region>${region}</Region>`);
  }
  const sent = Date.parse(moment.replace(/^(....)(..)(..T..)(..)(..)Z$/, "$1-$2-$3:$4:$5Z"));
  if (!(Math.abs(Date.now() + clockAhead - sent) < 15 * 60_000)) {
    return failure(
      403,
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
    );
  }
  if (headers["x-amz-security-token"] !== credentials.sessionToken) {
    return failure(400, "InvalidToken", "The provided token is malformed or otherwise invalid.");
  }
  if (isExpired)
    return failure(400, "ExpiredToken", "The provided token has expired.", "<Token-0>token/of+S3==</Token-0>");
  const expected = signatureOf(request, { date, scope, names, moment, secret: credentials.secretAccessKey });
  if (signature === expected) return undefined;
  const message = "The request signature we calculated does not match the signature you provided.";
  return failure(403, "SignatureDoesNotMatch", message, `<StringToSign>${credentials.sessionToken}</StringToSign>`);
}

function signatureOf(
  { method, url, headers }: LoopbackRequest,
  { date, scope, names, moment, secret }: Record<"date" | "scope" | "names" | "moment" | "secret", string>,
): string {
  const query = [...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const fields = names.split(";").map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, " ")}\n`);
  const path = url.pathname.split("/").map((part) => encode(decodeURIComponent(part)));
  const content = String(headers["x-amz-content-sha256"]);
  const canonical = [method, path.join("/"), query.join("&"), fields.join(""), names, content].join("\n");
  const digest = createHash("sha256").update(canonical).digest("hex");
  const text = ["AWS4-HMAC-SHA256", moment, `${date}/${scope}`, digest].join("\n");
  const parts = [date, ...scope.split("/"), text];
  const hmac = (key: Buffer, part: string): Buffer => createHmac("sha256", key).update(part).digest();
  return parts.reduce(hmac, Buffer.from(`AWS4${secret}`)).toString("hex");
}

/** `UriEncode` of the documentation: all but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** ListObjectsV2: keys in the order of their UTF-8, a page of them, and a token that says where the next begins. */
function list({ objects, seen, pageKeys, bucket }: S3Server, query: URLSearchParams): LoopbackReply {
  const prefix = query.get("prefix") ?? "";
  seen.push(`list ${prefix}`);
  if (query.get("list-type") !== "2") return failure(400, "InvalidArgument", "Only ListObjectsV2 is here.");
  const start = query.get("continuation-token");
  const after = start === null ? "" : Buffer.from(start, "base64").toString();
  if (start !== null && !objects.has(after))
    return failure(400, "InvalidArgument", "The continuation token is incorrect");
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, pageKeys);
  const isTruncated = keys.length > page.length;
  const shown = query.get("encoding-type") === "url" ? (key: string) => encode(key).replaceAll("%20", "+") : String;
  const contents = page.map((key) => {
    const { put, bytes } = objects.get(key) as StoredObject;
    return `<Contents><Key>${shown(key)}</Key><LastModified>${put.toISOString()}</LastModified><ETag>&quot;0&quot;</ETag><Size>${bytes.length}</Size></Contents>`;
  });
  const next = `<NextContinuationToken>${Buffer.from(page.at(-1) ?? "").toString("base64")}</NextContinuationToken>`;
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>${isTruncated ? next : ""}${contents.join("")}</ListBucketResult>`;
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}

function read({ objects, seen }: S3Server, key: string): LoopbackReply {
  seen.push(`GET ${key}`);
  const object = objects.get(key);
  if (object === undefined) return failure(404, "NoSuchKey", "The specified key does not exist.");
  const archived = "The operation is not valid for the object's storage class";
  if (object.isArchived) return failure(403, "InvalidObjectState", archived);
  const meta = Object.entries(object.meta ?? {}).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  return { status: 200, headers: Object.fromEntries(meta), body: object.bytes };
}
