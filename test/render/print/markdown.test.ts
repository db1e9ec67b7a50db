import { describe, expect, it } from "vitest";
import { actDigest, keptDigests, makeDigest, makeDomain, makeLargeDigest, telling } from "../digests.ts";
import { digestMarkdown } from "../printed.ts";

describe("a digest reads well as job summary", () => {
  it.each(keptDigests)("%s", async (name, digest) => {
    await expect(digestMarkdown(digest, telling)).toMatchFileSnapshot(`../fixtures/${name}.md`);
  });
});

it("300 domains are all in the table", () => {
  const markdown = digestMarkdown(makeLargeDigest(300), telling);
  expect(markdown).toContain("`department-299.example.com`");
  expect(markdown).not.toMatch(/\d others/);
});

it("thousands of domains in alarm stay far below GitHub's limit of 1 MiB", () => {
  const [loud] = actDigest.domains;
  const domains = Array.from({ length: 3000 }, (_, index) => makeDomain({ ...loud, domain: `${index}.example.com` }));
  const markdown = digestMarkdown(makeDigest({ domains }), telling);
  expect(Buffer.byteLength(markdown)).toBeLessThan(512 * 1024);
  expect(markdown).toContain("2,500 others");
});
