import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, Visitor } from "rolldown/utils";
import { troubleStates } from "../../../src/digest/day/intake.ts";
import { readSources } from "../../source-files.ts";

/*
 * The reasons that the source of reading can give for a mail that is not counted, found in the source itself, so that a new one is not
 * forgotten. What is put into them is `7`.
 */

type Argument = { type: string; [key: string]: unknown };

/** What a call with a text makes of it: which argument the text is, and the whole reason. */
const calls: Readonly<Record<string, { at: number; whole: (text: string, file: string) => string }>> = {
  refuse: { at: 1, whole: (text) => text },
  tooBig: { at: 0, whole: (text) => `${text} (limits: records)` },
  refusing: { at: 1, whole: (text) => `${text} (limits: records)` },
  corrupt: { at: 0, whole: (text, file) => (file.endsWith("gzip.ts") ? `the gzip file ${text}` : text) },
  notPlain: { at: 0, whole: (text) => `not well-formed XML, ${text}` },
  raise: { at: 0, whole: (text) => `not well-formed XML, ${text}` },
  refuseXml: { at: 0, whole: (text) => `not well-formed XML, ${text}` },
  onProblem: { at: 0, whole: (text) => `not well-formed XML, ${text}` },
  refusalOf: { at: 1, whole: (text) => `${text}: oops` },
  unreadable: { at: 1, whole: (text) => `<begin> must be ${text}, got "7"` },
};

const signature = "the signature of example.com";

/** What an object with a `reason` and one of these words as its `state` or `kind` makes of it. */
function wholeOf(word: string, text: string, file: string): string | undefined {
  if (file.startsWith("dkim-verifier")) return word === "failed" ? `${signature} does not fit: ${text}` : undefined;
  if (word === "no-answer") return `${signature} could not be checked: DNS gave no answer about its key: ${text}`;
  if (file.startsWith("dkim-key")) return word === "retry" ? `${signature} could not be checked: ${text}` : undefined;
  return word === "failed" || troubleStates.some((state) => state === word) ? text : undefined;
}

/** All reasons of the sources below some folders, sorted. */
export function reasonsInSources(folders: string[]): string[] {
  const found = folders.flatMap((folder) =>
    readSources(folder).flatMap(({ path }) => reasonsIn(path, readFileSync(join(folder, path), "utf8"))),
  );
  return [...new Set(found)].toSorted();
}

function reasonsIn(file: string, source: string): string[] {
  const found: string[] = [];
  let makers = 0;
  let returned: ((text: string) => string) | undefined;
  new Visitor({
    CallExpression({ callee, arguments: given }) {
      const call = callee.type === "Identifier" ? calls[callee.name] : undefined;
      // Inside one of them it is passed on.
      if (call === undefined || makers > 0) return;
      const states = callee.type === "Identifier" && callee.name === "refuse" ? textsOf(given[0]) : [];
      if (states.length > 0 && !troubleStates.some((state) => states.includes(state))) return;
      found.push(...textsOf(given[call.at]).map((text) => call.whole(text, file)));
    },
    ObjectExpression({ properties }) {
      found.push(...textsOf(propertyOf(properties, "unreadable")));
      const words = ["state", "kind"].flatMap((name) => textsOf(propertyOf(properties, name)));
      const reasons = textsOf(propertyOf(properties, "reason"));
      found.push(...words.flatMap((word) => reasons.flatMap((reason) => wholeOf(word, reason, file) ?? [])));
    },
    NewExpression({ callee, arguments: given }) {
      if (callee.type === "Identifier" && callee.name === "SourceError") found.push(...textsOf(given[0]));
    },
    VariableDeclarator({ id, init }) {
      const wrap = id.type === "Identifier" ? lists[`${file} ${id.name}`] : undefined;
      if (wrap !== undefined) found.push(...literalsIn(init).map(wrap));
    },
    FunctionDeclaration({ id }) {
      if (id !== null && id.name in calls) makers += 1;
      returned = functions[`${file} ${id?.name}`];
    },
    "FunctionDeclaration:exit"({ id }) {
      if (id !== null && id.name in calls) makers -= 1;
      returned = undefined;
    },
    ReturnStatement({ argument }) {
      if (returned !== undefined) found.push(...textsOf(argument).map(returned));
    },
  }).visit(parseSync(file, source).program);
  return found;
}

/** Tables of texts, by file and name, and the whole reason with one of them. */
const lists: Readonly<Record<string, (text: string) => string>> = {
  "intake.ts reason": (text) => text,
  "zip.ts cantUnpack": (text) => `${text}: oops`,
  "dns.ts reasons": (text) => `${signature} could not be checked: DNS gave no answer about its key: ${text}`,
  "files.ts problems": (text) => `can't be opened: ${text}`,
};

/** Functions that return a text, by file and name, and the whole reason with it. */
const functions: Readonly<Record<string, (text: string) => string>> = {
  "aggregate.ts implausibility": (text) => text,
  "aggregate.ts excess": (text) => text,
  "intake.ts ageReason": (text) => text,
  "trust.ts impersonationReason": (text) => text,
  "xml.ts problemOf": (text) => `not well-formed XML, ${text}`,
};

function propertyOf(properties: readonly object[], name: string): unknown {
  const found = (properties as Argument[]).find(
    ({ type, key }) => type === "Property" && (key as { name?: string }).name === name,
  );
  return found?.value;
}

/** The texts that an expression may be; none where they are made elsewhere. */
function textsOf(given: unknown): string[] {
  const expression = given as Argument | null | undefined;
  switch (expression?.type) {
    case "Literal":
      return typeof expression.value === "string" ? [expression.value] : [];
    case "TemplateLiteral":
      return [(expression.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join("7")];
    case "BinaryExpression":
      return textsOf(expression.left).flatMap((left) => textsOf(expression.right).map((right) => left + right));
    case "ConditionalExpression":
      return [...textsOf(expression.consequent), ...textsOf(expression.alternate)];
    default:
      return [];
  }
}

/** All texts of more than one word in a table. */
function literalsIn(table: unknown): string[] {
  const literals = [...JSON.stringify(table).matchAll(/"type":"Literal","value":"([^"]+)"/g)].map(
    ([, text = ""]) => text,
  );
  return [...textsOf(table), ...literals.filter((text) => /[ -]/.test(text))];
}
