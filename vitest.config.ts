import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Git is started by a small process. The less the heap may become, the sooner old objects go; of young ones 16 MB, since less is
 * tidied up all the time. TurboFan takes up only what is called ten times as often as it waits for by itself: few functions of
 * a test last long enough to be worth a second compilation.
 */
const execArgv = [
  `--import=${pathToFileURL("test/servers/starter/hook.ts")}`,
  "--max-semi-space-size=16",
  "--max-old-space-size=1024",
  "--invocation-count-for-turbofan=30000",
];

/**
 * The tests of whole runs first: they take longest, so that none of them is alone at the end. Of these, the ones that need
 * much memory last, and what only computes after all that starts git: a program costs the more, the larger its starter is.
 */
class WholeRunsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      if (moduleId.includes("/test/run/")) return /size\.test\.ts$/.test(moduleId) ? 1 : 0;
      if (/\/test\/(io\/git|steps)\//.test(moduleId)) return 2;
      return /\/test\/(io|commands)\//.test(moduleId) ? 3 : 4;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    // Most of a test that takes long is waiting: for git, a server or a process.
    maxWorkers: Math.max(4, availableParallelism()),
    // What a file has loaded, the next one need not load again: none leaves anything behind in the process.
    isolate: false,
    // Node loads TypeScript itself, as it does for the command line: nothing is rewritten, and what was compiled once is kept.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What git is told on this machine does not decide how a test ends.
    env: { GIT_CONFIG_GLOBAL: resolve("test/servers/git.config"), GIT_CONFIG_NOSYSTEM: "1" },
    sequence: { sequencer: WholeRunsFirst },
    include: ["test/**/*.test.ts"],
    execArgv,
    globalSetup: "test/servers/shared-folder.ts",
  },
});
