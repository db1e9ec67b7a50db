import fc from "fast-check";

/** Any character, though no half of one. fast-check's own unit `binary` makes a table of all of them first, which takes a second. */
const anyCharacter = fc
  .integer({ min: 0, max: 0x10_f7_ff })
  .map((place) => String.fromCodePoint(place < 0xd8_00 ? place : place + 0x8_00));

/** Texts of any characters, most of which nobody writes; fast-check's own, of ASCII, among them. */
export const anyText = (constraints: { maxLength?: number } = {}): fc.Arbitrary<string> =>
  fc.oneof(fc.string({ unit: anyCharacter, ...constraints }), fc.string({ unit: "binary-ascii", ...constraints }));
