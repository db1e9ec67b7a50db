import type { History } from "./history.ts";

/** A history that takes commits and writes nothing: what was committed can be read, and is gone with the process. */
export function dryHistory(history: History): History {
  const written = new Map<string, string | undefined>();
  return {
    get head() {
      return history.head;
    },
    isPublic: history.isPublic,
    async readFiles(paths) {
      const texts = await history.readFiles(paths.filter((path) => !written.has(path)));
      for (const path of paths) {
        const text = written.get(path);
        if (text !== undefined) texts.set(path, text);
      }
      return texts;
    },
    async listFolders() {
      const ours = [...written].flatMap(([path, text]) =>
        text === undefined ? [] : (/^[^/]+(?=\/)/.exec(path) ?? []),
      );
      return [...new Set([...(await history.listFolders()), ...ours])].sort();
    },
    reopen: () => history.reopen(),
    async commit(files) {
      for (const [path, text] of files) written.set(path, text);
      return history.head;
    },
    fileUrl: (path, commit) => history.fileUrl(path, commit),
    folderUrl: (commit) => history.folderUrl(commit),
  };
}
