/** What goes between the starter and the process that asks it, about the program with the number `id`. */
export interface Frame {
  id: number;
  kind: keyof typeof kinds;
  bytes: Buffer;
}

/** To the starter: `start` with a `Command`, `input`, `end`, `kill`. From it: `output`, `errors`, `failed`, `closed`. */
const kinds = { start: 0, input: 1, end: 2, kill: 3, output: 4, errors: 5, failed: 6, closed: 7 };

const names = Object.keys(kinds) as (keyof typeof kinds)[];

/** A program that is to be started. */
export interface Command {
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** A frame as it is written: number, kind and length before the bytes. */
export function framed(id: number, kind: Frame["kind"], bytes: string | Buffer = ""): Buffer {
  const body = Buffer.from(bytes);
  const head = Buffer.alloc(9);
  head.writeUInt32BE(id, 0);
  head.writeUInt8(kinds[kind], 4);
  head.writeUInt32BE(body.length, 5);
  return Buffer.concat([head, body]);
}

/** A function that takes what comes, in pieces of any length, and gives each frame to another as soon as all of it is there. */
export function frameReader(take: (frame: Frame) => void): (chunk: Buffer) => void {
  let [chunks, length, needed]: [Buffer[], number, number] = [[], 0, 9];
  return (chunk) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length < needed) return;
    let rest = Buffer.concat(chunks);
    for (;;) {
      needed = rest.length < 9 ? 9 : 9 + rest.readUInt32BE(5);
      if (rest.length < needed) break;
      const kind = names[rest.readUInt8(4)] ?? "failed";
      take({ id: rest.readUInt32BE(0), kind, bytes: rest.subarray(9, needed) });
      rest = rest.subarray(needed);
    }
    [chunks, length] = [[rest], rest.length];
  };
}
