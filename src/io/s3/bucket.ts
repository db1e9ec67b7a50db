import { setTimeout as wait } from "node:timers/promises";
import { AwsClient } from "aws4fetch";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import * as z from "zod";
import type { BucketStep, Reason } from "../../report/reason.ts";
import { networkFailure } from "../network-failure.ts";
import { SourceError } from "../source.ts";
import { errorCode, refusal } from "./failure.ts";

/** Where a bucket is, and who reads it. */
export interface BucketPlace {
  /** The configured name of the mailbox. */
  name: string;
  bucket: string;
  /** What the keys begin with; empty for all. */
  prefix: string;
  region: string;
  /** Of another service than Amazon S3, such as R2 or MinIO. */
  endpoint?: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/** An object as the listing has it. */
export interface ListedObject {
  key: string;
  /** ISO 8601 in UTC. */
  lastModified: string;
  size: number;
}

/** What a GET gave: bytes are cut off one past the bound that was asked for. */
interface Answer {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
}

/** A bucket that is read by signed requests. */
export interface Bucket {
  /** The error for a bucket of which not all can be read. */
  failure(why: Reason): SourceError;
  /**
   * All objects whose keys begin with the prefix, a page at a time.
   *
   * @throws SourceError with the usual cause.
   */
  list(): AsyncGenerator<ListedObject[]>;
  /**
   * An object's bytes and headers; `undefined` when it is gone.
   *
   * @throws SourceError when no object can be read; of one that alone can't, the answer of S3 comes back.
   */
  read(key: string, mostBytes: number): Promise<Answer | undefined>;
}

/** Milliseconds for one request with its body. */
const timeout = 120_000;
/** Milliseconds before a request is tried again, where S3 was busy or the connection broke. */
const pauses = [200, 800, 3_200];
/** 1,000 keys of 1,024 bytes, each as `%xx`, with what stands around them. */
const mostListingBytes = 8 * 1024 * 1024;

const mostErrorBytes = 64 * 1024;

/** A bucket at Amazon S3, or at another service with its API. Nothing is asked for yet. */
export function openBucket(place: BucketPlace, signal: AbortSignal): Bucket {
  const { region, prefix, credentials } = place;
  const aws = new AwsClient({ ...credentials, service: "s3", region });
  const base = addressOf(place);

  function failure(why: Reason): SourceError {
    return new SourceError({ code: "mailbox", name: place.name, place: base.replace(/^https?:\/\//, ""), why });
  }

  async function fetchOnce(url: string, mostBytes: number): Promise<Answer> {
    // Signed anew each time, since a signature is valid for 15 minutes. A redirect would need another one.
    const request = await aws.sign(url);
    const signals = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    const response = await fetch(request, { redirect: "manual", signal: signals });
    const { ok, status, headers } = response;
    return { status, headers, bytes: await bytesOf(response, ok ? mostBytes : mostErrorBytes) };
  }

  async function get(step: BucketStep, path: string, mostBytes: number): Promise<Answer> {
    for (const pause of [...pauses, undefined]) {
      try {
        const answer = await fetchOnce(`${base}${path}`, mostBytes);
        if ((answer.status < 500 && answer.status !== 429) || pause === undefined) return answer;
      } catch (error) {
        if (pause === undefined || signal.aborted) {
          throw failure({ code: "bucket-no-answer", step, why: networkFailure(error).reason });
        }
      }
      await wait(pause, undefined, { signal });
    }
    throw new Error("The last try returns or throws.");
  }

  function check(step: BucketStep, { status, headers, bytes }: Answer): void {
    if (status === 200) return;
    throw failure(refusal(step, { status, headers, text: Buffer.from(bytes).toString() }));
  }

  return {
    failure,
    async *list() {
      let token: string | undefined;
      do {
        const query = {
          "list-type": "2",
          "encoding-type": "url",
          prefix,
          ...(token && { "continuation-token": token }),
        };
        // By percent sign alone: what a plus sign means in a query is not the same for all services.
        const text = new URLSearchParams(query).toString().replaceAll("+", "%20");
        const answer = await get("list", `/?${text}`, mostListingBytes);
        check("list", answer);
        const page = pageIn(answer.bytes);
        if (page === undefined) throw failure({ code: "bucket-no-listing" });
        yield page.objects;
        token = page.next;
      } while (token !== undefined);
    },
    async read(key, mostBytes) {
      const path = key.split("/").map(encodeURIComponent).join("/");
      const answer = await get("read", `/${path}`, mostBytes);
      const error = answer.status === 200 ? "" : errorCode(Buffer.from(answer.bytes).toString());
      if (error === "NoSuchKey") return undefined;
      // From an archive (Glacier) no later run can read it either.
      if (error !== "InvalidObjectState") check("read", answer);
      return answer;
    },
  };
}

/** The address of a bucket, without a slash at the end. */
function addressOf({ bucket, region, endpoint }: BucketPlace): string {
  if (endpoint !== undefined) return `${endpoint.replace(/\/+$/, "")}/${bucket}`;
  // The certificate of S3 is for names with one label before `s3`.
  return bucket.includes(".")
    ? `https://s3.${region}.amazonaws.com/${bucket}`
    : `https://${bucket}.s3.${region}.amazonaws.com`;
}

/** The bytes of an answer as they come, until there is one more than is wanted. */
async function bytesOf({ body }: Response, mostBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > mostBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, mostBytes + 1);
}

/** What is looked at of an answer to ListObjectsV2 (Amazon S3 API reference). */
const listing = z.object({
  ListBucketResult: z.object({
    IsTruncated: z.enum(["true", "false"]),
    NextContinuationToken: z.string().optional(),
    EncodingType: z.string().optional(),
    Contents: z
      .array(
        z.object({
          Key: z.string(),
          LastModified: z.iso.datetime({ offset: true }),
          Size: z.string().regex(/^\d+$/),
        }),
      )
      .default([]),
  }),
});

const xmlParser = new XMLParser({ parseTagValue: false, trimValues: false, isArray: (name) => name === "Contents" });

/** The objects in a page of a listing, and the token of the next page; `undefined` when the text is none. */
function pageIn(xml: Uint8Array): { objects: ListedObject[]; next: string | undefined } | undefined {
  const text = Buffer.from(xml).toString();
  // The parser takes a text that was cut off for a whole one, in which objects would be missing.
  if (XMLValidator.validate(text) !== true) return undefined;
  const parsed = listing.safeParse(xmlParser.parse(text));
  if (!parsed.success) return undefined;
  const { IsTruncated, NextContinuationToken: next, EncodingType, Contents } = parsed.data.ListBucketResult;
  const isTruncated = IsTruncated === "true";
  if (isTruncated && next === undefined) return undefined;
  const objects = Contents.map(({ Key, LastModified, Size }) => ({
    key: EncodingType === "url" ? (new URLSearchParams(`key=${Key.replaceAll("&", "%26")}`).get("key") ?? "") : Key,
    lastModified: new Date(LastModified).toISOString(),
    size: Number(Size),
  }));
  return { objects, next: isTruncated ? next : undefined };
}
