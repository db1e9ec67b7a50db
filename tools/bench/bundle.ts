import { rolldown } from "rolldown";

/** Bundles a script as the action is bundled. */
export async function bundleScript(input: string, file: string): Promise<void> {
  const bundle = await rolldown({ input, platform: "node" });
  await bundle.write({ file, format: "esm", codeSplitting: false });
  await bundle.close();
}
