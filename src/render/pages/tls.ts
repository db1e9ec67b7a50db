import type { TlsHost } from "../../digest/tls/tls.ts";
import { named, type Part } from "../page.ts";
import type { Words } from "../words/words.ts";
import { listPart } from "./digest.ts";

/** So many hosts are shown; those with failures come first. */
const mostHosts = 10;

/** Inbound TLS by host: sessions, failures, and by what they failed; nothing where nobody reports any. */
export function tlsParts(hosts: readonly TlsHost[], words: Words): Part[] {
  const { host: nameOf, figures, label } = words.tls;
  const items = hosts.slice(0, mostHosts).map((host) => ({ label: nameOf(host, named), text: figures(host) }));
  return listPart(items, { title: label, others: Math.max(0, hosts.length - mostHosts) });
}
