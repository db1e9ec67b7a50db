import { type GitHubOptions, githubClient } from "./client.ts";

/**
 * Whether everybody can read a repository; `undefined` when GitHub doesn't say.
 *
 * @param options - `repository` is `owner/name`.
 */
export async function isPublicRepository({
  repository,
  ...options
}: GitHubOptions & { repository: string }): Promise<boolean | undefined> {
  const [owner = "", repo = ""] = repository.split("/");
  return await githubClient(options)
    .rest.repos.get({ owner, repo })
    .then(
      ({ data }) => data.visibility === "public",
      () => undefined,
    );
}
