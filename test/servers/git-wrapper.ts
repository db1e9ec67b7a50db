import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { makeFolder } from "./git.ts";

/**
 * From now on, until it is ended or the test is, this process finds a `git` of ours first. Commands that git itself
 * starts are the real ones.
 *
 * @param command - Each call of this one, such as `push`, runs `script` in place of git; `*` is each call of any.
 * @param script - For `sh`: `"$git" "$@"` runs git, `$n` is the number of the call, from 1.
 */
export function wrapGit(command: string, script: string): { calls(): string[]; end(): void } {
  const folder = makeFolder();
  const list = join(folder, "calls");
  const wrapper = join(folder, "git");
  writeFileSync(
    wrapper,
    `#!/bin/sh
PATH=\${PATH#*:}
git=$(command -v git)
echo "$1" >> "${list}"
n=0; while read -r _; do n=$((n + 1)); done < "${list}"
case "$1" in ${command}) ${script} ;; *) exec "$git" "$@" ;; esac
`,
  );
  chmodSync(wrapper, 0o755);
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);
  const end = () => void vi.unstubAllEnvs();
  onTestFinished(end);
  return {
    calls: () => (existsSync(list) ? readFileSync(list, "utf8").trim().split("\n") : []),
    end,
  };
}
