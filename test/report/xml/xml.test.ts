import { existsSync, readdirSync, readFileSync } from "node:fs";
import { domainToASCII, fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reasonText } from "../../../src/render/words/words.ts";
import { parseAggregate } from "../../../src/report/aggregate/aggregate.ts";
import { defaultLimits, type Limits } from "../../../src/report/limits.ts";
import { RefusalError } from "../../../src/report/refusal.ts";
import { collect, unpack } from "../../../src/report/unpack/unpack.ts";
import { decodeXml, readLargeXml, readXml, type XmlElement, type XmlOptions } from "../../../src/report/xml/xml.ts";
import { anyDialect, anyReport, xmlOf } from "../generator.ts";
import { record, reportXml } from "../report-files.ts";
import { anyReportXml } from "../report-texts.ts";
import { readByOracle } from "./oracle.ts";

/** What is read of a document: the children of its root element, and the repairs that it took. */
interface Document {
  children: XmlElement[];
  notes: string[];
}

function options(limits: Partial<Limits> = {}): XmlOptions<Document> {
  const build = (notes: string[]): ReturnType<XmlOptions<Document>["build"]> => {
    const children: XmlElement[] = [];
    return { add: (child) => void children.push(unshared(child)), end: () => ({ children, notes }) };
  };
  return { root: "feedback", limits: { ...defaultLimits, ...limits }, build };
}

function unshared({ name, text, children }: XmlElement): XmlElement {
  return { name, text, children: children.map(unshared) };
}

/** A document, or why it is none. */
function read(xml: Uint8Array | string, limits: Partial<Limits> = {}): Document | string {
  try {
    return readXml(xml, options(limits));
  } catch (error) {
    return refusalIn(error);
  }
}

/** `state: reason`. */
function refusalIn(error: unknown): string {
  if (!(error instanceof RefusalError)) throw error;
  return `${error.refusal.state}: ${reasonText(error.refusal.reason)}`;
}

/** Files below a folder, each unpacked, by its name. */
async function filesIn(folder: string): Promise<[string, Uint8Array][]> {
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  const files: [string, Uint8Array][] = [];
  for (const name of names.filter((path) => /\.(xml|gz|zip)$/.test(path))) {
    for await (const file of unpack(readFileSync(folder + name), defaultLimits, { readLarge: collect, notes: [] })) {
      if (file instanceof Uint8Array) files.push([name, file]);
    }
  }
  return files;
}

describe("read as fast-xml-parser reads it", () => {
  const folders = ["../../fixtures/", "../../../../shared/corpus/"];
  const paths = folders.map((folder) => fileURLToPath(new URL(folder, import.meta.url)));

  test.each(paths.filter(existsSync))("every well-formed report below %s", async (folder) => {
    const compared: string[] = [];
    for (const [name, bytes] of await filesIn(folder)) {
      const expected = readByOracle(decodeXml(bytes).text);
      if (expected?.root !== "feedback") continue;
      expect(read(bytes), name).toMatchObject({ children: expected.children });
      compared.push(name);
    }
    expect(compared.length).toBeGreaterThan(30);
  });

  test("any report, with whatever XML allows in it", () => {
    fc.assert(
      fc.property(anyReportXml, (xml) => {
        expect(read(xml)).toStrictEqual({ children: readByOracle(xml)?.children, notes: [] });
      }),
      { numRuns: 500 },
    );
  });

  test("any report of a reporter, in any dialect", () => {
    fc.assert(
      fc.property(anyReport, anyDialect, (report, dialect) => {
        const xml = xmlOf(report, dialect);
        expect(read(xml)).toStrictEqual({ children: readByOracle(xml.toString())?.children, notes: [] });
      }),
      { numRuns: 100 },
    );
  });

  test("what is left of a report when some of it is changed, if it is read at all", () => {
    const marks = [
      "<",
      ">",
      "/",
      "&",
      '"',
      "'",
      "<!--",
      "-->",
      "]]>",
      "<![CDATA[",
      "<?x ",
      "?>",
      " ",
      "",
      "a:",
      "\0",
      "é",
    ];
    const change = fc.record({ at: fc.nat(), cut: fc.nat({ max: 3 }), mark: fc.constantFrom(...marks) });
    fc.assert(
      fc.property(anyReportXml, fc.array(change, { minLength: 10, maxLength: 10 }), (xml, changes) => {
        for (const { at, cut, mark } of changes) {
          const place = at % xml.length;
          const changed = xml.slice(0, place) + mark + xml.slice(place + cut);
          const document = read(changed);
          const expected = readByOracle(changed);
          if (typeof document === "string" || document.notes.length > 0 || expected === undefined) continue;
          expect(document.children).toStrictEqual(expected.children);
        }
      }),
      { numRuns: 150 },
    );
  });
});

