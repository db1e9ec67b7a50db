import { type KeyedOptions, keyedSource } from "../keyed/keyed.ts";
import type { MailSource } from "../source.ts";
import { type BucketPlace, openBucket } from "./bucket.ts";

/** Which bucket to read, and what of it. */
export type BucketOptions = BucketPlace & KeyedOptions;

/** A source that reads the objects of a bucket as mails; the whole bucket is listed in each run. */
export function bucketSource(options: BucketOptions): MailSource {
  const { endpoint = "", bucket, prefix } = options;
  return keyedSource(options, [endpoint, bucket, prefix], (signal) => openBucket(options, signal));
}
