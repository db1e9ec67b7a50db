import { record, reportXml } from "../report-files.ts";
import type { Attack } from "./attacks.ts";

const closing = "</feedback>";

/** The text of a report with more before its end. */
function withInside(more: string): string {
  return reportXml().replace(closing, `${more}${closing}`);
}

function repeated(text: string, size: number): string {
  return text.repeat(Math.ceil(size / text.length));
}

function doctype(declarations: string, orgName: string): string {
  return `<?xml version="1.0"?><!DOCTYPE feedback [${declarations}]>${reportXml().replace("example.net", orgName)}`;
}

const laughs = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");

function attributes(size: number): string {
  let text = "";
  for (let index = 0; text.length < size; index += 1) text += ` a${index}="x"`;
  return text;
}

const noDoctype = "declares a DOCTYPE, which no report needs";

const brokenRecords = [
  ["a lone bracket", "a < b"],
  ["an open element", "<x>"],
  ["an open comment", "<!--"],
  ["an open instruction", "<?x"],
  ["an open CDATA section", "<![CDATA["],
  ["an open attribute", "<a b='"],
  ["other ends of records", "<a></record ></x>"],
  ["an end tag of another", "</x>"],
] as const;

/** Documents made to be slow, large or read as something else. */
export const xmlAttacks: readonly Attack[] = [
  {
    name: "billion laughs",
    make: () => doctype(`<!ENTITY l0 "ha">${laughs}`, "&l10;"),
    state: "corrupt",
    says: noDoctype,
  },
  {
    name: "external entity",
    make: () => doctype('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"),
    state: "corrupt",
    says: noDoctype,
  },
  {
    name: "external parameter entity",
    make: () => doctype('<!ENTITY % x SYSTEM "http://192.0.2.1/"> %x;', "x"),
    state: "corrupt",
    says: noDoctype,
  },
  {
    name: "entities without a declaration",
    make: () => reportXml().replace("example.net", "&x;"),
    state: "read",
  },
  {
    name: "a large DOCTYPE",
    make: (size) => doctype(repeated('<!ENTITY x "x">', size), "x"),
    state: "corrupt",
    says: noDoctype,
  },
  {
    name: "elements named like parts of an object",
    make: () =>
      withInside(
        "<__proto__><polluted>1</polluted></__proto__><constructor><prototype/></constructor><toString/>",
      ).replace("<row>", "<__proto__><count>9</count></__proto__><hasOwnProperty/><row>"),
    state: "read",
  },
  {
    name: "a million attributes",
    make: (size) => reportXml().replace("<feedback", `<feedback${attributes(size)}`),
    state: "corrupt",
  },
  {
    name: "a million attributes in a record",
    make: (size) => reportXml().replace("<row", `<row${attributes(size)}`),
    state: "corrupt",
  },
  {
    name: "one attribute of megabytes",
    make: (size) => reportXml().replace("<row", `<row a="${"x".repeat(size)}"`),
    state: "read",
  },
  {
    name: "an attribute never closed",
    make: (size) => reportXml().replace("<row", `<row a="${"x ".repeat(size / 2)}`),
    state: "corrupt",
  },
  {
    name: "100,000 levels",
    make: () => withInside("<x>".repeat(100_000) + "</x>".repeat(100_000)),
    state: "too-big",
    says: "has elements more than 32 deep",
  },
  {
    name: "millions of levels",
    make: (size) => withInside("<x>".repeat(size / 7) + "</x>".repeat(size / 7)),
    state: "too-big",
  },
  {
    name: "millions of levels never closed",
    make: (size) => `<feedback>${repeated("<x>", size)}`,
    state: "too-big",
  },
  { name: "open tags", make: (size) => withInside(repeated("<a", size)), state: "corrupt" },
  { name: "open comments", make: (size) => withInside(repeated("<!--", size)), state: "corrupt" },
  { name: "open CDATA sections", make: (size) => withInside(repeated("<![CDATA[", size)), state: "corrupt" },
  { name: "open instructions", make: (size) => withInside(repeated("<?", size)), state: "corrupt" },
  { name: "many comments", make: (size) => withInside(repeated("<!---->", size)), state: "read" },
  { name: "many instructions", make: (size) => withInside(repeated("<?x?>", size)), state: "read" },
  { name: "ampersands", make: (size) => withInside("&".repeat(size)), state: "corrupt" },
  {
    name: "ampersands in a text",
    make: (size) => reportXml().replace("example.net", "&".repeat(size)),
    state: "corrupt",
  },
  {
    name: "what could be tags behind the report",
    make: (size) => reportXml() + "<".repeat(size),
    state: "read",
    large: "corrupt",
  },
  {
    name: "addresses in angle brackets",
    make: (size) => withInside(repeated("x<a@b> ", size)),
    state: "corrupt",
  },
  { name: "quotes", make: (size) => withInside(repeated("<a b=\"'", size)), state: "corrupt" },
  { name: "blanks", make: (size) => withInside(" ".repeat(size)), state: "read" },
  { name: "blanks before the declaration", make: (size) => `${" ".repeat(size)}${reportXml()}`, state: "corrupt" },
  {
    name: "control characters all over",
    make: (size) => withInside("\u0001\u0000\u0008".repeat(size / 3)),
    state: "read",
    large: "corrupt",
    says: "control characters were left out",
  },
  {
    name: "entities in a text",
    make: (size) => reportXml().replace("example.net", repeated("&amp;", size)),
    state: "read",
    says: "a text of more than 1000",
  },
  {
    name: "a name of megabytes",
    make: (size) => reportXml().replace("example.net", "x".repeat(size)),
    state: "read",
    says: "a text of more than 1000",
  },
  {
    name: "an id of megabytes",
    make: (size) => reportXml({ reportId: "x".repeat(size) }),
    state: "too-big",
    says: "<report_id> has more",
  },
  { name: "an element's name of megabytes", make: (size) => withInside(`<${"x".repeat(size)}/>`), state: "read" },
  { name: "many end tags of the root", make: (size) => withInside(repeated(closing, size)), state: "corrupt" },
  { name: "many policies", make: (size) => withInside(repeated("<policy_published/>", size)), state: "read" },
  ...brokenRecords.map(([what, text]): Attack => {
    const pad = " ".repeat(Math.max(0, 100 - text.length));
    return {
      name: `many records with ${what}`,
      make: (size) => withInside(repeated(`<record>${text}${pad}</record>`, size)),
      state: "read",
      records: [1, Number.NaN],
    };
  }),
  {
    name: "many ends of reports in a record that is not well-formed",
    make: (size) =>
      withInside(`<record><${repeated("</record></feedback>", size / 2)}${" ".repeat(size / 2)}</record>`),
    state: "read",
    records: [1, 1],
  },
  {
    name: "many ends of records that are none",
    make: (size) => withInside(`<record><${repeated("</record ", size)}</record>`),
    state: "read",
    records: [1, 1],
  },
  {
    name: "a record of a million reasons",
    make: (size) => reportXml().replace("<disposition>", `${repeated("<reason/>", size)}<disposition>`),
    state: "corrupt",
    says: "a <record> holds more than 10000 elements",
  },
  { name: "many elements that tell nothing", make: (size) => withInside(repeated("<x/>", size)), state: "read" },
  {
    name: "many empty records",
    make: (size) => reportXml({ records: "<record/>".repeat(Math.min(250_000, size / 9)) }),
    state: "read",
    records: [0, Number.NaN],
  },
  {
    name: "more records than the limit",
    make: () => reportXml({ records: "<record/>".repeat(250_001) }),
    state: "too-big",
    says: "holds more than 250000 records",
  },
  {
    name: "a whole report of many records",
    make: (size) => reportXml({ records: repeated(record(), size) }),
    state: "read",
    records: [Number.NaN, 0],
  },
  {
    name: "UTF-16 of an odd length",
    make: () => Buffer.from(`\ufeff${reportXml()}`, "utf16le").subarray(0, -1),
    state: "corrupt",
  },
  {
    name: "a declared UTF-7",
    make: () => `<?xml version="1.0" encoding="utf-7"?>${reportXml()}`,
    state: "read",
    says: "the encoding utf-7 is unknown",
  },
];
