const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const [lineEnd, padding, foreign] = [64, 65, 66];

/** What each byte stands for: 0 to 63, or one of the three above. */
const values: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  if (char === "\r" || char === "\n") return lineEnd;
  const value = alphabet.indexOf(char);
  return char === "=" ? padding : value < 0 ? foreign : value;
});

/**
 * The bytes that base64 in lines (RFC 2045, section 6.8) stands for; `undefined` when there is anything else in it.
 *
 * By hand, since Buffer takes strings only: large mails would be in memory once more.
 */
export function decodeBase64(text: Uint8Array): Uint8Array | undefined {
  const bytes = Buffer.allocUnsafe(Math.ceil((text.length * 3) / 4));
  let length = 0;
  let digits = 0;
  let bits = 0;
  let paddings = 0;
  for (let at = 0; at < text.length; at += 1) {
    const value = values[text[at] as number] as number;
    if (value === lineEnd) continue;
    if (value === padding) paddings += 1;
    else if (value === foreign || paddings > 0) return undefined;
    else {
      bits = (bits << 6) | value;
      digits += 1;
      if (digits % 4 !== 1) {
        const left = (2 * (4 - (digits % 4 || 4))) % 8;
        bytes[length] = bits >> left;
        length += 1;
      }
    }
  }
  return paddings > 2 || (digits + paddings) % 4 !== 0 ? undefined : bytes.subarray(0, length);
}

/**
 * The bytes that base64 stands for, whatever else is in it: RFC 2045, section 6.8 wants foreign characters ignored. After
 * padding it begins anew, as where a writer padded each line.
 */
export function decodeAnyBase64(text: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(Math.ceil((text.length * 3) / 4));
  let length = 0;
  let digits = 0;
  let bits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const value = values[text[at] as number] as number;
    if (value === padding) digits = 0;
    else if (value < lineEnd) {
      bits = (bits << 6) | value;
      digits = (digits + 1) % 4;
      if (digits !== 1) {
        bytes[length] = bits >> ((8 - 2 * digits) % 8);
        length += 1;
      }
    }
  }
  return bytes.subarray(0, length);
}
