import type { Localized } from "../../../report/fault.ts";
import setup from "./setup.json" with { type: "json" };

/** How mail of a service gets a DKIM signature of one's own domain. */
export interface SetupFile {
  $schema: string;
  /** Sentences that hold for many services, by a key of their own. */
  sentences: { readonly [key: string]: Localized };
  /** By the name of the service: its own sentence, or the key of one that holds for many. */
  services: { readonly [service: string]: Localized | string };
}

const { sentences, services }: SetupFile = setup;

/** How mail of a service of the shipped list gets a DKIM signature of one's own domain: one sentence without its full stop. */
export function setupOf(service: string, language: keyof Localized): string {
  const found = services[service];
  const sentence = typeof found === "string" ? sentences[found] : found;
  return (sentence?.[language] ?? "").replace(/[.。]$/, "");
}
