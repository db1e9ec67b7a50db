import { startGitHub } from "../../../test/servers/github/github.ts";

/*
 * `github-process.ts BARE`, forked: the local GitHub in front of a bare repository, in a process of its own, so that
 * what it takes is not counted. Sends where it is; answers each message with the requests that have come since the one
 * before it; ends when the channel does.
 */

/** Where the local GitHub is. */
export interface GitHubAddress {
  apiUrl: string;
  graphqlUrl: string;
}

/** A request that it got: its kind, and the bytes of what was sent with it. */
export interface GitHubRequest {
  kind: string;
  bytes: number;
}

const unlimited = { requestsAnHour: Number.POSITIVE_INFINITY, writesAnHour: Number.POSITIVE_INFINITY };
const server = await startGitHub({ bare: process.argv[2] ?? "", limits: unlimited });
process.send?.({ apiUrl: server.apiUrl, graphqlUrl: server.graphqlUrl } satisfies GitHubAddress);
process.on("message", () => {
  const requests = server.requests.splice(0).map(
    ({ operation, method, path, body }): GitHubRequest => ({
      kind: operation ?? `${method} ${path.replaceAll(/[0-9a-f]{40}/g, "ID")}`,
      bytes: body === undefined ? 0 : JSON.stringify(body).length,
    }),
  );
  process.send?.(requests);
});
process.on("disconnect", () => {
  void server.stop();
});
