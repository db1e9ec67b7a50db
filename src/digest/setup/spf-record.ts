import { isIP } from "node:net";
import { type Resolve, readable, recordsIn, silenceOf } from "./dns-answer.ts";
import type { SetupFinding } from "./setup-finding.ts";

/** RFC 7208, section 4.6.4. */
const mostLookUps = 10;
const mostVoids = 2;
/** Of one `mx`. */
const mostHosts = 10;
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
  const near = recordsIn(answer).find((text) => /^\W*(v\s*=\s*)?spf1/i.test(text));
  if (record === undefined && near !== undefined)
    return [{ code: "spf-unreadable", name: domain, found: readable(near) }];
  if (record === undefined) return [{ code: "spf-missing", name: domain, record: "v=spf1 -all" }];
  if (more.length > 0) return [{ code: "spf-several", name: domain, count: more.length + 1 }];
  const walk: Walk = { resolve, name: domain, lookUps: 0, voids: [], findings: [] };
  await follow(walk, { owner: domain, role: "whole" }, record);
  const { lookUps, voids, findings } = walk;
  if (lookUps > mostLookUps) findings.push({ code: "spf-look-ups", name: domain, lookUps });
  if (voids.length > mostVoids) findings.push({ code: "spf-void", name: domain, voids: voids.join(", ") });
  return findings.length > 0 ? findings : [{ code: "spf-good", name: domain, lookUps }];
}

function isSpf(text: string): boolean {
  return /^v=spf1( |$)/i.test(text);
}

/** Where a walk stands. */
interface Step {
  /** Whose record it is. */
  owner: string;
  /** Whether that record decides on all hosts, be it by redirect, or those that it lets through pass, or neither (`-include`). */
  role: "whole" | "passing" | "aside";
}

async function follow(walk: Walk, step: Step, record: string): Promise<void> {
  const [{ name, findings }, { owner, role }] = [walk, step];
  const terms = record.split(/ +/).slice(1);
  const hasAll = terms.some((term) => /^[+?~-]?all$/i.test(term));
  const countOf = (modifier: string): number => terms.filter((term) => term.toLowerCase().startsWith(modifier)).length;
  const twice = ["redirect=", "exp="].find((modifier) => countOf(modifier) > 1);
  if (twice !== undefined) {
    findings.push({ code: "spf-twice", name, term: twice });
    return;
  }
  for (const text of terms) {
    if (text === "") continue;
    const term = parseTerm(text);
    if (term === undefined) {
      findings.push({ code: "spf-syntax", name, term: readable(text) });
      // No receiver looks further (RFC 7208, section 4.6), and the rest may be thousands of words of whoever is included.
      return;
    }
    if (term.isWide && role !== "aside") findings.push({ code: "spf-wide", name: owner, term: text });
    if (term.kind === "all") {
      if (term.passes && role === "whole") findings.push({ code: "spf-all", name: owner });
      if (term.passes && role === "passing") findings.push({ code: "spf-include-all", name, include: owner });
      if (text.startsWith("?") && role === "whole") findings.push({ code: "spf-open", name: owner });
      // What stands behind it is never looked at.
      return;
    }
    if (term.kind === "ptr") findings.push({ code: "spf-ptr", name });
    if (term.kind === "redirect" && hasAll) continue;
    await askers.get(term.kind)?.(walk, term, step);
  }
  if (role === "whole" && countOf("redirect=") === 0) findings.push({ code: "spf-open", name: owner });
}

/** A term of a record, such as `mx:example.com/24`. */
interface Term {
  /** In lower case. */
  kind: string;
  /** Whether what it holds for may send. */
  passes: boolean;
  /** Empty when the domain of the record itself is meant. */
  target: string;
  /** Whether it holds for so many addresses that they are not one organization's. */
  isWide: boolean;
}

/** A macro (RFC 7208, section 7; `c`, `r` and `t` are for explanations alone), or a character that stands for itself. */
const macro = String.raw`%(?:\{[slodiphv](?:0*[1-9]\d*)?r?[-.+,/_=]*\}|[%_-])`;
const macroString = `(?:${macro}|[!-$&-~])*`;
/** A domain ends in a label that is no number, or in a macro. */
const domainSpec = new RegExp(
  String.raw`^${macroString}(?:\.(?!\d+\.?$)[a-z\d](?:[a-z\d-]*[a-z\d])?\.?|${macro})$`,
  "i",
);
const anyText = new RegExp(`^${macroString}$`, "i");

