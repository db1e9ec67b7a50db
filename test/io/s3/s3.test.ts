import { describe, expect, test } from "vitest";
import { type BucketOptions, bucketSource } from "../../../src/io/s3/s3.ts";
import type { Cursor, MailSource, SourceMail } from "../../../src/io/source.ts";
import { defaultLimits } from "../../../src/report/limits.ts";
import { refusalText } from "../../reasons.ts";
import { startLoopback } from "../../servers/loopback.ts";
import { type S3Server, startS3 } from "../../servers/s3.ts";

const longAgo = new Date("2020-01-01T00:00:00Z");

function sourceOf(s3: S3Server, changes: Partial<BucketOptions> = {}): MailSource {
  const { bucket, url: endpoint, region, credentials } = s3;
  const place = { name: "s3", bucket, prefix: "", region, endpoint, credentials: { ...credentials } };
  return bucketSource({ ...place, since: longAgo, limits: defaultLimits, ...changes });
}

async function readAll(source: MailSource, cursor?: Cursor, again?: number[]): Promise<SourceMail[]> {
  const mails: SourceMail[] = [];
  for await (const mail of source.mails(cursor, again)) mails.push(mail);
  return mails;
}

/** Puts an object into the bucket, so many hours after the start of 20 November. */
function put(
  s3: S3Server,
  key: string,
  hours = 0,
  more: Partial<Parameters<S3Server["objects"]["set"]>[1]> = {},
): void {
  const moment = new Date(Date.parse("2026-11-20T00:00:00Z") + hours * 3_600_000);
  s3.objects.set(key, { bytes: Buffer.from(`mail ${key}`), put: moment, ...more });
}

const names = (mails: SourceMail[]) => mails.map(({ name }) => name);
const gets = ({ seen }: S3Server) => seen.filter((line) => line.startsWith("GET"));

