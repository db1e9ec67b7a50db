import { parseAddresses } from "../../history/index/index.ts";
import { isNetwork } from "../../report/source/source.ts";
import type { SenderLine } from "../window/window.ts";
import { addMessages, type DayOfSender, emptyDay, knownUpTo } from "./day-of-sender.ts";
import { entryOf } from "./sorted-days.ts";

/** The addresses of a network. */
interface Hosts {
  /** Lines of which the addresses have not been looked at: most digests ask about few networks. */
  waiting: SenderLine[];
  /** The one address that all lines name; empty when there is none. */
  only: string;
}

/**
 * What the addresses of networks did for an organizational domain: in one network there may be a server of ours, a
 * forwarder and a stranger.
 */
export interface HostHistory {
  add(line: SenderLine): void;
  /** What is known of an address; `undefined` where it is the only one of its network, and known as that is. */
  known(host: Record<"sender" | "address" | "day", string>): ReturnType<typeof knownUpTo> | undefined;
}

/** No addresses yet. */
export function makeHostHistory(): HostHistory {
  const hosts = new Map<string, DayOfSender[]>();
  const networks = new Map<string, Hosts>();

  function addHosts(line: SenderLine): void {
    const { day } = line;
    for (const [name, messages] of parseAddresses(line)) {
      addMessages(
        entryOf(hosts, { name, day }, () => emptyDay(day)),
        line,
        messages,
      );
    }
  }

  return {
    add(line) {
      if (!isNetwork(line.sender)) return;
      const network = networks.get(line.sender);
      if (network === undefined) networks.set(line.sender, { waiting: [line], only: line.addresses });
      else {
        network.waiting.push(line);
        if (network.only !== line.addresses) network.only = "";
      }
    },
    known({ sender, address, day }) {
      const network = networks.get(sender);
      if (address !== "" && network?.only === address) return undefined;
      for (const line of network?.waiting.splice(0) ?? []) addHosts(line);
      return knownUpTo(hosts.get(address) ?? [], day);
    },
  };
}
