import { Transform } from "node:stream";
import type { HeaderLines, Headers, MailParser } from "mailparser";
import type { Limits } from "../limits.ts";
import { decodeAnyBase64, decodeQuotedPrintable } from "./transfer.ts";

/**
 * A parser of mailparser that gives inline text as bytes too: some reporters send a zip as text/plain, which decoding
 * would destroy.
 *
 * What mailparser itself does for a mail reader is left out where a stranger could make it costly: of the header fields it
 * reads `Content-Type` alone (a list of a million addresses takes seconds), the fields of all parts together are held to
 * the bound of one part, and transfer encodings are undone byte by byte, in the memory of the part.
 */
export async function openMailParser({ mimeParts }: Limits): Promise<MailParser> {
  // It takes long to load, and most mails do without.
  const { MailParser: Parser } = await import("mailparser");
  const parser = new Parser({
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
    skipTextLinks: true,
    ignoreEmbedded: true,
    keepDeliveryStatus: true,
    checksumAlgo: false,
    maxChildNodes: mimeParts,
  }) as MailParser & ParserInside;
  const { splitter } = parser;
  const createNode = parser.createNode.bind(parser);
  const processHeaders = parser.processHeaders.bind(parser);
  const newNode = splitter.newNode.bind(splitter);
  splitter.newNode = (parent) => {
    splitter.maxHeadSize -= splitter.node.headerCost();
    newNode(parent);
  };
  return Object.assign(parser, {
    textTypes: [],
    processHeaders: (lines: HeaderLines) => processHeaders(lines.filter(({ key }) => key === "content-type")),
    createNode: (node: ParserNode) => {
      const decode = decoders.get(node.encoding);
      if (decode !== undefined) node.getDecoder = () => makeDecoder(decode);
      return createNode(node);
    },
  });
}

interface ParserInside {
  splitter: {
    /** How much the fields of a part may cost. */
    maxHeadSize: number;
    node: ParserNode;
    newNode(parent: ParserNode | undefined): void;
  };
  createNode(node: ParserNode): object;
  processHeaders(lines: HeaderLines): Headers;
}

interface ParserNode {
  encoding: string;
  /** Bytes of its fields, short ones rounded up. */
  headerCost(): number;
  getDecoder(): Transform;
}

type Decode = (bytes: Uint8Array) => Uint8Array;

const decoders: ReadonlyMap<string, Decode> = new Map([
  ["base64", decodeAnyBase64],
  ["quoted-printable", decodeQuotedPrintable],
]);

function makeDecoder(decode: Decode): Transform {
  const chunks: Buffer[] = [];
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
    flush: (done) => done(null, decode(Buffer.concat(chunks))),
  });
}
