import { GitError } from "./git.ts";

/** What people should know when a fetch or a push failed: what git said, its usual cause, and the next step. */
export function pushAdvice(error: unknown, remote: string, ref: string): string {
  const said = error instanceof GitError ? error.stderr : error instanceof Error ? error.message : String(error);
  const branch = ref.replace("refs/heads/", "");
  const failed = `Branch ${branch} of remote ${remote} can't be reached or pushed. ${nextStep(said, branch)}`;
  return `${failed} git says: ${withoutSecrets(said)}`;
}

const causes: { said: RegExp; step: (branch: string) => string }[] = [
  {
    said: /non-fast-forward|fetch first|stale info|cannot lock ref/,
    step: () => "Somebody else has pushed to it meanwhile: run again.",
  },
  {
    said: /GH013|GH006|protected branch|hook declined/,
    step: (branch) =>
      `A rule protects it: allow the workflow to push to ${branch} (Settings, Rules), or keep the history in a repository of its own.`,
  },
  {
    said: /403|permission|denied|authentication|could not read Username/i,
    step: () => "The token may not write: give the workflow `permissions: contents: write`.",
  },
  {
    said: /could not resolve host|timed out|connection refused|unable to access/i,
    step: () => "The host did not answer: run again later.",
  },
];

function nextStep(said: string, branch: string): string {
  const cause = causes.find((candidate) => candidate.said.test(said));
  return cause?.step(branch) ?? "Try git push by hand to see why.";
}

/** What git said on one line, without the user and password of an address, at most 500 characters. */
function withoutSecrets(said: string): string {
  return said
    .replaceAll(/:\/\/[^/@\s]+@/g, "://***@")
    .replaceAll(/\s+/g, " ")
    .slice(0, 500);
}
