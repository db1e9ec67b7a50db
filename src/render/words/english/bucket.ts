import type { BucketCause } from "../../../report/reason.ts";
import type { BucketPhrases } from "../reasons.ts";

/** Why a bucket or an object in it could not be read, and what to do. */
export const bucketReasons: BucketPhrases = {
  "object-encrypted": "encrypted before it was put into the bucket, as SES does when its receipt rule has a KMS key",
  "object-archived": "in an archive of the bucket, from which it has to be restored before it can be read",
  "bucket-no-answer": ({ step, why }) =>
    `${steps[step]} got no answer (${why}). Check s3-region and s3-endpoint; if they are right, the next run tries again, and nothing is lost.`,
  "bucket-no-listing": "what answers there does not list a bucket as S3 does. Check s3-endpoint.",
  "bucket-encrypted": ({ objects }) =>
    `${objects === 1 ? "1 object was" : `${objects} objects were`} encrypted before being put into the bucket and can't be read, as when the receipt rule of SES has a KMS key. Take the key off the rule: the bucket can encrypt by itself.`,
  "bucket-refused": ({ step, status, error, said, cause, region }) => {
    const words = [error, said].filter((text) => text !== "").join(": ");
    const advice = cause === undefined ? "Nothing is lost: the next run tries again." : causes[cause](region);
    return `${steps[step]} was refused (HTTP ${status}${words && `, ${words}`}). ${advice}`;
  },
};

const steps = { list: "the listing of the bucket", read: "the reading of an object" };

const causes: Record<BucketCause, (region: string | undefined) => string> = {
  "no-bucket": () => "There is no such bucket: check its name in s3, and s3-endpoint if it is not at Amazon.",
  region: (region) =>
    region === undefined
      ? "The bucket is in another region: set s3-region to that."
      : `The bucket is in another region: set s3-region to ${region}.`,
  "token-expired": () =>
    "The session token has expired or belongs to another key. Let aws-actions/configure-aws-credentials run just before, with a role-duration-seconds longer than the run.",
  "key-unknown": () =>
    "Nobody has that access key: it was deleted, or AWS_SESSION_TOKEN is missing beside a key that begins with ASIA.",
  "secret-wrong": () => "AWS_SECRET_ACCESS_KEY does not belong to AWS_ACCESS_KEY_ID: set both anew.",
  clock: () => "The clock of this machine is more than 15 minutes off: set it.",
  "not-permitted": () =>
    "The role or key needs s3:ListBucket on the bucket and s3:GetObject on its objects (and kms:Decrypt, where the bucket encrypts with a KMS key).",
};