/** The longest prefixes of networks that no organization has for itself. */
const widest = { v4: 7, v6: 15 };

/** A term as RFC 7208, section 12, has it; `undefined` when it is none. */
function parseTerm(text: string): Term | undefined {
  const [, qualifier = "", word = "", rest = ""] = /^([+?~-]?)([a-z][\w.-]*)([:=/]\S*)?$/i.exec(text) ?? [];
  const [kind, passes] = [word.toLowerCase(), qualifier === "" || qualifier === "+"];
  const plain = { kind, passes, target: rest.slice(1), isWide: false };
  switch (kind) {
    case "all":
      return rest === "" ? plain : undefined;
    case "include":
    case "exists":
      return rest.startsWith(":") && domainSpec.test(plain.target) ? plain : undefined;
    case "ptr":
      return rest === "" || (rest.startsWith(":") && domainSpec.test(plain.target)) ? plain : undefined;
    case "ip4":
    case "ip6":
    case "a":
    case "mx":
      return parseRange(plain, rest);
    default: {
      // A modifier, of whatever name.
      const value = ["redirect", "exp"].includes(kind) ? domainSpec : anyText;
      return qualifier === "" && rest.startsWith("=") && value.test(plain.target) ? plain : undefined;
    }
  }
}

/** A term with the lengths of the networks that it holds for: `/24`, `//64`. */
function parseRange(term: Term, rest: string): Term | undefined {
  const [whole, target = "", ...lengths] = /^(?::(.*?))?(?:\/(\d{1,3}))?(?:\/\/(\d{1,3}))?$/.exec(rest) ?? [];
  const [first, second] = lengths.map((length) => (length === undefined ? undefined : Number(length)));
  const [v4, v6] = term.kind === "ip6" ? [undefined, first] : [first, second];
  const isAddress = { ip4: 4, ip6: 6 }[term.kind];
  if (whole === undefined || (v4 ?? 0) > 32 || (v6 ?? 0) > 128) return undefined;
  if (isAddress !== undefined && (isIP(target) !== isAddress || second !== undefined)) return undefined;
  if (isAddress === undefined && rest.startsWith(":") && !domainSpec.test(target)) return undefined;
  const isWide = (v4 ?? 32) <= widest.v4 || (v6 ?? 128) <= widest.v6;
  return { ...term, target, isWide: term.passes && isWide };
}

type Asker = (walk: Walk, term: Term, step: Step) => Promise<void>;

/** The terms that cost a look-up. */
const askers: ReadonlyMap<string, Asker> = new Map([
  ["include", intoRecord],
  ["redirect", intoRecord],
  ["a", askerOf("A", "AAAA")],
  ["mx", askerOf("MX")],
  ["exists", askerOf("A")],
  ["ptr", askerOf()],
]);

async function intoRecord(walk: Walk, { kind, target, passes }: Term, { role }: Step): Promise<void> {
  walk.lookUps += 1;
  if (walk.lookUps > patience || target.includes("%")) return;
  const answer = await walk.resolve(target, "TXT");
  walk.findings.push(...silenceOf(target, answer));
  if (answer.kind === "no-answer") return;
  const [record, ...more] = recordsIn(answer).filter(isSpf);
  const included = passes && role !== "aside" ? "passing" : "aside";
  const next: Step = { owner: target, role: kind === "redirect" ? role : included };
  if (record !== undefined && more.length === 0) return await follow(walk, next, record);
  const count = record === undefined ? 0 : more.length + 1;
  walk.findings.push({ code: "spf-include", name: walk.name, include: target, count });
}

function askerOf(...types: readonly ("A" | "AAAA" | "MX")[]): Asker {
  return async (walk, term, { owner }) => {
    const target = term.target || owner;
    walk.lookUps += 1;
    if (walk.lookUps > patience || target.includes("%")) return;
    const answers = await Promise.all(types.map((type) => walk.resolve(target, type)));
    if (answers.length > 0 && answers.every(({ kind }) => kind === "none")) walk.voids.push(target);
    const hosts = types.includes("MX") ? answers.flatMap(recordsIn).length : 0;
    if (hosts > mostHosts) walk.findings.push({ code: "spf-mx", name: walk.name, target, hosts });
  };
}
