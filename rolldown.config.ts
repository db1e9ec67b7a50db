import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "rolldown";

/** `dist/main.js` is what GitHub runs and is committed; `dist/cli.js` is the npm package's command and is not. */
export default defineConfig([
  {
    input: "src/main.ts",
    platform: "node",
    transform: { target: "node24" },
    plugins: [licenses()],
    output: { file: "dist/main.js", format: "esm", codeSplitting: false },
  },
  {
    input: "src/cli.ts",
    platform: "node",
    transform: { target: "node20" },
    output: { file: "dist/cli.js", format: "esm", codeSplitting: false },
  },
]);

/** Writes `dist/licenses.txt`: the licences of all packages in the bundle, which their terms ask to be kept with it. */
function licenses(): Plugin {
  return {
    name: "licenses",
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
      const folders = new Set(modules.flatMap((id) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []));
      const texts = [...folders].map(licenseOf).sort();
      this.emitFile({ type: "asset", fileName: "licenses.txt", source: texts.join("\n") });
    },
  };
}

function licenseOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file !== undefined && existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : "";
  return `${name} ${version} (${license})\n\n${text.replaceAll("\r\n", "\n").trim()}\n`;
}
