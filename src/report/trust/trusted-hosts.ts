import { normalDomain } from "../domain.ts";
import { fieldNamed, fieldValue, type HeaderField } from "../header.ts";
import { parseAuthenticationResults } from "./authentication-results.ts";

/** How the `Authentication-Results` fields of a receiving host differ from those of strangers. */
export interface TrustedHost {
  /** The preset, or the `authserv-id` as A-label. */
  setting: string;
  /** Whether a field with this `authserv-id`, or with none, is its own. */
  wrote(authservId: string | undefined): boolean;
  /** Whether it writes one field a mail, so that a second one is a stranger's. */
  isSingle: boolean;
  /** Whether its field is known by its place alone: the topmost of the mail, whoever wrote it. */
  isTopmost: boolean;
}

/** The hosts that are known by a name of their own in the settings. */
export type TrustedPreset = keyof typeof presets;

/** What a preset knows; ids in lower case. */
interface Preset {
  ids?: readonly string[];
  pattern?: RegExp;
  isSingle?: boolean;
  isTopmost?: boolean;
}

const presets = {
  gmail: { ids: ["mx.google.com"], isSingle: true },
  // Exchange Online leaves the id out.
  microsoft365: { isSingle: true, isTopmost: true },
  // Of several fields one has dmarc=; the machine's number varies.
  fastmail: { pattern: /^mx-?\d{1,4}\.messagingengine\.com$/ },
  // A field a method, each with an id of its own; that of BIMI is on top.
  icloud: {
    ids: ["bimi.icloud.com", "arc.icloud.com", "dmarc.icloud.com", "dkim-verifier.icloud.com", "spf.icloud.com"],
  },
  // A field a method.
  proton: { ids: ["mail.protonmail.ch"] },
  zoho: { ids: ["mx.zohomail.com"], isSingle: true },
  ses: { ids: ["amazonses.com"], isSingle: true },
} as const satisfies Record<string, Preset>;

/** The names of the presets, for messages. */
export const trustedPresets: readonly TrustedPreset[] = Object.keys(presets) as TrustedPreset[];

/**
 * The host that a setting stands for: a preset, or the `authserv-id` that it writes. An id of a preset stands for the preset:
 * `mx.google.com` is the same as `gmail`.
 *
 * @returns `undefined` when the setting is neither a preset nor a host name.
 */
export function parseTrustedHost(setting: string): TrustedHost | undefined {
  const name = setting.trim().toLowerCase();
  const known = trustedPresets.find((preset) => preset === name);
  const id = normalDomain(setting);
  const preset = known ?? (id === undefined ? undefined : presetOf(id));
  if (preset !== undefined) return hostOf(preset, presets[preset]);
  return id === undefined ? undefined : hostOf(id, { ids: [id] });
}

function hostOf(setting: string, preset: Preset): TrustedHost {
  const { isSingle = false, isTopmost = false } = preset;
  return {
    setting,
    isSingle,
    isTopmost,
    wrote: (authservId) => (authservId === undefined ? isTopmost : isIdOf(preset, authservId)),
  };
}

/** Lower case is asked of ASCII alone: of other letters some become ASCII, such as the Kelvin sign. */
function isIdOf({ ids = [], pattern }: Preset, authservId: string): boolean {
  if (authservId.length > 255 || !/^[!-~]+$/.test(authservId)) return false;
  const id = authservId.toLowerCase();
  return ids.includes(id) || pattern?.test(id) === true;
}

function presetOf(authservId: string): TrustedPreset | undefined {
  return trustedPresets.find((name) => isIdOf(presets[name], authservId));
}

/** Which host wrote the topmost `Authentication-Results` field of a mail, so that a person may decide to trust it. */
export interface TopmostHost {
  /** Its id, safe to show; absent when the field has none. */
  authservId?: string;
  /** What to write into the settings to trust it; absent when the field names no host. */
  setting?: string;
}

/**
 * The host of the topmost `Authentication-Results` field of a mail. It is advice for a person, never to be trusted by
 * itself: where the receiving host writes no such field, the topmost one is the sender's.
 */
export function topmostAuthservId(fields: readonly HeaderField[]): TopmostHost | undefined {
  const field = fieldNamed(fields, "authentication-results");
  if (field === undefined) return undefined;
  const { authservId, results } = parseAuthenticationResults(fieldValue(field));
  // Exchange Online writes `compauth=` into what it receives, and not into what it sends.
  const isOfExchange = results.some(({ method }) => method === "compauth");
  if (authservId === undefined) return isOfExchange ? { setting: "microsoft365" } : {};
  const shown = authservId.replace(/[^!-~]/g, "?").slice(0, 100);
  const setting = presetOf(authservId) ?? (/^[!-~]+$/.test(authservId) ? normalDomain(authservId) : undefined);
  return { authservId: shown, ...(setting === undefined ? {} : { setting }) };
}

/**
 * The host whose results stand on top of all of some mails, the last of what these say: a mail host that writes results writes them
 * into each. Where it writes none, whoever sends a mail can put on top what he likes, and others have not.
 */
export function hostOnTop(tops: Iterable<TopmostHost | undefined>): Required<TopmostHost> | undefined {
  const all = [...tops];
  const last = all.at(-1);
  if (last?.setting === undefined || all.some((top) => top?.setting !== last.setting)) return undefined;
  return { authservId: last.setting, ...last, setting: last.setting };
}

/**
 * Whether a field is an `Authentication-Results` field. Those of ARC and of other names are none, nor is one whose name is
 * spelled in a way by which it may have passed a host that takes forged ones out.
 */
export function isAuthenticationResults({ name, isOdd }: HeaderField): boolean {
  return name === "authentication-results" && !isOdd;
}