test("a document in pieces is read as the whole", async () => {
  await fc.assert(
    fc.asyncProperty(anyReportXml, fc.array(fc.nat({ max: 40 })), async (xml, lengths) => {
      const bytes = Buffer.from(xml);
      async function* pieces(): AsyncGenerator<Uint8Array> {
        let done = 0;
        for (const length of lengths) {
          yield bytes.subarray(done, done + length);
          done += length;
        }
        yield bytes.subarray(done);
      }
      expect(await readLargeXml(pieces(), options())).toStrictEqual(read(bytes));
    }),
  );
});

describe("a document is read", () => {
  const root = "<d:feedback xmlns:d='urn:x'>";
  test.each([
    [
      "with prefixes",
      reportXml()
        .replaceAll(/<(\/?)(\w)/g, "<$1d:$2")
        .replace("<d:feedback>", root),
    ],
    ["with CRLF", reportXml().replaceAll("\n", "\r\n")],
    ["in UTF-16", Buffer.from(`\uFEFF${reportXml()}`, "utf16le")],
    ["with a byte order mark", Buffer.from(`\uFEFF${reportXml()}`)],
    ["as a text with a byte order mark", `\uFEFF${reportXml()}`],
    ["with comments and instructions", `<?xml version="1.0"?><!-- <!x> --><?style x="?"?>${reportXml()}<!-- -->`],
    ["with an entity that nobody declares", reportXml().replace("example.net", "a&nbsp;b")],
    ["with any attributes", reportXml().replace("<row>", `<row é:b.c='<"&>' d = "">`)],
    ["with names beyond ASCII", reportXml({ records: `<é>1</é><e\u0301:ü/>${record()}` })],
    ["with an empty root", "<feedback/>"],
  ])("%s", (_, xml) => {
    const text = typeof xml === "string" ? xml.replace("\uFEFF", "") : decodeXml(xml).text;
    expect(read(xml)).toStrictEqual({ children: readByOracle(text)?.children, notes: [] });
  });

  test("as deep and as wide as the limits, and no further", () => {
    const nested = (depth: number): string =>
      reportXml({ records: "<x>".repeat(depth - 1) + "</x>".repeat(depth - 1) });
    const wide = (count: number): string => reportXml({ records: `<x>${"<y/>".repeat(count)}</x>` });
    const tagged = (count: number): string =>
      reportXml({ records: `<x${Array.from({ length: count }, (_, index) => ` a${index}=""`).join("")}/>` });
    for (const xml of [nested(32), wide(9_999), tagged(1000)]) expect(read(xml)).toHaveProperty("notes", []);
    expect(read(nested(33))).toBe("too-big: has elements more than 32 deep (limits: xmlDepth)");
    expect(read(wide(10_000))).toBe("corrupt: a <x> holds more than 10000 elements");
    expect(read(tagged(1001))).toMatch(/^corrupt: not well-formed XML, line 5: a tag has more than 1000 attributes$/);
  });
});

describe("what isn't well-formed is refused, and where it isn't", () => {
  test.each([
    ["<a>\n<b></c>", "line 3: Expected closing tag 'b' (opened in line 3, col 1) instead of closing tag 'c'."],
    ["<a>é<x:b></b>", "line 2: Expected closing tag 'x:b' (opened in line 2, col 5) instead of closing tag 'b'."],
    ["</feed>", "line 2: Expected closing tag 'feedback' (opened in line 1, col 1) instead of closing tag 'feed'."],
    ["</feedback/>", "line 2: a tag is odd"],
    ["<a></a b='c'>", "line 2: a tag is odd"],
    ["<a>< b></a>", "line 2: Invalid space after '<'."],
    ["<a>\n<b>\n<", "line 4: Invalid space after '<'."],
    ["<a>\n<b>\n</", "it ends within <b>"],
    ["<a>\n<b>\n<c", "it ends within <b>"],
    ["", "it ends within <feedback>"],
    ["<!--", "it ends within <feedback>"],
    ["<é/><1/>", "line 2: a tag is odd"],
    ["<a/b>", "line 2: a tag is odd"],
    ["<a b>", "line 2: an attribute has no value in quotes"],
    ["<a b=c>", "line 2: an attribute has no value in quotes"],
    ["<a\n =''>", "line 3: an attribute is odd"],
    ["<a b=''c=''>", "line 2: an attribute is odd"],
    ["<a b='' b=''>", "line 2: an attribute is repeated"],
    ["\n<?xml version='1.0'?>", "line 3: an instruction is out of place"],
    ["</feedback><feedback></feedback>", "line 2: something follows the root element"],
  ])("%j", (text, problem) => {
    expect(read(`<feedback>\n${text}`)).toBe(`corrupt: not well-formed XML, ${problem}`);
  });

  test("past what can be repaired", () => {
    expect(read("text<feedback/>")).toBe("corrupt: not well-formed XML, line 1: text is out of place");
    expect(read("<feedback>\u0001<a>\n</b></feedback>")).toBe(
      "corrupt: not well-formed XML, line 2: Expected closing tag 'a' (opened in line 1, col 11) instead of closing tag 'b'.",
    );
    expect(read("<feedback>&\n</b></feedback>")).toMatch(/line 2: Expected closing tag 'feedback'/);
  });

  test.each([
    ["hello", "not-a-report: not XML"],
    ["<", "not-a-report: not XML"],
    ["hello <rss>", "not-a-report: XML of <rss>, not of <feedback>"],
    ["<!DOCTYPE html><p>", "not-a-report: XML of <html>, not of <feedback>"],
    ["<!DOCTYPE rss SYSTEM 'x'><rss>", "not-a-report: XML of <rss>, not of <feedback>"],
    ["<!DOCTYPE feedback><feedback/>", "corrupt: declares a DOCTYPE, which no report needs"],
    ["<feedback><!ELEMENT x></feedback>", "corrupt: declares a DOCTYPE, which no report needs"],
  ])("%j", (text, refusal) => {
    expect(read(text)).toBe(refusal);
  });

  test("in pieces, without its line", async () => {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (const line of `<feedback>\n${"<x>\n</x>\n".repeat(50)}<x>\n</y>\n</feedback>`.split(/^/m))
        yield Buffer.from(line);
    }
    await expect(readLargeXml(pieces(), options()).catch(refusalIn)).resolves.toBe(
      "corrupt: not well-formed XML, Expected closing tag 'x' instead of closing tag 'y'.",
    );
  });
});

