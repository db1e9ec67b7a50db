import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A running scripted server on 127.0.0.1. */
export interface ImapScript {
  port: number;
  /** The commands that came, without their tags. */
  commands: string[];
  stop(): Promise<void>;
}

/**
 * What is said to a command; by a function it is sent as it stands, perhaps piece by piece, and the connection is closed
 * unless it ends with the tagged line.
 */
export type ImapAnswer = string | ((command: string, tag: string) => string | AsyncIterable<string>);

/**
 * Starts a plain-text IMAP server that says what it is told to, for what a real server can't be made to do.
 *
 * @param answers - For a command that begins with the key (`UID FETCH`): its untagged lines, and last the tagged one,
 * without tag (`OK done`). The longest key that fits counts; commands without one get a bare `OK`. Text that ends without
 * such a line, or an empty one, closes the connection.
 * @param greeting - The first line; `undefined` for a server that stays silent.
 */
export async function startImapScript(
  answers: Record<string, ImapAnswer>,
  greeting: string | undefined = "* OK [CAPABILITY IMAP4rev1] ready",
): Promise<ImapScript> {
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const keys = Object.keys(answers).sort((a, b) => b.length - a.length);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setEncoding("latin1");
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    if (greeting !== undefined) socket.write(`${greeting}\r\n`);
    let rest = "";
    socket.on("data", (data) => {
      const lines = (rest + data.toString()).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) answer(socket, line);
    });
  });

  function answer(socket: Socket, line: string): void {
    const [tag, ...words] = line.split(" ");
    const command = words.join(" ");
    commands.push(command);
    const key = keys.find((start) => command.startsWith(start));
    const given = key === undefined ? "OK done" : (answers[key] ?? "");
    if (typeof given === "function") {
      const raw = given(command, tag ?? "");
      void writeRaw(socket, typeof raw === "string" ? [raw] : raw, tag ?? "");
      return;
    }
    const lines = given.split("\n");
    const last = lines.pop() ?? "";
    const tagged = /^(OK|NO|BAD)\b/.test(last);
    socket.write([...lines, tagged ? `${tag} ${last}` : last].filter(Boolean).join("\r\n") + (tagged ? "\r\n" : ""));
    if (!tagged || command === "LOGOUT") socket.end();
  }

  async function writeRaw(socket: Socket, pieces: Iterable<string> | AsyncIterable<string>, tag: string) {
    let raw = "";
    for await (const piece of pieces) {
      raw += piece;
      socket.write(piece);
    }
    if (!new RegExp(`^${tag} (OK|NO|BAD)\\b`, "m").test(raw)) socket.end();
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    commands,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
