import type { Octokit } from "@octokit/rest";
import * as z from "zod";

/** One error of an answer; its `type` is a word such as `STALE_DATA`, absent when GitHub gave up. */
export interface GraphQLTrouble {
  type?: string | undefined;
  message: string;
}

/** An answer with errors, which GitHub sends with HTTP 200, or one that is no GraphQL at all and then has none. */
export class GraphQLError extends Error {
  override name = "GraphQLError";
  readonly errors: GraphQLTrouble[];
  readonly response: { headers: Record<string, string | number | undefined> };

  constructor(errors: GraphQLTrouble[], { headers }: GraphQLError["response"]) {
    super(errors[0]?.message ?? "the answer was cut short or is not GitHub's");
    this.errors = errors;
    this.response = { headers };
  }
}

/** One operation: its document, its variables, and the shape of its data. */
export interface GraphQLOperation<T> {
  query: string;
  variables: Record<string, unknown>;
  shape: z.ZodType<T>;
  /** A mutation: it waits for its turn as GitHub asks of writes, and is sent once only. */
  isMutation?: boolean;
  /** It is sent once only, also when a 5xx comes or the connection is lost; mutations always are. */
  isOnce?: boolean;
}

/** Sends one operation; gives its data. */
export type GraphQL = <T>(operation: GraphQLOperation<T>) => Promise<T>;

const answerShape = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ type: z.string().optional(), message: z.string() })).optional(),
});

/**
 * GitHub's GraphQL API as two clients see it: one for mutations, and one for queries.
 *
 * @param url - `GITHUB_GRAPHQL_URL`, such as `https://api.github.com/graphql`.
 * @throws GraphQLError, from the function, when one part of the operation or all of it failed; Octokit's `RequestError`
 *   when no answer came or not HTTP 200.
 */
export function graphqlOf({ writer, reader }: { writer: Octokit; reader: Octokit }, url: string): GraphQL {
  return async ({ query, variables, shape, isMutation = false, isOnce = isMutation }) => {
    // Any other number of retries than none would have the plugin repeat refusals as well.
    const request = isOnce ? { retries: 0 } : {};
    const { headers, data: body } = await (isMutation ? writer : reader)
      .request(`POST ${url}`, { query, variables, request })
      .catch((error: unknown) => {
        // Of `RATE_LIMITED` the throttling plugin makes a plain error, with the answer inside.
        const isLimited = error instanceof Error && !("status" in error) && "response" in error;
        if (!isLimited) throw error;
        return error.response as GraphQLError["response"] & { data: unknown };
      });
    const answer = answerShape.safeParse(body);
    if (!answer.success) throw new GraphQLError([], { headers });
    const { data, errors = [] } = answer.data;
    if (errors.length > 0) throw new GraphQLError(errors, { headers });
    const checked = shape.safeParse(data);
    if (!checked.success) throw new GraphQLError([], { headers });
    return checked.data;
  };
}