describe("of elements that repeat", () => {
  const reportOf = (headers: string[]): ReturnType<typeof parseAggregate>["report"] => {
    const xml = reportXml({ records: headers.map((header) => record({ header })).join("") });
    return parseAggregate(xml, { limits: defaultLimits, now: new Date("2026-11-20T09:00:00Z") }).report;
  };

  test("there is one in memory, and what is noted on it counts each time", () => {
    const report = reportOf([...Array<string>(9).fill("x".repeat(1001)), ...Array<string>(3).fill("a")]);
    const [first, second] = report?.records.slice(-2) ?? [];
    expect(first?.identifiers).toBe(second?.identifiers);
    expect(report?.notes).toEqual(["a text of more than 1000 characters was cut (limits: textLength) (9 times)"]);
  });

  test("those that differ by a few bytes are not taken for one another", () => {
    const headers = [...Array<string>(9).fill("bü1.example"), "bü2.example", "bü1.example"];
    expect(reportOf(headers)?.records.map(({ identifiers }) => identifiers.headerFrom)).toEqual(
      headers.map((header) => domainToASCII(header)),
    );
  });
});

/** Texts and spaces around them, as they may stand in an element. */
const anyLeafText = fc.constantFrom("a", "b ", "\n c", "1 &amp; 2", "\u00e9", "\u00a0", "&#32;", "x\r\ny", "", " ");
/** The same elements in the same order, with others in between now and then. */
const anyRecord = fc
  .record({
    texts: fc.array(anyLeafText, { minLength: 4, maxLength: 4 }),
    results: fc.integer({ min: 0, max: 3 }),
    odd: fc.constantFrom("", "", "", "<!-- c -->", "<![CDATA[d]]>", "<e/>", "<e></e>", "t", "<auth_results/>"),
    space: fc.constantFrom("", "\n  ", "\r\n"),
    attribute: fc.constantFrom("", "", " a='1'"),
    tail: fc.constantFrom("", "", "tail"),
  })
  .map(({ texts: [first, ...more], results, odd, space, attribute, tail }) => {
    const dkim = more
      .slice(0, results)
      .map((text) => `<dkim><domain>${text}</domain>${space}<result>pass</result></dkim>`);
    return `<record${attribute}>${space}<row><count>${first}</count>${tail}</row>${odd}<auth_results>${dkim.join("")}</auth_results></record>`;
  });

test("elements that are like those before are read as each of them alone", () => {
  const holds = fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 30 }), (records) => {
    const known = records.filter((one) => typeof read(`<feedback>${one}</feedback>`) !== "string");
    const alone = known.map((one) => read(`<feedback>${one}</feedback>`) as Document);
    // Twice, so that each is like one before.
    const xml = `<feedback>${known.join("")}${known.join("\n")}</feedback>`;
    const children = alone.flatMap((document) => document.children);
    expect(read(xml)).toEqual({ children: [...children, ...children], notes: [] });
  });
  fc.assert(holds, { numRuns: 300 });
});

test("an element that is not well-formed is no less so for being like those before", () => {
  const good = "<record><row><count>1</count></row></record>";
  const ofLast = (xml: string): unknown => {
    const found = read(xml);
    return typeof found === "string" ? found.replace(/col \d+/, "") : [found.children.at(-1), found.notes];
  };
  for (const bad of [good.replace("1", "&bad"), good.replace("1", "\u0001"), good.replace("</count>", "</cont>")]) {
    expect(ofLast(`<feedback>${good.repeat(9)}${bad}</feedback>`)).toEqual(ofLast(`<feedback>${bad}</feedback>`));
  }
});
