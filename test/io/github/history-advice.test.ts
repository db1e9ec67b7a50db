import { expect, test } from "vitest";
import { GraphQLError, type GraphQLTrouble } from "../../../src/io/github/graphql.ts";
import { passingOf } from "../../../src/io/github/history-advice.ts";

function request(status: number, headers?: Record<string, string>, message = ""): Error {
  return Object.assign(new Error(message), { status, ...(headers && { response: { headers } }) });
}

const graphql = (errors: GraphQLTrouble[], headers = {}) => new GraphQLError(errors, { headers });

test.each([
  ["an outage", request(502, {}), { isPassing: true }],
  ["no answer", request(500), { isPassing: true }],
  [
    "a secondary limit",
    request(403, { "retry-after": "120" }, "secondary rate limit"),
    { isPassing: true, pause: 120 },
  ],
  ["one that names no time", request(429, {}), { isPassing: true, pause: 60 }],
  ["a query that took too long", graphql([{ message: "Something went wrong" }]), { isPassing: true }],
  ["an answer that was cut", graphql([]), { isPassing: true }],
  ["GraphQL's limit", graphql([{ type: "RATE_LIMITED", message: "" }]), { isPassing: true, pause: 60 }],
  ["a rule", graphql([{ type: "BRANCH_PROTECTION_RULE_VIOLATION", message: "" }]), { isPassing: false }],
  ["a wrong token", request(401, {}), { isPassing: false }],
  ["a token that may not", request(403, {}, "Resource not accessible by integration"), { isPassing: false }],
  ["a defect", new TypeError("x"), { isPassing: false }],
])("%s passes by itself, or does not", (_, error, passing) => {
  expect(passingOf(error)).toEqual(passing);
});

test("the hourly limit is waited for until it is lifted", () => {
  const reset = Math.ceil(Date.now() / 1000) + 100;
  const error = request(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) });
  expect(passingOf(error).pause).toBeGreaterThan(90);
  expect(passingOf(error).pause).toBeLessThanOrEqual(101);
});
