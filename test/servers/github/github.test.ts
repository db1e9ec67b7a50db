import { expect, test } from "vitest";
import { githubClient } from "../../../src/io/github/client.ts";
import { replyTrouble } from "./contract.ts";
import { startGitHub } from "./github.ts";

const at = { owner: "octo-org", repo: "mail" };

function clientOf(apiUrl: string) {
  return githubClient({ token: "ghs_test_token", apiUrl, pauses: false });
}

test.each([
  [true, "private"],
  [false, "public"],
])("a repository tells whether it is private: %s", async (isPrivate, visibility) => {
  const github = await startGitHub({ isPrivate });
  const { data } = await clientOf(github.apiUrl).rest.repos.get(at);
  expect(data).toMatchObject({ private: isPrivate, visibility, full_name: "octo-org/mail" });
  await github.stop();
});

test.each<[string, string, object | undefined, string]>([
  ["PATCH", "/issues/1", { state: "done" }, "body/state must be equal to one of the allowed values"],
  ["PATCH", "/issues/1", { state_reson: "completed" }, "body/state_reson is unknown"],
  ["POST", "/issues", { body: "No title." }, "body must have required property 'title'"],
  ["POST", "/issues", undefined, "body must be object"],
  ["GET", "/issues?state=any", undefined, "query/state must be equal to one of the allowed values"],
  ["GET", "/issues?per_page=many", undefined, "query/per_page must be integer"],
  ["GET", "/issues?label=dmarc-digest", undefined, "query must NOT have additional properties"],
  ["GET", "/pulls", undefined, "is not in github-schema.json"],
])("%s %s with %j does not fit GitHub's description, and stopping says so", async (method, path, body, trouble) => {
  const github = await startGitHub({ issues: [{ title: "One" }] });
  const response = await fetch(`${github.apiUrl}/repos/octo-org/mail${path}`, {
    method,
    headers: { Authorization: "Bearer ghs_test_token" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect([404, 422]).toContain(response.status);
  expect(github.issues).toMatchObject([{ title: "One", state: "open" }]);
  await expect(github.stop()).rejects.toThrow(trouble);
});

test("an answer that does not fit GitHub's description is noticed", () => {
  const call = { operationId: "issues/create", path: {} };
  expect(replyTrouble(call, 201, { number: 1 })).toContain("answer must have required property 'labels'");
  expect(replyTrouble(call, 403, { message: 1 })).toEqual(["answer/message must be string"]);
  expect(replyTrouble(undefined, 404, { message: "Not Found" })).toEqual([]);
});

test("two run side by side", async () => {
  const [one, other] = await Promise.all([startGitHub(), startGitHub({ issues: [{ title: "One" }] })]);
  const list = (apiUrl: string) => clientOf(apiUrl).paginate("GET /repos/{owner}/{repo}/issues", at);
  expect((await list(one.apiUrl)).length).toBe(0);
  expect((await list(other.apiUrl)).length).toBe(1);
  await Promise.all([one.stop(), other.stop()]);
});
