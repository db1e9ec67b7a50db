import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const pages = ["README.md", "CHANGELOG.md", "SECURITY.md", "data/README.md"].concat(
  readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join("docs", path)),
);

test.each(pages)("every link of %s leads to a file that is there", (page) => {
  const text = readFileSync(page, "utf8")
    .replace(/```.*?```/gs, "")
    .replace(/`[^`\n]*`/g, "");
  const links = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
    ([, link, image]) => link ?? image ?? "",
  );
  const files = links.filter((link) => !/^(https?:|#|mailto:)/.test(link)).map((link) => link.replace(/#.*$/, ""));
  expect(files.filter((file) => !existsSync(join(dirname(page), file)))).toEqual([]);
});
