import { AwsClient } from "aws4fetch";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import * as z from "zod";
import type { BucketStep, Reason } from "../../report/reason.ts";
import { networkFailure } from "../http.ts";
import {
  type Answer,
  getWithin,
  type KeyedOptions,
  keyedSource,
  type ListedObject,
  type Store,
} from "../keyed/keyed.ts";
import { type MailSource, SourceError } from "../source.ts";
import { errorCode, refusal } from "./failure.ts";

/** Where a bucket is, who reads it, and what of it. */
export interface BucketOptions extends KeyedOptions {
  bucket: string;
  /** What the keys begin with; empty for all. */
  prefix: string;
  region: string;
  /** Of another service than Amazon S3, such as R2 or MinIO. */
  endpoint?: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/** 1,000 keys of 1,024 bytes, each as `%xx`, with what stands around them. */
const mostListingBytes = 8 * 1024 * 1024;

const mostAtOnce = 8;

/** A source that reads the objects of a bucket as mails; the whole bucket is listed in each run. */
export function bucketSource(options: BucketOptions): MailSource {
  const { endpoint = "", bucket, prefix } = options;
  return keyedSource(options, [endpoint, bucket, prefix], (signal) => openBucket(options, signal));
}

/** A bucket at Amazon S3, or at another service with its API. Nothing is asked for yet. */
function openBucket(place: BucketOptions, signal: AbortSignal): Store {
  const { region, prefix, credentials } = place;
  const aws = new AwsClient({ ...credentials, service: "s3", region });
  const base = addressOf(place);

  function failure(why: Reason): SourceError {
    return new SourceError({ code: "mailbox", name: place.name, place: base.replace(/^https?:\/\//, ""), why });
  }

  async function get(step: BucketStep, path: string, mostBytes: number): Promise<Answer> {
    const url = `${base}${path}`;
    // A redirect would need another signature.
    return await getWithin(async (init) => fetch(await aws.sign(url), init), { mostBytes, signal }).catch(
      (error: unknown) => {
        throw failure({ code: "bucket-no-answer", step, why: networkFailure(error).reason });
      },
    );
  }

  function check(step: BucketStep, { status, headers, bytes }: Answer): void {
    if (status === 200) return;
    throw failure(refusal(step, { status, headers, text: Buffer.from(bytes).toString() }));
  }

  return {
    mostAtOnce,
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
        // Not a folder's marker, and not what SES puts into a bucket when a receipt rule is made.
        yield page.objects.filter(({ key }) => !/(^|\/)(AMAZON_SES_SETUP_NOTIFICATION)?$/.test(key));
        token = page.next;
      } while (token !== undefined);
    },
    async read(key, mostBytes) {
      const path = key.split("/").map(encodeURIComponent).join("/");
      const answer = await get("read", `/${path}`, mostBytes);
      const error = answer.status === 200 ? "" : errorCode(Buffer.from(answer.bytes).toString());
      if (error === "NoSuchKey") return undefined;
      // From an archive (Glacier) no later run can read it either.
      if (error === "InvalidObjectState") return { code: "object-archived" };
      check("read", answer);
      // By the one who put it there, as SES does with a KMS key (Amazon S3 encryption client).
      const isEncrypted = ["key", "key-v2", "3"].some((name) => answer.headers.has(`x-amz-meta-x-amz-${name}`));
      return isEncrypted ? { code: "object-encrypted" } : answer.bytes;
    },
  };
}

function addressOf({ bucket, region, endpoint }: BucketOptions): string {
  if (endpoint !== undefined) return `${endpoint.replace(/\/+$/, "")}/${bucket}`;
  // The certificate of S3 is for names with one label before `s3`.
  return bucket.includes(".")
    ? `https://s3.${region}.amazonaws.com/${bucket}`
    : `https://${bucket}.s3.${region}.amazonaws.com`;
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
