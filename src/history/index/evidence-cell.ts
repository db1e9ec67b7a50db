import { organizationalDomain } from "../../report/domain.ts";
import type { Evidence, KeyResult } from "../../report/source/source.ts";
import type { AlignedResult } from "../../report/types.ts";

/**
 * What a record shows, as a cell: which part of the policy is for it, the aligned results (DKIM first, `-` for not said), and what is
 * there of the rest, always in this order.
 *
 * @returns For example `p fail/pass d=esp.example env=bounce.example.com spf=pass key=example.com/s1:fail list`.
 */
export function formatEvidence(evidence: Evidence): string {
  const { policyTag, dkim = "-", spf = "-", signers, keys, ownEnvelope, envelope, isBounce } = evidence;
  const { spfResult, handling } = evidence;
  const looked = ownEnvelope ?? envelope;
  return [
    policyTag,
    `${dkim}/${spf}`,
    ...(signers.length > 0 ? [`d=${signers.join("+")}`] : []),
    ...(looked === undefined ? [] : [`${envelopeTag(ownEnvelope !== undefined)}=${looked}`]),
    ...(spfResult === undefined ? [] : [`spf=${spfResult}`]),
    ...(isBounce ? ["helo"] : []),
    ...(keys.length > 0 ? [`key=${keys.map(({ key, result }) => `${key}:${result}`).join("+")}`] : []),
    ...(handling === undefined ? [] : [handling]),
  ].join(" ");
}

/** The envelope's domain is said to be ours, since only the report knows (RFC 9989, tree walk). */
function envelopeTag(isOurs: boolean): string {
  return isOurs ? "own" : "env";
}

/** What a line of an index shows. */
export interface ShownEvidence extends Evidence {
  /** See `streamOf`: made once, since there are few and many lines. */
  stream: string;
}

const known = new Map<string, ShownEvidence>();
/** After so many different cells those are forgotten: the lines that say the same stand together, those of one domain. */
const mostKnown = 10_000;

/** What a cell says that `formatEvidence` gave; equal cells give the same object. */
export function parseEvidence(cell: string): ShownEvidence {
  const before = known.get(cell);
  if (before !== undefined) return before;
  const shown = evidenceIn(cell);
  const evidence = { ...shown, stream: streamOf(shown) };
  if (known.size === mostKnown) known.clear();
  known.set(cell, evidence);
  return evidence;
}

/** One way in which a sender sends: who signs, our own keys' domains included, and whose envelope it is. */
export function streamOf({ signers, keys, ownEnvelope, envelope }: Evidence): string {
  const own = keys.map(({ key }) => key.slice(0, key.lastIndexOf("/")));
  const signing = [...new Set([...own, ...signers])].sort().join("+");
  const bounce = ownEnvelope === undefined ? envelope : organizationalDomain(ownEnvelope);
  return `${signing} ${bounce ?? ""}`.trim();
}

function evidenceIn(cell: string): Evidence {
  const [tag, aligned = "", ...rest] = cell.split(" ");
  const [dkim, spf] = aligned.split("/").map(alignedResult);
  const said = new Map(rest.map((part): [string, string] => [part.split("=", 1)[0] ?? "", valueIn(part)]));
  const [ownEnvelope, envelope, spfResult] = [said.get("own"), said.get("env"), said.get("spf")];
  const handling = said.has("list") ? "list" : said.has("arc") ? "arc" : undefined;
  return {
    policyTag: tag === "sp" ? "sp" : "p",
    ...(dkim && { dkim }),
    ...(spf && { spf }),
    signers: listOf(said.get("d")),
    keys: listOf(said.get("key")).map(keyResult),
    ...(ownEnvelope !== undefined && { ownEnvelope }),
    ...(envelope !== undefined && { envelope }),
    isBounce: said.has("helo"),
    ...(spfResult !== undefined && { spfResult }),
    ...(handling && { handling }),
  };
}

function alignedResult(word: string): AlignedResult | undefined {
  return word === "pass" || word === "fail" ? word : undefined;
}

function valueIn(part: string): string {
  return part.slice(part.indexOf("=") + 1);
}

function listOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split("+");
}

function keyResult(text: string): KeyResult {
  const colon = text.lastIndexOf(":");
  return { key: text.slice(0, colon), result: text.slice(colon + 1) };
}
