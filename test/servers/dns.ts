import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { type Answer, AUTHORITATIVE_ANSWER, decode, encode, type Packet, TRUNCATED_RESPONSE } from "dns-packet";

/**
 * What the server says of a name: its records, each in one or several strings, or a failure. A name stands for its TXT
 * records; those of others stand under `A a.example.com`, `AAAA …`, `MX …`, `CNAME …`.
 */
export type DnsReply = readonly (string | readonly string[])[] | keyof typeof failureCodes | "silence";

/** Response codes (RFC 1035, "Header section format"). */
const failureCodes = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 };

/** A DNS server on a loopback port of its own, over UDP and TCP. */
export interface DnsServer {
  /** `address:port`. */
  address: string;
  /** What was asked, in order: `udp TXT name`. */
  questions: string[];
  /** What names in lower case lead to; others to NXDOMAIN. */
  names: Map<string, DnsReply>;
  /** What every name leads to, whatever `names` says. */
  all?: DnsReply;
  /** Milliseconds that each answer comes late. */
  delay: number;
  stop: () => Promise<void>;
}

/** Starts a server. An answer too long for UDP is cut off there, as the client must ask again by TCP. */
export async function startDns(names: Record<string, DnsReply> = {}): Promise<DnsServer> {
  const { tcp, udp, port } = await bind();
  const sockets = new Set<Socket>();
  const server: DnsServer = {
    address: `127.0.0.1:${port}`,
    questions: [],
    names: new Map(Object.entries(names)),
    delay: 0,
    stop: async () => {
      udp.close();
      for (const socket of sockets) socket.destroy();
      tcp.close();
      await once(tcp, "close");
    },
  };
  udp.on("message", async (message, client) => {
    const reply = await answer(server, "udp", message);
    if (reply !== undefined) udp.send(reply, client.port, client.address, () => {});
  });
  tcp.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    readMessages(socket, async (message) => {
      const reply = await answer(server, "tcp", message);
      if (reply === undefined || socket.destroyed) return;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      socket.write(Buffer.concat([length, reply]));
    });
  });
  return server;
}

const mostPorts = 20;

/** A port that is free for both; others on this machine take ports too. */
async function bind(): Promise<{ tcp: Server; udp: UdpSocket; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const tcp = createServer();
    tcp.listen(0, "127.0.0.1");
    await once(tcp, "listening");
    const { port } = tcp.address() as AddressInfo;
    const udp = createSocket("udp4");
    try {
      udp.bind(port, "127.0.0.1");
      await once(udp, "listening");
      udp.on("error", () => {});
      return { tcp, udp, port };
    } catch (error) {
      tcp.close();
      if (attempt === mostPorts) throw error;
    }
  }
}

/** Over TCP each message comes behind its length (RFC 1035, "TCP usage"). */
function readMessages(socket: Socket, take: (message: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      take(rest.subarray(2, end));
      rest = rest.subarray(end);
    }
  });
}

async function answer(server: DnsServer, by: "udp" | "tcp", message: Buffer): Promise<Buffer | undefined> {
  const query = decode(message);
  const { name = "", type = "TXT" } = query.questions?.[0] ?? {};
  server.questions.push(`${by} ${type} ${name}`);
  const key = name.toLowerCase();
  const reply = server.all ?? server.names.get(type === "TXT" ? key : `${type} ${key}`) ?? emptyOr(server, key);
  if (server.delay > 0) await wait(server.delay);
  if (reply === "silence") return undefined;
  const bytes = encode(packetOf(query, reply));
  if (by === "tcp" || bytes.length <= mostUdpBytes(query)) return bytes;
  const cut = packetOf(query, []);
  return encode({ ...cut, flags: (cut.flags ?? 0) | TRUNCATED_RESPONSE });
}

/** A name with other records is there all the same (NODATA). */
function emptyOr({ names }: DnsServer, name: string): DnsReply {
  const isThere = [...names.keys()].some((key) => key.split(" ").at(-1) === name);
  return isThere ? [] : "NXDOMAIN";
}

function packetOf({ id, questions = [] }: Packet, reply: Exclude<DnsReply, "silence">): Packet {
  const head = { type: "response", ...(id === undefined ? {} : { id }), questions } as const;
  if (typeof reply === "string") return { ...head, flags: AUTHORITATIVE_ANSWER | failureCodes[reply] };
  const { name = "", type = "TXT" } = questions[0] ?? {};
  const answers = reply.map((strings) => {
    const texts = [strings].flat();
    const data = type === "TXT" ? texts.map((text) => Buffer.from(text)) : texts.join("");
    const mail = { preference: 10, exchange: data };
    return { type, name, ttl: 300, data: type === "MX" ? mail : data } as Answer;
  });
  return { ...head, flags: AUTHORITATIVE_ANSWER, answers };
}

/** What the client takes (EDNS, RFC 6891), or 512 bytes. */
function mostUdpBytes({ additionals = [] }: Packet): number {
  const option = additionals.find(({ type }) => type === "OPT");
  return option !== undefined && "udpPayloadSize" in option ? Number(option.udpPayloadSize) : 512;
}
