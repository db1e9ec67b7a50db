import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Transform, type TransformCallback } from "node:stream";

/** What a proxy does to the bytes of one direction. */
export interface Disturbance {
  /** After so many bytes both sides are cut off without a goodbye. */
  cutAfter?: number;
  /** Milliseconds that each piece of data is on its way; others may be on their way at the same time. */
  delay?: number;
  /** Nothing gets through before. */
  from?: Promise<unknown>;
}

/** A running TCP proxy on 127.0.0.1. */
export interface Proxy {
  port: number;
  /** Bytes that went from the server to the clients so far, over all connections. */
  bytesFromServer(): number;
  stop(): Promise<void>;
}

/**
 * Starts a TCP proxy in front of a local port, which can cut or delay what passes.
 *
 * @param port - The server's port on 127.0.0.1.
 * @param disturb - What happens to the bytes of each connection, by direction; nothing when left out.
 */
export async function startProxy(
  port: number,
  disturb: { fromServer?: Disturbance; fromClient?: Disturbance } = {},
): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let bytesFromServer = 0;
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    const cut = () => {
      client.resetAndDestroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
      socket.on("error", () => socket.destroy());
    }
    upstream.on("data", (data) => {
      bytesFromServer += data.length;
    });
    upstream.pipe(disturbance(disturb.fromServer ?? {}, cut)).pipe(client);
    client.pipe(disturbance(disturb.fromClient ?? {}, cut)).pipe(upstream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    bytesFromServer: () => bytesFromServer,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

function disturbance(
  { cutAfter = Number.POSITIVE_INFINITY, delay = 0, from }: Disturbance,
  cut: () => void,
): Transform {
  let passed = 0;
  // Only when the rest is out and read: a reset loses it, and a busy client of this process reads between timers alone.
  const cutSoon = (turns: number): void => void (turns === 0 ? cut() : setTimeout(cutSoon, 10, turns - 1));
  // The timers of one delay end in the order in which they began.
  const delayed = (action: () => void) => void (delay > 0 ? setTimeout(action, delay) : action());
  const later = (action: () => void) => void (from === undefined ? delayed(action) : from.then(() => delayed(action)));
  return new Transform({
    transform(data: Buffer, _encoding, done: TransformCallback) {
      const rest = data.subarray(0, cutAfter - passed);
      passed += rest.length;
      later(() => this.push(rest));
      if (passed >= cutAfter) setTimeout(cutSoon, delay, 10);
      else done();
    },
    flush: later,
  });
}
