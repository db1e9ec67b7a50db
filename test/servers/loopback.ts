import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** A request with its whole body. */
export interface LoopbackRequest {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** An answer; a body that is neither text nor bytes is sent as JSON. */
export interface LoopbackReply {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer | object;
}

/** What one request meets instead of the service's answer. */
export interface Fault extends Partial<LoopbackReply> {
  /** Waits for a request whose `METHOD /path` ends like this; the very next one when left out. */
  on?: string;
  /** The service does what it is asked before this; only the answer is lost. */
  done?: boolean;
  /** No answer at all: `hang` keeps the connection open, `drop` cuts it. */
  lost?: "hang" | "drop";
  /** Milliseconds that the answer, which is the service's own when no `status` is given, comes late. */
  delay?: number;
}

/** A server on a loopback port of its own. */
export interface Loopback {
  /** Without a slash at the end. */
  url: string;
  /** Puts one fault in the way; several are met in their order. */
  next(fault: Fault): void;
  stop(): Promise<void>;
}

/**
 * Starts a server that hands each request, once all of its body is there, to `record` and then, unless a fault
 * comes between, to `answer`.
 */
export async function startLoopback(
  answer: (request: LoopbackRequest) => LoopbackReply | Promise<LoopbackReply>,
  record: (request: LoopbackRequest) => void | Promise<void> = () => {},
): Promise<Loopback> {
  const faults: Fault[] = [];

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    await record(request);
    const line = `${request.method} ${request.url.pathname}`;
    const index = faults.findIndex(({ on = "" }) => line.endsWith(on));
    const [fault] = index === -1 ? [] : faults.splice(index, 1);
    const isLate = fault?.delay !== undefined && fault.status === undefined;
    const reply = fault === undefined || fault.done || isLate ? await answer(request) : undefined;
    if (fault?.lost === "drop") response.destroy();
    if (fault?.lost !== undefined) return;
    if (fault?.delay !== undefined) await wait(fault.delay);
    sendReply(response, fault === undefined || isLate ? reply : { status: 500, ...fault });
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      sendReply(response, { status: 500, body: `The local server failed: ${String(error)}` });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: (fault) => faults.push(fault),
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

async function readRequest(incoming: IncomingMessage): Promise<LoopbackRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? "GET",
    url: new URL(incoming.url ?? "/", `http://${incoming.headers.host}`),
    headers: incoming.headers,
    body: Buffer.concat(chunks),
  };
}

function sendReply(response: ServerResponse, reply: LoopbackReply = { status: 500 }): void {
  const { status, headers = {}, body = "" } = reply;
  const isPlain = typeof body === "string" || Buffer.isBuffer(body);
  const type = isPlain ? "text/plain; charset=utf-8" : "application/json; charset=utf-8";
  response.writeHead(status, { "Content-Type": type, ...headers }).end(isPlain ? body : JSON.stringify(body));
}
