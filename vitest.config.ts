import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/servers/shared-folder.ts",
    // Most of a test that takes long is waiting: for git, a server or a process.
    maxWorkers: Math.max(4, availableParallelism()),
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What git is told on this machine does not decide how a test ends.
    env: { GIT_CONFIG_GLOBAL: resolve("test/servers/git.config"), GIT_CONFIG_NOSYSTEM: "1" },
  },
});
