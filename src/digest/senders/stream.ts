import { organizationalDomain } from "../../report/domain.ts";
import type { Evidence } from "../../report/source/source.ts";

/** Equal cells of an index give the same object. */
const streams = new WeakMap<Evidence, string>();

/** One way in which a sender sends: who signs, our own keys' domains included, and whose envelope it is. */
export function streamOf(evidence: Evidence): string {
  const stream = streams.get(evidence) ?? makeStream(evidence);
  streams.set(evidence, stream);
  return stream;
}

function makeStream({ signers, keys, ownEnvelope, envelope }: Evidence): string {
  const own = keys.map(({ key }) => key.slice(0, key.lastIndexOf("/")));
  const signing = [...new Set([...own, ...signers])].sort().join("+");
  const bounce = ownEnvelope === undefined ? envelope : organizationalDomain(ownEnvelope);
  return `${signing} ${bounce ?? ""}`.trim();
}
