import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, Visitor } from "rolldown/utils";
import { expect, test } from "vitest";
import { englishFaults, type FaultCode } from "../../src/report/fault.ts";

test("a fault is made with the values that its text names, and no others", () => {
  const calls = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => ({ path, text: readFileSync(join("src", path), "utf8") }))
    .filter(({ text }) => text.includes("makeFault"))
    .flatMap(callsIn);
  expect(calls.length).toBeGreaterThan(100);
  const wrong = calls.filter(({ code, given, isWhole }) => {
    const named = Array.from(englishFaults.texts[code as FaultCode].matchAll(/\{(\w+)\}/g), ([, name]) => name);
    return given.some((name) => !named.includes(name)) || (isWhole && named.some((name = "") => !given.includes(name)));
  });
  expect(wrong).toEqual([]);
});

interface FaultCall {
  path: string;
  code: string;
  given: string[];
  /** Whether no values are given by another object. */
  isWhole: boolean;
}

/** The calls of `makeFault` by a code, with values that are written out. */
function callsIn({ path, text }: { path: string; text: string }): FaultCall[] {
  const calls: FaultCall[] = [];
  new Visitor({
    CallExpression({ callee, arguments: [code, values] }) {
      if (callee.type !== "Identifier" || callee.name !== "makeFault") return;
      if (code?.type !== "Literal" || typeof code.value !== "string" || values?.type !== "ObjectExpression") return;
      const given = values.properties.flatMap((one) =>
        one.type === "Property" && one.key.type === "Identifier" ? one.key.name : [],
      );
      calls.push({ path, code: code.value, given, isWhole: given.length === values.properties.length });
    },
  }).visit(parseSync(path, text).program);
  return calls;
}
