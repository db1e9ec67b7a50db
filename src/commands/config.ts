import { readConfig } from "../config/config.ts";
import { mergedLayer, type Named, namedDomains } from "../config/domain-settings.ts";
import { variableInputs, variableOf } from "../config/environment.ts";
import type { Layer } from "../config/file.ts";
import { fileKeys, schemaUrl, yamlOf } from "../config/file-keys.ts";
import { type InputName, inputNames, inputs, placeOf, type Setting } from "../config/settings.ts";
import { type Given, readSources, type Sources } from "../config/sources.ts";
import { isNamed } from "../digest/incidents/incidents.ts";
import { isWithin } from "../report/domain.ts";
import { loadDiskFile } from "../setup.ts";
import type { Output } from "./read/read.ts";

/**
 * The command `dmarc-digest config`: the settings of a run as a configuration file, and where each of them came from.
 * Secrets are not shown; the variables that the file names for them are.
 *
 * @param flags - Text by input name; variables of the environment fill in what is missing.
 * @throws ConfigError when no run could be made with them; if they can be read, they are printed all the same.
 */
export async function printConfig(flags: Given, { stdout }: { stdout: Output }): Promise<number> {
  const [all, now] = [{ ...variableInputs(process.env, inputNames), ...flags }, new Date()];
  const sources = readSources(all, await loadDiskFile(all, undefined, now));
  const line: Line = (name, { written, from }) => {
    const origin = from !== "input" ? from : flags[name] ? `--${name}` : variableOf(name);
    if (written === undefined) return `# ${name} is given, a secret that is not shown; ${origin}`;
    const secret = fileKeys.get(name)?.isSecret ? "secret, not shown; " : "";
    return `${yamlOf(name)}: ${yamlOf(written)} # ${secret}${origin}`;
  };
  const lines = [`# yaml-language-server: $schema=${schemaUrl}`, "mailboxes:"];
  for (const { layer } of sources.mailboxes) {
    const own = linesOf(layer, line, ["mailbox"]);
    lines.push(...own.map((text, index) => `  ${index === 0 ? "-" : " "} ${text}`));
  }
  const named = namedDomains(sources);
  if (named.length > 0) lines.push("domains:");
  for (const [index, one] of named.entries()) {
    const left = isLeftOut(one, sources) ? ", left out: the input names the domains of this run" : "";
    lines.push(`  ${yamlOf(one.name)}: # ${sources.file?.at(["domains", one.name])}${left}`);
    lines.push(...linesOfDomain(one, named.slice(0, index), line).map((text) => `    ${text}`));
  }
  lines.push(...linesOf(sources.top, line, ["run", "domain", undefined]));
  const given = new Map([...sources.top].filter(([, { from }]) => from === "input" || from === "default"));
  lines.push(
    "# Of one run, and given as inputs:",
    ...linesOf(given, line, ["input"]).map((text) => text.replace(/^(?!#)/, "# ")),
  );
  stdout.write(`${lines.join("\n")}\n`);
  readConfig(all, process.env, now, await loadDiskFile(all, process.env, now));
  return 0;
}

/** Whether the input `domains` takes the place of a domain of the file; patterns name none. */
function isLeftOut({ pattern }: Named, { top }: Sources): boolean {
  const { from, value } = top.get("domains") ?? {};
  return from === "input" && !pattern.startsWith("*") && !isWithin(pattern, value as string[]);
}

/** What a domain or pattern says itself, and as comments what holds for it by the wider patterns before it. */
function linesOfDomain({ pattern, layers }: Named, before: readonly Named[], line: Line): string[] {
  const own = mergedLayer(layers);
  const wider = before.filter((one) => isNamed(pattern.replace("*.", ""), one.pattern));
  const above = mergedLayer(wider.flatMap((one) => one.layers));
  const all = mergedLayer([above, ...layers]);
  const holding = new Map([...all].filter(([name, one]) => above.has(name) && one !== own.get(name)));
  const comments = linesOf(holding, line, ["domain", undefined]).map((text) => `# ${text}`);
  if (comments.length > 0) comments.unshift("# By wider patterns:");
  return [...linesOf(own, line, ["domain", undefined]), ...comments];
}

type Line = (name: string, sourced: { written: unknown; from: string }) => string;

/** The settings of a layer that stand at these places of the file; `undefined` for those that are no inputs. */
function linesOf(layer: Layer, line: Line, places: (Setting["in"] | undefined)[]): string[] {
  return Array.from(layer, ([name, sourced]) => {
    const ofFile = name === "name" ? "mailbox" : undefined;
    const place = name in inputs ? placeOf(name as InputName) : ofFile;
    return places.includes(place) && name !== "group" ? line(name, sourced) : [];
  }).flat();
}
