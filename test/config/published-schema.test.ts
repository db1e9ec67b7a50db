import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse, parseDocument } from "yaml";
import { ConfigError } from "../../src/config/config.ts";
import { parseFile } from "../../src/config/file.ts";
import { schemaPaths, validatorOf } from "../../tools/schema.ts";

const now = new Date("2026-11-20T09:00:00Z");
const address = "https://hooks.example.com/a";
/** A value for every variable that a field may name. */
const addresses = { now, environment: new Proxy<Record<string, string>>({}, { get: () => address }) };
/** What `slack-token` must be, and no address is. */
const tokens = { now, environment: new Proxy<Record<string, string>>({}, { get: () => "xoxb-1" }) };
const validate = validatorOf(schemaPaths.config);

function fileAccepts(text: string, context = text.startsWith('{"slack-token') ? tokens : addresses): boolean {
  try {
    parseFile("dmarc-digest.yml", text, context);
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

interface Shape {
  properties?: Record<string, Shape>;
  items?: Shape;
  additionalProperties?: Shape;
  anyOf?: Shape[];
  examples?: unknown[];
}

/** A domain whose group is there: a schema can't tell that. */
function inDomain(map: { group?: unknown }): object {
  const groups = typeof map.group === "string" && map.group !== "" ? { [map.group]: {} } : {};
  return { groups, domains: { "example.com": map } };
}

const published = validate.schema as Shape;
const mute = { domain: "example.com", sender: "crm.example", until: "2026-12-24", reason: "moves" };
/** Each map of the file with a name: its keys, and a file that holds such a map. */
const maps: [string, Shape | undefined, (map: object) => object][] = [
  ["the top", published, (map) => map],
  ["a mailbox", published.properties?.mailboxes?.items, (map) => ({ mailboxes: [map] })],
  ["a domain", published.properties?.domains?.additionalProperties?.anyOf?.[0], inDomain],
  ["a group", published.properties?.groups?.additionalProperties, (map) => ({ groups: { a: map } })],
  ["a mute", published.properties?.mute?.items, (map) => ({ mute: [{ ...mute, ...map }] })],
];
const keys = maps.flatMap(([name, shape, inFile]) =>
  Object.entries(shape?.properties ?? {}).map(([key, { examples = [] }]) => ({
    key,
    name,
    example: examples[0],
    inFile,
  })),
);

const strays = [
  null,
  true,
  false,
  0,
  1,
  2,
  3,
  7,
  0.5,
  -1,
  1.5,
  65_535,
  65_536,
  999_999_999,
  1e9,
  1e12,
  1e300,
  1e-7,
  "",
  " ",
  "\n",
  "a",
  "A",
  "0",
  "-1",
  "a b",
  "a,b",
  "a\nb",
  " a ",
  ",",
  ".",
  "..",
  "*",
  "*.",
  "#",
  "@",
  "a.b",
  "a..b",
  "a.b.",
  "a/b",
  "a/b/c",
  "Bücher.example",
  "bücher",
  "exa mple.com",
  "localhost",
  "192.0.2.7",
  "192.0.2.7.",
  "192.0.2.256",
  "192.0.2.7/24",
  "192.0.2.7/33",
  "192.0.2.7:53",
  "192.0.2.7:0",
  "192.0.2.7:65536",
  "2001:db8::1",
  "2001:db8::/32",
  "2001:db8::/129",
  "[2001:db8::1]:53",
  "::ffff:192.0.2.1",
  "1::2::3",
  "example.5",
  `${"a".repeat(64)}.example`,
  `${"a.".repeat(127)}a`,
  `${"a.".repeat(125)}abc`,
  `${"a.".repeat(125)}abcd`,
  "a".repeat(50),
  "a".repeat(51),
  "a".repeat(201),
  "60d",
  "0d",
  "12345d",
  "2026-10-01",
  "2026-02-29",
  "2026-13-01",
  "10m",
  "0m",
  "00 s",
  "10 h",
  "10",
  "5%",
  "5 %",
  "100%",
  "100.5%",
  "101%",
  "1.0",
  "1.01",
  ".5",
  "00.5",
  "1e-7",
  "9e-0",
  "https://a.example",
  "http://a.example",
  "HTTPS://a.example/x",
  "http://localhost:80",
  "https://me@a.example",
  "https://",
  "s3://",
  "s3://abc",
  "s3://abc/x y",
  "s3://abc\ns3://abd/x",
  "U0123456789",
  "u0123456789",
  `\${DMARC_X}`,
  `a\${DMARC_X}`,
  `\${DMARC_x}`,
  `\${OTHER}`,
  "x.lock",
  "x//y",
  "x..y",
  "-x",
  "x.",
  "a:b",
  "ours: a.b",
  [],
  [null],
  [1],
  ["a"],
  ["a", "b.example"],
  ["a\nb"],
  ["a b"],
  ["a,"],
  [""],
  ["a", "a"],
  ["a.example", "b.example"],
  Array.from({ length: 10 }, (_, n) => `a${n}`),
  Array.from({ length: 11 }, (_, n) => `a${n}`),
  Array.from({ length: 11 }, (_, n) => `a${n}`).join(" "),
  {},
  { a: "b" },
  { ours: "a.example" },
  [{ ours: "a.example" }],
  [{ ours: "a" }],
  [{ ours: "a.example\nb.example" }],
  [{ ours: "192.0.2.0/24" }],
  [{ ours: "192.0.2.0/33" }],
  [{ "not-ours": "2001:db8::/32" }],
  [{ ours: "a.5" }],
  [{ ours: "a.example", "not-ours": "b.example" }],
  [{}],
  { records: 0 },
  { records: 5 },
  { records: "5KB" },
  { mailBytes: "5kb" },
  { mailBytes: "5KB records=3" },
  { mailBytes: 1e12 },
  { records: null },
  [mute],
  [{ ...mute, sender: undefined }],
  [{ ...mute, key: "SPF" }],
  [{ ...mute, until: "2026-12-32" }],
  { "example.com": null },
  { "example.com": {} },
  { example: {} },
  { "*.example": {} },
  { "*": {} },
  { "exa mple.com": {} },
  { "bücher.example": {} },
  { "192.0.2.7": {} },
  { "*.192.0.2.7": {} },
  [{ name: "a b" }],
  [{ name: "a" }],
  { "a b": {} },
];

/** What a person may write who means the example. */
function nearby(example: unknown): unknown[] {
  if (Array.isArray(example))
    return [example, [...example, ...example], example[0], ...example.flatMap(nearby).map((one) => [one])];
  if (typeof example === "number") return [example, -example, example + 0.5, String(example)];
  if (typeof example !== "string") return [example];
  const cut = Array.from(example, (_, at) => [
    example.slice(0, at),
    example.slice(0, at) + example.slice(at + 1),
  ]).flat();
  const added = [" ", "\n", ",", ".", "/", "@", "#", "-", "x", "Ä", "\u0007", "$"].flatMap((one) => [
    `${one}${example}`,
    `${example}${one}`,
    `${example.slice(0, 3)}${one}${example.slice(3)}`,
  ]);
  return [
    example,
    example.toUpperCase(),
    example.toLowerCase(),
    `${example} ${example}`,
    `${example}\n${example}`,
    ...cut,
    ...added,
  ];
}

test.each(keys)(
  "$key of $name is refused by the published schema where the file refuses it, and nowhere else",
  ({ key, example, inFile }) => {
    const differing = [...strays, ...nearby(example)].flatMap((value) => {
      // In JSON, which is YAML, too, and takes a tenth of the time to write and to read.
      const text = JSON.stringify(inFile({ [key]: value }));
      const [byFile, bySchema] = [fileAccepts(text), validate(JSON.parse(text))];
      return byFile === bySchema ? [] : `${JSON.stringify(value)} file ${byFile}, schema ${bySchema}`;
    });
    expect(differing).toEqual([]);
  },
);

/** What the published schema lets pass, since it would have to know more than a value: docs/configuration.md lists the same kinds. */
const unsaid: [string, string][] = [
  ["a mute longer than a year", `mute: [{ domain: example.com, sender: a.example, until: 2027-11-21, reason: moves }]`],
  ["a variable that is not set", `slack-token: \${DMARC_MISSING}`],
  ["a variable that holds something else", `slack-token: \${DMARC_PASSWORD}`],
  ["a group that is not there", "domains: { example.com: { group: sales } }"],
  ["two mailboxes of one name", "mailboxes: [{ name: a, mail-path: a }, { name: a, mail-path: b }]"],
  ["two names that are judged as one domain", "domains: { example.com: {}, mail.example.com: {} }"],
  ["a pattern below an organizational domain", 'domains: { "*.news.example.com": {} }'],
  ["a sender said to be both", "senders: [{ ours: a.example }, { not-ours: a.example }]"],
  ["a name in another script without an A-label", "trusted-reporters: xn--\u00ad.example"],
  ["an address whose host or port can't be", "mailboxes: [{ s3-endpoint: 'https://a.example:99999' }]"],
];

test.each(unsaid)("%s is refused by the file alone", (_, text) => {
  expect([fileAccepts(text, { now, environment: { DMARC_PASSWORD: "hunter2" } }), validate(parse(text))]).toEqual([
    false,
    true,
  ]);
});

test("the wrong files are refused by the published schema, but for those that are wrong in one of these ways", () => {
  const folder = "test/config/wrong";
  const passed = readdirSync(folder).filter((name) => {
    const text = readFileSync(`${folder}/${name}`, "utf8").replace("*sales", "sales");
    const document = parseDocument(text, { logLevel: "error" });
    return name.endsWith(".yml") && document.errors.length === 0 && validate(document.toJS());
  });
  expect(passed).toEqual([
    "12-wrong-secret.yml",
    "17-two-of-one-domain.yml",
    "25-ours-and-not.yml",
    "28-pattern-below.yml",
    "29-mute-below.yml",
  ]);
});
