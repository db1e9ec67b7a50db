/**
 * The web address of a repository by the address of its remote, or `undefined` for one that has none.
 *
 * `git@github.com:org/repo.git` and `https://user:secret@github.com/org/repo` both become `https://github.com/org/repo`.
 */
export function webUrlOf(remoteUrl: string | undefined): string | undefined {
  const match = /^(?:https:\/\/|ssh:\/\/|)(?:[^@/]+@)?([\w.-]+\.[a-z]+)(?::\d+)?[:/]\/?([\w./-]+?)(?:\.git)?\/?$/i;
  const [, host, path] = match.exec(remoteUrl ?? "") ?? [];
  return host === undefined ? undefined : `https://${host}/${path}`;
}

/**
 * A link to a page of a repository, or `undefined` without a web address.
 *
 * @param page - `blob/COMMIT` for a file, `tree/COMMIT` for a folder, as GitHub and Gitea understand them.
 */
export function pageUrl(webUrl: string | undefined, page: string, path: string): string | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  return webUrl && [webUrl, page, ...parts.map(encodeURIComponent)].join("/");
}
