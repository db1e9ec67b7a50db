import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseSync, Visitor } from "rolldown/utils";

/** A source file: what it imports, and what it reads beside its arguments. */
export interface Source {
  /** Below the folder, with `/`. */
  path: string;
  imports: Import[];
  /** Uses of the clock, of random numbers, of the environment, and imports made while running. */
  reads: string[];
}

/** One import, or one export of something imported. */
export interface Import {
  /** A file below the folder, or a package. */
  target: string;
  /** Names of what is imported to run; empty when all of it are types. */
  names: string[];
}

/** All TypeScript files below a folder, sorted by path. */
export function readSources(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts"))
    .sort()
    .map((path) => readSource(path, readFileSync(join(folder, path), "utf8")));
}

function readSource(path: string, text: string): Source {
  const { module, program } = parseSync(path, text);
  const { staticImports, staticExports } = module;
  const imports = staticImports.map(({ moduleRequest, entries }) => ({
    target: targetOf(path, moduleRequest.value),
    names: entries.length === 0 ? ["*"] : entries.filter(({ isType }) => !isType).map(nameOf),
  }));
  const exports = staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, isType, importName }) =>
      moduleRequest === null
        ? []
        : [{ target: targetOf(path, moduleRequest.value), names: isType ? [] : [importName.name ?? "*"] }],
    ),
  );
  const dynamic = module.dynamicImports.map(() => "import()");
  return { path, imports: [...imports, ...exports], reads: [...dynamic, ...readsOf(program)] };
}

function nameOf({ importName }: { importName: { name: string | null; kind: string } }): string {
  return importName.name ?? importName.kind;
}

function targetOf(path: string, target: string): string {
  return target.startsWith(".") ? join(dirname(path), target).replaceAll("\\", "/") : target;
}

const readMembers = [
  "Date.now",
  "performance.now",
  "Math.random",
  "process.env",
  "process.hrtime",
  "crypto.randomUUID",
];

function readsOf(program: ReturnType<typeof parseSync>["program"]): string[] {
  const reads: string[] = [];
  new Visitor({
    MemberExpression({ object, property }) {
      if (object.type !== "Identifier" || property.type !== "Identifier") return;
      const name = `${object.name}.${property.name}`;
      if (readMembers.includes(name)) reads.push(name);
    },
    NewExpression({ callee, arguments: given }) {
      if (callee.type === "Identifier" && callee.name === "Date" && given.length === 0) reads.push("new Date()");
    },
    CallExpression({ callee }) {
      if (callee.type === "Identifier" && callee.name === "Date") reads.push("Date()");
    },
  }).visit(program);
  return reads;
}