describe("reading", () => {
  test("all objects come once, the oldest first, however many keys a page of the listing has", async () => {
    const s3 = await startS3({ pageKeys: 7 });
    const keys = Array.from({ length: 25 }, (_, index) => `key-${(index * 7) % 25}`);
    for (const [index, key] of keys.entries()) put(s3, key, index);
    const mails = await readAll(sourceOf(s3));
    expect(names(mails)).toEqual(keys);
    expect(mails[0]).toMatchObject({ arrived: "2026-11-20T00:00:00.000Z", bytes: Buffer.from("mail key-0"), size: 10 });
    expect(s3.seen.filter((line) => line.startsWith("list"))).toHaveLength(4);
    expect(gets(s3)).toHaveLength(25);
  });

  test("1,100 objects take one request each and one for 1,000 of the listing, and a second run that alone", async () => {
    const s3 = await startS3();
    for (let index = 0; index < 1_100; index += 1) put(s3, `mail/${index.toString(36)}`, index / 500);
    const source = sourceOf(s3);
    let count = 0;
    for await (const _ of source.mails(undefined)) count += 1;
    expect([count, s3.seen.length]).toEqual([1_100, 1_102]);
    s3.seen.length = 0;
    expect(await readAll(sourceOf(s3), source.cursor())).toEqual([]);
    expect(s3.seen).toHaveLength(2);
  });

  test("keys are what they are, with signs that a URL or XML has a meaning for", async () => {
    const s3 = await startS3();
    const keys = ["a b", "a+b", "a%20b", "ä/ö!'()*", "a&b<c>", "a=b?c#d", "a//b", "日本".repeat(170)];
    for (const key of keys) put(s3, `in box/${key}`);
    put(s3, "other");
    expect(names(await readAll(sourceOf(s3, { prefix: "in box/" }))).sort()).toEqual(
      keys.map((key) => `in box/${key}`).sort(),
    );
  });

  test("a folder's marker and what SES puts there when a rule is made are passed over", async () => {
    const s3 = await startS3();
    for (const key of ["mail/", "mail/AMAZON_SES_SETUP_NOTIFICATION", "AMAZON_SES_SETUP_NOTIFICATION", "mail/1"])
      put(s3, key);
    expect(names(await readAll(sourceOf(s3)))).toEqual(["mail/1"]);
  });

  test("an object that is too large, encrypted, archived or gone does not stop the others", async () => {
    const s3 = await startS3();
    put(s3, "large", 0, { bytes: Buffer.alloc(21) });
    put(s3, "encrypted", 1, { meta: { "x-amz-key-v2": "a2V5", "x-amz-iv": "aXY=" } });
    put(s3, "encrypted-anew", 1, { meta: { "x-amz-3": "a2V5" } });
    put(s3, "archived", 2, { isArchived: true });
    for (let index = 0; index < 20; index += 1) put(s3, `mail-${index}`, 3 + index);
    const mails: SourceMail[] = [];
    const source = sourceOf(s3, { limits: { ...defaultLimits, mailBytes: 20 } });
    const reading = async () => {
      for await (const mail of source.mails(undefined)) {
        mails.push(mail);
        s3.objects.delete("mail-19");
      }
    };
    expect(await refusalText(reading())).toMatch(/^Mailbox "s3" at .*: 2 objects were encrypted .* Take the key off/);
    expect(await readAll(sourceOf(s3), source.cursor())).toEqual([]);
    expect(mails.slice(0, 5)).toMatchObject([
      { name: "large", size: 21 },
      { name: "encrypted", unreadable: { code: "object-encrypted" } },
      { name: "encrypted-anew", unreadable: { code: "object-encrypted" } },
      { name: "archived", unreadable: { code: "object-archived" } },
      { name: "mail-0" },
    ]);
    expect(mails.slice(0, 4).flatMap(({ bytes }) => bytes ?? [])).toEqual([]);
    expect(mails).toHaveLength(23);
    expect(gets(s3)).not.toContain("GET large");
  });

  test("what a listing says of an object's size is not believed", async () => {
    const s3 = await startS3();
    put(s3, "grown");
    const { bytes } = s3.objects.get("grown") ?? {};
    const limits = { ...defaultLimits, mailBytes: 10 };
    expect(bytes).toHaveLength(10);
    const source = sourceOf(s3, { limits });
    s3.next({ on: "/grown", status: 200, body: "x".repeat(1000) });
    expect((await readAll(source))[0]?.bytes).toBeUndefined();
  });

  test("a busy S3 and a cut connection are tried again", async () => {
    const s3 = await startS3();
    for (const key of ["one", "two"]) put(s3, key);
    s3.next({ on: "/", status: 503, body: "<Error><Code>SlowDown</Code></Error>" });
    s3.next({ on: "/one", lost: "drop" });
    expect(names(await readAll(sourceOf(s3)))).toEqual(["one", "two"]);
  });
});

describe("the cursor", () => {
  test("what a run left is read by the next, and so is what was listed up to a day late", async () => {
    const s3 = await startS3();
    for (let index = 0; index < 10; index += 1) put(s3, `key-${index}`, index);
    const source = sourceOf(s3);
    for await (const { name } of source.mails(undefined)) if (name === "key-5") break;
    expect(source.remaining()).toEqual({ mails: 4, isOfStrangers: false });
    put(s3, "late", 2);
    const next = sourceOf(s3);
    expect(names(await readAll(next, source.cursor()))).toEqual(["late", "key-6", "key-7", "key-8", "key-9"]);
    expect(await readAll(sourceOf(s3), next.cursor())).toEqual([]);
  });

  test("a cursor of another bucket, prefix or endpoint is not used, and since is", async () => {
    const s3 = await startS3();
    for (const index of [0, 1, 2]) put(s3, `key-${index}`, index);
    const source = sourceOf(s3);
    await readAll(source);
    const ofPrefix = sourceOf(s3, { prefix: "key", since: new Date("2026-11-20T01:00:00Z") });
    expect(names(await readAll(ofPrefix, source.cursor()))).toEqual(["key-1", "key-2"]);
  });

  test("mails that wait for DNS come again by their number, and those of a time by reread", async () => {
    const s3 = await startS3();
    for (const index of [0, 1, 2]) put(s3, `key-${index}`, index * 48);
    const source = sourceOf(s3);
    const [first] = await readAll(source);
    expect(names(await readAll(sourceOf(s3), source.cursor(), [first?.uid ?? 0]))).toEqual(["key-0"]);
    const reread = sourceOf(s3, { rereadSince: new Date("2026-11-21T00:00:00Z") });
    expect(names(await readAll(reread, source.cursor()))).toEqual(["key-1", "key-2"]);
  });
});

