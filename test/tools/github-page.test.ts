import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { readmePage } from "../../tools/pictures/github-page.ts";
import { findChromium, openPage } from "../../tools/pictures/photograph.ts";
import { aptInstall } from "../servers/apt.ts";

if (findChromium() === undefined) aptInstall("chromium", "chromium");

test.skipIf(findChromium() === undefined && process.env.CI !== "true").each(["light", "dark"] as const)(
  "the dashboard shows the %s chart to who reads GitHub so",
  async (theme) => {
    const svg = (width: number) => `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="9"/>`;
    const page = readmePage(await readFile("test/render/fixtures/dashboard-en.md", "utf8"), {
      "trend-light.svg": svg(300),
      "trend-dark.svg": svg(400),
    });
    const seen = await openPage(page, { theme }, async (open) => ({
      width: await open.evaluate("document.querySelector('picture > img').naturalWidth"),
      tables: await open.evaluate("[...document.querySelectorAll('details > table')].length > 0"),
      requests: open.requests().filter((url) => /^(?!file:|data:)/.test(url)),
    }));
    expect(seen).toEqual({ width: theme === "light" ? 300 : 400, tables: true, requests: [] });
  },
);
