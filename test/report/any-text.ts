import fc from "fast-check";

/** Texts of pieces that mean something to a reader, up to 60 of them, and any others. */
export function anyTextOf(...pieces: string[]): fc.Arbitrary<string> {
  return fc.oneof(
    fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join("")),
    fc.string(),
  );
}
