export { gitIn } from "./command.ts";
export { commitsIn } from "./commits.ts";
export { openGitHistory } from "./history.ts";
export { type Pruned, type PruneOptions, pruneHistory } from "./prune.ts";
