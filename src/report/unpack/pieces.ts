/** Bytes that are not copied together below this. */
const pieceLength = 64 * 1024;

/** The same bytes in pieces of 64 KB and more; only the last is shorter. */
export async function* inPieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    length += chunk.length;
    if (length < pieceLength) continue;
    yield joined(waiting);
    waiting = [];
    length = 0;
  }
  if (length > 0) yield joined(waiting);
}

/** The first piece (without bytes when there is none), and all of them with it, which can be read once. */
export async function peekPieces(
  pieces: AsyncIterable<Uint8Array>,
): Promise<{ first: Uint8Array; all: AsyncIterable<Uint8Array> }> {
  const rest = pieces[Symbol.asyncIterator]();
  const { value } = await rest.next();
  const first: Uint8Array = value instanceof Uint8Array ? value : new Uint8Array();
  async function* all(): AsyncGenerator<Uint8Array> {
    yield first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  }
  return { first, all: all() };
}

/** All of the bytes. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return joined(all);
}

function joined(chunks: Uint8Array[]): Uint8Array {
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** Whether bytes are nothing but line ends, blanks and NUL, as gateways put them behind a file. */
export function isFiller(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0 || byte === 0x09 || byte === 0x0a || byte === 0x0d || byte === 0x20);
}
