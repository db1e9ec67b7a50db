import { isIP } from "node:net";
import { type Resolve, recordsIn, silenceOf } from "./dns-answer.ts";
import type { SetupFinding } from "./setup-finding.ts";

/** RFC 7208, section 4.6.4. */
const mostLookUps = 10;
const mostVoids = 2;
/** A record that includes itself would go on for ever. */
const patience = 40;

/** What is known of an SPF record while its terms are followed. */
interface Walk {
  resolve: Resolve;
  /** The domain whose mail it is for. */
  name: string;
  lookUps: number;
  /** Names of `a`, `mx` and `exists` that lead to nothing. */
  voids: string[];
  findings: SetupFinding[];
}

/** What is found of a domain's SPF record, with all that it includes. Terms with macros are counted, not followed. */
export async function checkSpf(domain: string, resolve: Resolve): Promise<SetupFinding[]> {
  const answer = await resolve(domain, "TXT");
  if (answer.kind === "no-answer") return silenceOf(domain, answer);
  const [record, ...more] = recordsIn(answer).filter(isSpf);
  if (record === undefined) return [{ code: "spf-missing", name: domain }];
  if (more.length > 0) return [{ code: "spf-several", name: domain, count: more.length + 1 }];
  const walk: Walk = { resolve, name: domain, lookUps: 0, voids: [], findings: [] };
  await follow(walk, domain, record);
  const { lookUps, voids, findings } = walk;
  if (!/(^|\s)([+?~-]?all|redirect=\S+)(\s|$)/i.test(record) || /\s\?all(\s|$)/i.test(record)) {
    findings.push({ code: "spf-open", name: domain });
  }
  if (lookUps > mostLookUps) findings.push({ code: "spf-look-ups", name: domain, lookUps });
  if (voids.length > mostVoids) findings.push({ code: "spf-void", name: domain, voids: voids.join(", ") });
  return findings.length > 0 ? findings : [{ code: "spf-good", name: domain, lookUps }];
}

function isSpf(text: string): boolean {
  return /^v=spf1(\s|$)/i.test(text);
}

async function follow(walk: Walk, owner: string, record: string): Promise<void> {
  const { name, findings } = walk;
  const hasAll = /\s[+?~-]?all(\s|$)/i.test(record);
  for (const term of record.split(/\s+/).slice(1)) {
    if (term === "") continue;
    const [, qualifier, word = "", value] = /^([+?~-]?)([a-z][\w.-]*)(?:[:=](\S*)|\/\S+)?$/i.exec(term) ?? [];
    const kind = word.toLowerCase();
    const ask = askers.get(kind);
    const isWhole = /^(include|redirect|exists)$/.test(kind)
      ? Boolean(value)
      : ask !== undefined || isPlain(kind, term);
    if (isAddressTerm(kind) ? !isAddressRange(kind, value) : !isWhole) {
      findings.push({ code: "spf-syntax", name, term });
      // No receiver looks further (RFC 7208, section 4.6), and the rest may be thousands of words of whoever is included.
      return;
    }
    if (kind === "all") {
      if (qualifier !== "-" && qualifier !== "~" && qualifier !== "?") findings.push({ code: "spf-all", name: owner });
      // What stands behind it is never looked at.
      return;
    }
    if (kind === "ptr") findings.push({ code: "spf-ptr", name });
    if (kind === "redirect" && hasAll) continue;
    await ask?.(walk, value?.split("/")[0] || owner);
  }
}

function isAddressTerm(kind: string): kind is "ip4" | "ip6" {
  return kind === "ip4" || kind === "ip6";
}

/** A mechanism that asks for nothing, or a modifier of whatever name. */
function isPlain(kind: string, term: string): boolean {
  return kind === "all" || /^[a-z][\w.-]*=/i.test(term);
}

function isAddressRange(kind: "ip4" | "ip6", value = ""): boolean {
  const [address = "", length = "0", ...more] = value.split("/");
  const [version, bits] = kind === "ip4" ? [4, 32] : [6, 128];
  return isIP(address) === version && more.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= bits;
}

type Asker = (walk: Walk, target: string) => Promise<void>;

/** The terms that cost a look-up. */
const askers: ReadonlyMap<string, Asker> = new Map([
  ["include", intoRecord],
  ["redirect", intoRecord],
  ["a", askerOf("A", "AAAA")],
  ["mx", askerOf("MX")],
  ["exists", askerOf("A")],
  ["ptr", askerOf()],
]);

async function intoRecord(walk: Walk, target: string): Promise<void> {
  walk.lookUps += 1;
  if (walk.lookUps > patience || target.includes("%")) return;
  const answer = await walk.resolve(target, "TXT");
  walk.findings.push(...silenceOf(target, answer));
  if (answer.kind === "no-answer") return;
  const record = recordsIn(answer).find(isSpf);
  if (record === undefined) walk.findings.push({ code: "spf-include", name: walk.name, include: target });
  else await follow(walk, target, record);
}

function askerOf(...types: readonly ("A" | "AAAA" | "MX")[]): Asker {
  return async (walk, target) => {
    walk.lookUps += 1;
    if (walk.lookUps > patience || target.includes("%")) return;
    const answers = await Promise.all(types.map((type) => walk.resolve(target, type)));
    if (answers.length > 0 && answers.every(({ kind }) => kind === "none")) walk.voids.push(target);
  };
}
