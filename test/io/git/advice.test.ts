import { expect, test } from "vitest";
import { fetchError, pushError } from "../../../src/io/git/advice.ts";

const upstream = { place: "origin", ref: "refs/heads/main" };

test.each([
  ["fatal: unable to access 'https://github.com/o/r/': Could not resolve host: github.com", true],
  ["fatal: unable to access 'https://github.com/o/r/': The requested URL returned error: 503", true],
  ["ssh: connect to host github.com port 22: Connection timed out", true],
  ["fatal: the remote end hung up unexpectedly", true],
  ["fatal: unable to access 'https://github.com/o/r/': The requested URL returned error: 403", false],
  ["remote: error: GH013: Repository rule violations found for refs/heads/main.", false],
  ["fatal: '/srv/r.git' does not appear to be a git repository", false],
])("what git says of a remote passes by itself or not: %s: %s", (said, isPassing) => {
  expect(fetchError(new Error(said), upstream).passing.isPassing).toBe(isPassing);
  // Where it isn't known whether a push was made, that is to be found out.
  const push = pushError(new Error(said), upstream, undefined);
  expect(push.name === "BranchMovedError" || push.passing.isPassing === isPassing).toBe(true);
});
