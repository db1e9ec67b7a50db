import fc from "fast-check";

const space = fc.constantFrom("", "", " ", "\n  ", "\r\n\t", "\r");
const noise = fc.oneof(
  { weight: 6, arbitrary: space },
  fc.constantFrom(
    "<!-- a <b> & c -->",
    "<!---->",
    "<?note this?>",
    "<unknown/>",
    '<x:other a="1" b=\'"\'>t<i/>u</x:other>',
    "text",
  ),
);
const value = fc.oneof(
  fc.constantFrom(
    "pass",
    "fail",
    "none",
    "example.com",
    "Example.COM.",
    "192.0.2.1",
    "::ffff:192.0.2.1",
    "2001:DB8::1",
    "3",
    "0",
    "",
    "é",
    "a\u00a0",
    "bücher.example",
  ),
  fc.constantFrom(
    "&amp;",
    "a &lt;b&gt;",
    "&#65;&#x42;",
    "&#13;x&#32;",
    "<![CDATA[ <a> & b ]]>",
    "x<![CDATA[]]>y",
    "p<!-- -->ass",
    "pa<i/> <i/>ss",
    "a\r\nb",
  ),
  fc.stringMatching(/^[a-z0-9. -]{0,12}$/),
);
const attributes = fc.constantFrom("", "", "", ' a="1"', " xmlns:x = 'urn:x' b=\"/\"", "\n");
const prefix = fc.constantFrom("", "", "", "d:");

type Part = fc.Arbitrary<string>;

function element(name: string, content: Part): Part {
  return fc
    .tuple(prefix, attributes, space, content, space, fc.boolean())
    .map(([before, attribute, left, inside, right, isShort]) =>
      inside === "" && isShort
        ? `<${before}${name}${attribute}/>`
        : `<${before}${name}${attribute}>${left}${inside}${right}</${before}${name}${right}>`,
    );
}

/** Elements, most of them there, in any order now and then, with noise between. */
function elements(...parts: Part[]): Part {
  const some = fc.tuple(...parts.map((part) => fc.option(part, { freq: 8, nil: "" })));
  return fc
    .tuple(some, fc.array(noise, { minLength: parts.length, maxLength: parts.length }))
    .map(([texts, between]) => texts.map((text, index) => `${text}${between[index]}`).join(""));
}

const leaf = (name: string): Part => element(name, value);

const evaluated = elements(
  leaf("disposition"),
  leaf("dkim"),
  leaf("spf"),
  element("reason", fc.oneof(value, elements(leaf("type"), leaf("comment")))),
);
const results = elements(
  element("dkim", elements(leaf("domain"), leaf("selector"), leaf("result"))),
  element("dkim", elements(leaf("domain"), leaf("result"))),
  element("spf", elements(leaf("domain"), leaf("scope"), leaf("result"))),
);
const record = element(
  "record",
  elements(
    element("row", elements(leaf("source_ip"), leaf("count"), element("policy_evaluated", evaluated))),
    element("identifiers", elements(leaf("header_from"), leaf("envelope_from"), leaf("envelope_to"))),
    element("auth_results", results),
    element("auth_results", results),
  ),
);
const metadata =
  "<report_metadata><org_name>O</org_name><report_id>1</report_id><date_range><begin>1794700800</begin><end>1794787199</end></date_range></report_metadata>";
const policy = elements(leaf("p"), leaf("sp"), leaf("adkim"), leaf("pct")).map(
  (words) => `<policy_published><domain>example.com</domain>${words}</policy_published>`,
);
const declaration = fc.constantFrom(
  "",
  '<?xml version="1.0" encoding="UTF-8"?>',
  "<?xml version='1.0'?>\r\n<!-- c -->\n<?p q?>",
  "\n",
);

/** Well-formed reports with all that XML allows in them: namespaces, attributes, entities, CDATA, comments, odd blanks. */
export const anyReportXml: fc.Arbitrary<string> = fc
  .tuple(declaration, prefix, attributes, policy, fc.array(fc.tuple(record, noise), { maxLength: 4 }), space)
  .map(([before, name, attribute, published, records, after]) => {
    const children = records.map(([text, between]) => text + between).join("");
    return `${before}<${name}feedback${attribute}>${metadata}${published}${children}</${name}feedback>${after}`;
  });
