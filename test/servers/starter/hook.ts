import { registerHooks } from "node:module";

/* Loaded first by processes of tests: where git is started, `node:child_process` is spawn.ts. */

const small = new URL("spawn.ts", import.meta.url).href;
const startsGit = /\/src\/io\/git\/\w+\.ts$|\/test\/servers\/bare-repository\.ts$/;

registerHooks({
  resolve(specifier, context, next) {
    const isSmall = specifier === "node:child_process" && startsGit.test(context.parentURL ?? "");
    return next(isSmall ? small : specifier, context);
  },
});
