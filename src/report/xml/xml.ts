export { decodeXml, makeUtf8Decoder, toUtf8, type Utf8Decoder } from "./encoding.ts";
export { cleanXml, repairXml } from "./repair.ts";
export { makeXmlScanner } from "./scan.ts";
export { checkXml, childrenOf, parseChildren, type XmlElement } from "./tree.ts";