describe("an error names its usual cause", () => {
  const changed = (part: Partial<S3Server["credentials"]>) => (s3: S3Server) =>
    void Object.assign(s3.credentials, part);
  test.each<[string, (s3: S3Server) => void, RegExp]>([
    [
      "a bucket that is not there",
      (s3) => (s3.bucket = "other"),
      /listing.*HTTP 404, NoSuchBucket: .*check its name in s3/,
    ],
    ["no right to list", (s3) => s3.allowed.delete("s3:ListBucket"), /listing.*HTTP 403, AccessDenied.*s3:ListBucket/],
    ["no right to read", (s3) => s3.allowed.delete("s3:GetObject"), /reading.*HTTP 403, AccessDenied.*s3:GetObject/],
    [
      "another region",
      (s3) => (s3.region = "us-west-2"),
      /HTTP 400, AuthorizationHeaderMalformed.*set s3-region to us-west-2/,
    ],
    ["a key that is gone", changed({ accessKeyId: "AKIANEW" }), /InvalidAccessKeyId.*AWS_SESSION_TOKEN is missing/],
    [
      "a wrong secret",
      changed({ secretAccessKey: "new" }),
      /SignatureDoesNotMatch.*does not belong to AWS_ACCESS_KEY_ID/,
    ],
    ["a token of another key", changed({ sessionToken: "new" }), /InvalidToken.*belongs to another key/],
    ["a token that has expired", (s3) => (s3.isExpired = true), /ExpiredToken.*has expired.*role-duration-seconds/],
    ["a clock that is wrong", (s3) => (s3.clockAhead = 3_600_000), /RequestTimeTooSkewed.*clock of this machine/],
    [
      "a redirect",
      (s3) => s3.next({ status: 301, headers: { "x-amz-bucket-region": "ap-south-1" } }),
      /HTTP 301\).*set s3-region to ap-south-1/,
    ],
    [
      "a listing that was cut off",
      (s3) => s3.next({ status: 200, body: "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>one" }),
      /does not list a bucket as S3 does/,
    ],
    [
      "a page of something else",
      (s3) => s3.next({ status: 200, body: "<html>" }),
      /does not list a bucket as S3 does\. Check s3-endpoint/,
    ],
  ])("%s", async (_, breakIt, expected) => {
    const s3 = await startS3();
    put(s3, "one");
    const source = sourceOf(s3);
    breakIt(s3);
    const text = await refusalText(readAll(source));
    expect(text).toMatch(/^Mailbox "s3" at 127\.0\.0\.1:\d+\/reports\.example: /);
    expect(text).toMatch(expected);
    expect(text).not.toMatch(/secret\/of|token\/of/);
  });

  test("no answer, after four tries", async () => {
    const s3 = await startS3();
    const gone = await startLoopback(() => ({ status: 200 }));
    await gone.stop();
    const text = await refusalText(readAll(sourceOf(s3, { endpoint: gone.url })));
    expect(text).toMatch(
      /listing of the bucket got no answer \(connection refused \(ECONNREFUSED\)\)\. Check s3-region/,
    );
  });
});
