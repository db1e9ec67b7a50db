import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "rolldown";

/** `dist/main.js` is what GitHub runs and is committed, with `dist/explore.js`; `dist/cli.js` is the npm package's command and is not. */
export default defineConfig([
  {
    input: "src/main.ts",
    platform: "node",
    transform: { target: "node24" },
    plugins: [licenses(), asciiOnly(), withoutHttpClient()],
    output: { file: "dist/main.js", format: "esm", codeSplitting: false },
  },
  {
    input: "src/cli.ts",
    platform: "node",
    transform: { target: "node20" },
    plugins: [asciiOnly()],
    output: { file: "dist/cli.js", format: "esm", codeSplitting: false },
  },
  {
    // The script of the page to explore, which is put into it as it is.
    input: "src/explore/explore.ts",
    platform: "browser",
    transform: { target: "es2022" },
    output: { file: "dist/explore.js", format: "iife", minify: true },
  },
]);

/** @actions/core asks by it for identity tokens, which the action does itself; with undici it would be an eighth of the bundle. */
function withoutHttpClient(): Plugin {
  const id = "\0no-http-client";
  return {
    name: "without-http-client",
    resolveId: (source) => (/^@actions\/http-client(\/|$)/.test(source) ? id : null),
    load: (loaded) => (loaded === id ? "export class HttpClient {}\nexport class BearerCredentialHandler {}" : null),
  };
}

/** Writes what is not ASCII by its code, in texts and patterns alike: V8 holds a script with one other letter in twice the memory. */
function asciiOnly(): Plugin {
  const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return {
    name: "ascii-only",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === "chunk") file.code = file.code.replace(/[^\0-\x7f]/g, escaped);
      }
    },
  };
}

/** Writes `dist/licenses.txt`: the licences of all packages in the bundle, which their terms ask to be kept with it. */
function licenses(): Plugin {
  return {
    name: "licenses",
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
      const ofOthers = ["uplot", "hyparquet", "hyparquet-writer"].map((name) =>
        join(import.meta.dirname, "node_modules", name),
      );
      const folders = new Set([
        ...ofOthers,
        ...modules.flatMap((id) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []),
      ]);
      const texts = [...[...folders].map(licenseOf), publicSuffixList].sort();
      this.emitFile({ type: "asset", fileName: "licenses.txt", source: texts.join("\n") });
    },
  };
}

/** Its data are in tldts, whose licence does not say so; the terms are those at the head of the list. */
const publicSuffixList = `Public Suffix List, in tldts (MPL-2.0)

https://publicsuffix.org/list/public_suffix_list.dat

This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of the MPL was not
distributed with this file, You can obtain one at https://mozilla.org/MPL/2.0/.
`;

function licenseOf(folder: string): string {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  // Some packages say "MIT" and leave its text out.
  const mit = license === "MIT" ? mitLicense(author?.name ?? author ?? `the authors of ${name}`) : undefined;
  const text = file === undefined ? mit : readFileSync(join(folder, file), "utf8");
  if (text === undefined) throw new Error(`${name} ${version} is bundled, and its package has no licence.`);
  return `${name} ${version} (${license})\n\n${text.replaceAll("\r\n", "\n").trim()}\n`;
}

/** The terms of https://spdx.org/licenses/MIT.html, which are those of this project, too. */
function mitLicense(author: string): string {
  const [, terms = ""] = readFileSync("LICENSE", "utf8").split(/^Copyright .*$/m);
  return `MIT License\n\nCopyright (c) ${author}${terms}`;
}
