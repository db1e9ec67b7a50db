import { readFile } from "node:fs/promises";

/** The script of the page to explore: it lies beside the bundle, and in `dist/` where the source itself runs. */
export async function loadPageScript(): Promise<string> {
  const isBundle = /\/dist\/[^/]+$/.test(import.meta.url);
  return await readFile(new URL(isBundle ? "explore.js" : "../../dist/explore.js", import.meta.url), "utf8");
}
