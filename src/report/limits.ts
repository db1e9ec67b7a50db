/** Bounds on what a stranger may make us unpack and keep; each refusal names its key. */
export interface Limits {
  /** Bytes of a mail or of a file on disk. */
  mailBytes: number;
  /** Bytes that one attachment may unpack to. */
  unpackedBytes: number;
  /** Unpacked to packed bytes, looked at above 10 MB unpacked. */
  compressionRatio: number;
  /** Files in an archive. */
  archiveEntries: number;
  /** Layers of compression: gz in gz, gz in zip; never zip in zip. */
  archiveLayers: number;
  /** Parts of a mail. */
  mimeParts: number;
  /** How deep mails may be wrapped in mails (message/rfc822). */
  mimeDepth: number;
  /** How deep XML elements may be nested. */
  xmlDepth: number;
  /** Records of a report. */
  records: number;
  /** Characters of a text element that is kept. */
  textLength: number;
}

/** The limits that hold unless the input `limits` says otherwise. */
export const defaultLimits: Limits = {
  mailBytes: 25 * 1024 * 1024,
  unpackedBytes: 256 * 1024 * 1024,
  compressionRatio: 200,
  archiveEntries: 10,
  archiveLayers: 2,
  mimeParts: 1000,
  mimeDepth: 3,
  xmlDepth: 32,
  records: 250_000,
  textLength: 1000,
};
