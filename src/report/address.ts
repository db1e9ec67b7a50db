import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** An address in the form of RFC 5952; a mapped IPv4 address as IPv4; `undefined` for what is none. */
export function normalAddress(text: string): string | undefined {
  // ipaddr.js reads far more than addresses (`1`, `0x7f.1`), so net.isIP goes first.
  const version = isIP(text);
  if (version === 4 || (version === 6 && isNormalIpv6(text))) return text;
  return version === 0 || text.includes("%") ? undefined : ipaddr.process(text).toString();
}

/** Whether a valid address is surely in the form of RFC 5952 and not a mapped one: most are, and to format one takes long. */
function isNormalIpv6(text: string): boolean {
  if (!/^[0-9a-f:]+$/.test(text) || /(^|:)0/.test(text) || text.startsWith("::ffff:")) return false;
  const [left = "", right] = text.split("::");
  // The only zeros are those of `::`, which must stand for two groups at least.
  return right === undefined || left.split(":").length + right.split(":").length <= 6;
}
