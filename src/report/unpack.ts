import { type Budget, makeBudget } from "./budget.ts";
import { isGzip, unpackGzip } from "./gzip.ts";
import { type Refusal, RefusalError, refusalOf, refuse, tooBig } from "./refusal.ts";
import type { Limits } from "./types.ts";
import { isZip, unpackZip } from "./zip.ts";

/**
 * The files in an attachment, one at a time, each unpacked or as the refusal that it gets; bytes that are packed by
 * neither gzip nor zip come back as they are. The first bytes decide, never a type or a name.
 *
 * Never throws. Layers may be gz in gz, gz in zip and zip in gz, never zip in zip.
 */
export async function* unpack(bytes: Uint8Array, limits: Limits): AsyncGenerator<Uint8Array | Refusal> {
  yield* unpackLayer({ bytes, budget: makeBudget(bytes.length, limits), limits, layer: 0, inZip: false });
}

/** Whether bytes are packed in a way that `unpack` knows. */
export function isPacked(bytes: Uint8Array): boolean {
  return isGzip(bytes) || isZip(bytes);
}

interface Layer {
  bytes: Uint8Array;
  budget: Budget;
  limits: Limits;
  /** How many layers are around it. */
  layer: number;
  inZip: boolean;
}

async function* unpackLayer(layer: Layer): AsyncGenerator<Uint8Array | Refusal> {
  const { bytes, limits } = layer;
  if (!isPacked(bytes)) {
    yield bytes;
  } else if (layer.layer >= limits.archiveLayers) {
    yield tooBig(`is packed more than ${limits.archiveLayers} times over`, "archiveLayers");
  } else if (isZip(bytes) && layer.inZip) {
    yield refuse("corrupt", "a zip in a zip isn't unpacked");
  } else {
    yield* unpackFiles(layer);
  }
}

async function* unpackFiles({ bytes, budget, limits, layer, inZip }: Layer): AsyncGenerator<Uint8Array | Refusal> {
  const next = { budget, limits, layer: layer + 1, inZip: inZip || isZip(bytes) };
  try {
    if (isGzip(bytes)) {
      yield* unpackLayer({ ...next, bytes: unpackGzip(bytes, budget) });
      return;
    }
    for await (const file of unpackZip(bytes, budget, limits)) {
      if (file instanceof Uint8Array) yield* unpackLayer({ ...next, bytes: file });
      else yield file;
    }
  } catch (error) {
    yield error instanceof RefusalError ? error.refusal : refusalOf(error, "the attachment can't be unpacked");
  }
}
