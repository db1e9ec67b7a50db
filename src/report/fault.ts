/**
 * What can go wrong with the history, GitHub and settings, in English, as the log of a run has it; `{name}` is a value. The same in
 * other languages is in `render/words`. A sentence says what failed, on which thing, what came, and what to do.
 */
const texts = {
  // The history in a work tree of git.
  "branch-unread": "Branch {branch} of remote {place} can't be read. {step} git says: {said}",
  "branch-unpushed": "Branch {branch} of remote {place} can't be pushed. {step} git says: {said}",
  "push-unknown":
    "Branch {branch} of remote {place} may have been pushed or not, since the connection ended before the answer: run again. git says: {said}",
  "commit-failed": "Branch {branch} of {top} can't be committed to. {step} git says: {said}",
  "git-failed": "git {command} failed in {folder}. {step} git says: {said}",
  "branch-moved": "The branch of {top} has moved meanwhile: run again. Nothing was changed.",
  "never-still": "{why} That was so {tries} times in a row: see what else writes to this branch.",
  "branch-switched": "{top} was on branch {before} and is on {now} now. Switch back, then run again.",
  "branch-gone-here": "Branch {branch} of {top} was deleted meanwhile. It is not made anew: bring it back by hand.",
  "branch-gone-there":
    "Branch {branch} was deleted at remote {place}. Nothing was changed, and it is not made anew. If it should live on, push it by hand (git push {place} HEAD:{branch}); if not, switch to the branch that holds the history now.",
  "gone-apart": "The local branch and {branch} of {place} have gone apart. Nothing was changed. {step}",
  "read-alone": "{top} was opened to be read alone: nothing is committed to it.",
  "no-branch":
    "{top} must be on a branch, so that the history is kept, but its HEAD is detached. Run git switch BRANCH; in a workflow, give actions/checkout the branch as ref.",
  uncommitted:
    "{path} has changes that are not committed. Nothing was changed. Commit them, or take them back with git checkout.",
  "data-path-is-file": "data-path must be a folder, but {folder} is a file. Name another.",
  "no-git": "git can't be started. Install it, then run again.",
  "no-work-tree":
    "data-path {folder} must be in the work tree of a git repository (git says: {said}). Run git init or git clone there first; in a workflow, use actions/checkout before this action.",
  "note-unwritten": "{file} can't be written ({said}). Nothing was changed.",
  "files-behind":
    "The commit {commit} is made, but the files in {top} could not be brought up to it (git says: {said}). {step} The next run brings them up to it.",
  "files-in-the-way":
    "Files in {top} that are not committed are in the way of the history, or can't be written (git says: {said}). Nothing was changed. Commit them or move them away, then run again.",
  "moved-meanwhile": "Branch {branch} of {top} has moved meanwhile: run again. git says: {said}",
  "branch-unmoved":
    "Branch {branch} of {top} can't be moved. See that the disk is not full and .git may be written to, then run again: what was pushed is kept. git says: {said}",
  locked: "{top} can't be written to. {step} git says: {said}",
  "no-file": "{path} is no file in the history ({what}).",
  "nothing-to-prune": "{top} has no commit yet: there is nothing to prune.",
  "prune-unequal":
    "Branch {branch} of {top} stands at {here}, and {other} of {place} {there}. Nothing was changed. Make them equal first (git pull, git push), then prune again.",
  "stands-at": "at {commit}",
  "stands-nowhere": "is not there",
  "prune-mixed":
    "Branch {branch} holds files that are no part of the history ({count}, such as {path}), and their log would go with it. Nothing was changed. Prune is for a repository of the history's own, or a branch of its own (data-branch).",
  "folder-unopened": "{folder} can't be opened: {problem}. Name the folder of a history, such as data.",
  "no-such-folder": "there is no such folder",
  "no-history": "There is no history in {folder}. Name its folder: dmarc-digest {command} DATA.",
  // What to do about git.
  "try-fetch": "Try git fetch by hand to see why.",
  "try-push": "The remote has refused it: try git push by hand to see why.",
  "try-there": "Run it there by hand to see why.",
  "run-again": "Run again.",
  "hook-refused": "The hook {hook} has refused it: see why, or take it away.",
  "pushed-meanwhile": "Somebody else has pushed to it meanwhile: run again.",
  "push-too-large": "The remote takes no push as large as this one, or no file in it.",
  "rule-refused":
    "A rule protects it: allow the workflow to push to {branch} (Settings, Rules), or keep the history in a repository of its own.",
  "disk-full-somewhere": "The disk is full, here or at the remote: make room, then run again.",
  "push-denied": "The token may not write: give the workflow `permissions: contents: write`.",
  "host-unreached": "The host did not answer: run again later.",
  "repository-unseen": "There is no repository, or it is not for you to see: check git remote -v and the token.",
  "pull-rebase": "Bring the two together by hand (git pull --rebase), then run again.",
  "take-theirs":
    "They have no commit in common, as after dmarc-digest prune elsewhere. If nothing here is to be kept, take the remote's: git fetch {place} {branch} && git reset --hard FETCH_HEAD. Then run again.",
  "lock-left":
    "Another git command is at work there, or was killed. Run again; if it says so again and no git runs there, delete the .lock file that git names.",
  "disk-full": "The disk is full: make room, then run again.",
  "filter-failed":
    "A filter that .gitattributes names for the history's files failed: install it (git lfs install, say), or take the files out of it (*.json -filter).",
  "folder-of-others":
    "Somebody else owns the folder: allow it by git config --global --add safe.directory with its path.",
  "repository-damaged": "The repository is damaged: git fsck names what is broken; clone it anew.",
  // Files of the history.
  "newer-format": "{path} has format version {version}, and this release knows version 1. Upgrade dmarc-digest.",
  damaged:
    "{path} can't be read ({problem}). It was not overwritten. Bring back an earlier version of it from git (in data-path: git log -- {path}), then run again.",
  rebuildable: "{why} Or make it anew from the day files with dmarc-digest rebuild, and commit it.",
  "old-folder":
    "The folder {name} is of an older release. It is called ~{name} now, since Windows takes {name} for a device. Move it in data-path (git mv {name} ./~{name}), commit and push that, then run again. Nothing was changed.",
  // GitHub.
  "github-no-answer": "GitHub: could not {doing}: {said}. {step}",
  "github-refused": "GitHub: could not {doing} ({said}). {step}",
  "github-impossible": "GitHub: could not {doing}. {step}",
  "github-defect": "GitHub: could not {doing}: {said}",
  "to-read-branch": "read branch {branch} of {repository}",
  "to-read-default": "read the default branch of {repository}",
  "to-read-file": "read {path} of {repository} at {commit}",
  "to-read-files": "read {count} files of {repository} at {commit}",
  "to-list-folders": "list the folders of {repository} at {commit}",
  "to-commit": "commit to branch {branch} of {repository}",
  "to-learn": "learn whether the commit to branch {branch} of {repository} was made",
  "to-look": "look at the set-up in {repository}",
  "to-read-issues": "read the issues in {repository}",
  "to-open-issue": "open an issue for {name} in {repository}",
  "to-update-issue": "update the issue #{number} in {repository}",
  "to-reopen-issue": "reopen the issue #{number} in {repository}",
  "to-close-issue": "close the issue #{number} in {repository}",
  "moved-on":
    "Branch {branch} of {repository} has moved on since it was read: somebody else has committed. Nothing was changed. Run again.",
  "branch-deleted":
    "Branch {branch} of {repository} was deleted while this run was under way. It is not made anew, since nobody would see that its history is missing. It stood at {commit}: restore it (git push origin {commit}:refs/heads/{branch} from a clone that has it), or run again to start a new history.",
  "object-damaged": "The object {object} did not come as it is stored. Run again.",
  "data-path-no-folder":
    "data-path must be a folder, but {path} on branch {branch} of {repository} is a symbolic link, a file or a submodule. Nothing was read or written. Name the folder itself in input data-path.",
  // What to do about GitHub.
  "nothing-lost": "Nothing is lost: run again.",
  "github-trouble": "GitHub had trouble. Nothing is lost: run again.",
  "github-trouble-issues": "GitHub had trouble. The next run tries again, and looks for the issue before it opens one.",
  "github-unknown": "GitHub did not accept it. If it stays so, please report it to dmarc-digest with this line.",
  "rate-limit": "GitHub's rate limit was reached. {next}",
  "rate-limit-until": "GitHub's rate limit was reached and is lifted at {at}. {next}",
  "rate-limit-pause": "GitHub's rate limit was reached; it asks for a pause of {seconds} seconds. {next}",
  "next-goes-on": "Nothing is lost: the next run goes on from here.",
  "next-tries": "The next run tries again.",
  "next-looks": "The next run tries again, and looks for the issue before it opens one.",
  "token-wrong":
    "The token is wrong or has expired. Give input github-token (or issue-token, where that is given) the workflow's own token (github.token), a new personal access token or a GitHub App's token.",
  "not-permitted":
    "The token may not do that. Add `contents: write` to the `permissions:` of the job in the workflow file (naming one permission takes away the others, so keep `issues: write` if issues are on); a fine-grained personal access token or a GitHub App needs the repository permission Contents: read and write.",
  "no-repository":
    "There is no repository {repository} that the token can see. Check the name; the workflow's own token sees only the workflow's repository, another one needs a personal access token or a GitHub App's token with Contents: read and write.",
  "repository-empty":
    "{repository} has no commit yet, and GitHub's API can't make the first one of several files. Commit a README or the workflow file there, then run again.",
  "repository-archived":
    "{repository} is archived, so that nothing can be committed. Unarchive it under Settings, or keep the history in another repository.",
  "commit-too-large":
    "GitHub's API takes commits of about 40 MB. Lower input limits, so that such a mail is set aside as too big; or run dmarc-digest in a clone, which has no such limit.",
  megabytes: "it has {megabytes} MB",
  "single-sign-on":
    "The organization asks for single sign-on: authorize the personal access token for it (Settings, Developer settings, Configure SSO), or use the workflow's own token.",
  "ruleset-refused":
    "A ruleset or branch protection (git push says GH013 or GH006) does not let the token write {branch} of {repository}. Name a branch without such rules in input data-branch, such as dmarc-data; or give input github-token the token of a GitHub App that is on the bypass list of the ruleset, where the workflow's own token can't be.",
  "some-branch": "the branch",
  "issues-archived": "{repository} is archived, so it takes no issues. Unarchive it, or use another repository.",
  "issues-not-permitted":
    "The token may not write issues. Add `issues: write` to the `permissions:` of the job in the workflow file (naming one permission takes away the others, so keep `contents: write`); a fine-grained personal access token needs the repository permission Issues: read and write.",
  "issues-no-repository":
    "There is no repository {repository} that the token can see. Check the name; the workflow's own token sees only the workflow's repository, and a private one only with `issues: write` in the `permissions:` of the job.",
  "issues-off":
    "Issues are switched off in {repository}. Switch them on under Settings, General, Features, or use a repository that has them.",
  "issue-defect":
    "GitHub did not accept the issue as it was made. That is a defect of dmarc-digest: please report it with this line.",
  "issues-page": "See https://docs.github.com/en/rest/issues/issues.",
  "issue-unlabelled":
    "GitHub opened {url} but left out the label {label}; without it the issue is not found again, and the next run opens another. Set the label by hand, and use a token of somebody with write access, such as the workflow's own with `permissions: issues: write`.",
  "issue-unassigned":
    "GitHub opened {url}, and did not assign {names}: check the names under assignees; who is assigned must have access to the repository, and the token's owner write access.",
  "issues-moved":
    "{why} Issues are in another repository now, as issue-repository says: close by hand what dmarc-digest has left open in {repository}.",
  // Settings.
  meaning: "{description} Example: {example}",
  "file-example": "Example: language: ja",
  "input-wrong": "Input {name} must be {expected}, got {got}. Example: {example}",
  "input-near": "Unknown input {name}. Did you mean {near}?",
  "input-unknown": "Unknown input {name}. Known are {names}",
  "input-missing": "Input {name} is missing: {why}. Example: {example}",
  "secret-hidden": "a value of {length} characters (a secret, not shown)",
  "got-nothing": "nothing",
  "got-list": "a list",
  "got-empty-list": "an empty list",
  "got-map": "a map",
  "got-no-text": "no text",
  "got-key": "a list or a map as a key",
  given: "{name} is given",
  "given-as": "{name} is {value}",
  "given-without-region": "s3 is given, and AWS_REGION is not set",
  "at-place": "{place}: {problem}",
  "of-mailbox": "mailbox {name}: {problem}",
  "with-meaning": "{problem} {meaning}",
  "not-yaml":
    "This is not YAML: {message}. Look at the indentation, and put text with : # * @ $ or quotes into quotes. {meaning}",
  "anchor-wrong":
    "The anchor &{name} is not there before this, leads to itself, or stands for too much: write it out, or put a text with * into quotes. {meaning}",
  "key-twice": "{name} stands here for the second time: put what is below both below one. {meaning}",
  "key-wrong": "{name} must be {expected}, got {got}. {meaning}",
  "key-missing": "{name} is missing: it must be {expected}. {meaning}",
  "setting-missing": "{name} is missing: {why}. {meaning}",
  "no-keys": "The file must be keys with their values, got {got}. Example: language: ja",
  "key-said": "{said}. {meaning}",
  "name-of-another": "name {name} is that of another mailbox",
  "no-such-group": "group {name} is none of groups ({known})",
  "no-groups": "there are none",
  "judged-together": "{name} and {other} are judged together, as {judged}: write their settings there",
  "judged-above": "{name} stands for no domain, since one is judged with its subdomains: write {judged}",
  "variable-unset": "{name} names the variable {variable}, which is not set. In the workflow: {workflow}",
  "mute-of-both": "mute takes a sender or a key, not both",
  "mute-of-nothing": "mute needs a sender, a key or a rule",
  "key-elsewhere": "{key} does not stand here, but {places}. {meaning}",
  "at-top": "at the top",
  "in-mailbox": "in an entry of mailboxes",
  "with-domain": "with a domain",
  "in-mute": "in an entry of mute at the top",
  "of-one-run": "among the inputs, since it is of one run",
  "key-near": "Unknown key {key}. Did you mean {near}? {meaning}",
  "key-unknown": "Unknown key {key}. Known are here {names}. {meaning}",
  "key-near-elsewhere": "Unknown key {key}. Did you mean {near}? It stands {places}. {meaning}",
  "stray-variable":
    "{variable} stands for a secret alone, as the whole value of a field that holds one: write the value out. {meaning}",
  "no-mailbox":
    "No mailbox to read. Give imap-host, imap-user and imap-password for a mailbox, graph for one of Microsoft 365, s3 for a bucket, or mail-path for files on disk.",
  "mailbox-twice":
    "Two mailboxes have the name {name}, by which the history knows how far they were read. Give each a name of its own. {meaning}",
  "s3-credentials":
    "s3 needs credentials: let aws-actions/configure-aws-credentials run in a step before (permissions: id-token: write), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
  "slack-twice": "slack-token and slack-webhook-url are both given. Give one: the token can send the CSV.",
  "channel-alone": "{place}: slack-channel needs slack-token, the bot that posts there. {meaning}",
  "slack-half": "{name} is missing: slack-token and slack-channel go together.",
  "branch-for-git":
    "data-branch is for store github; with store git, check that branch out and name its folder by data-path.",
  "store-github":
    "store is github, which needs a GitHub Action's environment (GITHUB_REPOSITORY) and github-token. Give them, or set store to git.",
  "shard-alone":
    "Input shard is for mode: collect, not for {mode}: of the other mails nobody would read any. Give mode: collect, and let another job commit what is collected (docs/scale.md).",
  "collect-collected":
    "mode: collect and collected are both given: mode: collect reads the mailboxes and leaves what they hold, collected names what such jobs have left. Take out collected here, or let the job that commits have it, with mode: digest (docs/scale.md).",
  "data-path-wrong": "data-path must be a folder of the repository for store github, got {got}. Example: data",
  "pull-request":
    "This run was started by {event}: whoever opens a pull request would run this with your secrets. Nothing was read or sent. Start it by schedule or workflow_dispatch, on the default branch.",
  "other-branch":
    "This run is of {ref}, and the default branch is {branch}. Nothing was read or sent. Start it there, or try it here with dry-run: true.",
  "config-unread": "The file {path} can't be read: {problem}",
  "config-not-there": "Input config names {path}, and there is no such file {where}.",
  "on-branch": "on the default branch of {repository}",
  "on-disk": "on the disk",
  // A run as a whole.
  "sent-unrecorded":
    "What was sent could not be recorded: the next run posts it again, and says there that it may stand in the channel twice. {why}",
  "history-public":
    "The repository of the history is public, and DMARC reports name your mail servers, services and failures. Nothing was read or written. Make the repository private, or keep the history in a private one of its own; if everybody may read it, set allow-public: true.",
  "clock-wrong":
    "The clock of this machine says that it is {now}, but {against}. Nothing was read or sent: by a wrong clock, reports are passed over as implausible, and days to come are taken for sent. Set the clock (timedatectl set-ntp true), then run again.",
  "clock-of-server": "{host} says that it is {at}",
  "clock-of-commit": "the newest commit of the history, {commit}, is of {at}",
  "commit-on-top":
    "{why} If that commit is what is wrong, put one with the right date on top: git commit --allow-empty.",
} as const satisfies Record<string, string>;

/** The English of the faults. */
export const englishFaults: FaultWords = { language: "en", texts };

/** What went wrong. */
export type FaultCode = keyof typeof texts;

/** The names in the text of a fault. */
type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** Something that went wrong outside of a mail, as data: what a text of its code names, some of it faults themselves. */
export interface Fault {
  code: FaultCode;
  values: Readonly<Record<string, FaultValue>>;
}

/** A text in every language. */
export interface Localized {
  en: string;
  ja: string;
}

type FaultValue = string | number | Fault | readonly Fault[] | Localized;

/** What a language says of faults. */
export interface FaultWords {
  language: keyof Localized;
  texts: Readonly<Record<FaultCode, string>>;
}

/** A fault with all values that its text names. */
export function makeFault<Code extends FaultCode>(
  code: Code,
  values: Record<NamesIn<(typeof texts)[Code]>, FaultValue>,
): Fault {
  return { code, values };
}

/** A fault in words; in English where no others are given. A stranger's text may be in it, not yet escaped. */
export function faultText({ code, values }: Fault, words = englishFaults): string {
  return words.texts[code].replaceAll(/\{(\w+)\}/g, (_, name: string) => valueText(values[name] ?? "", words));
}

function valueText(value: FaultValue, words: FaultWords): string {
  if (typeof value !== "object") return String(value);
  if ("code" in value) return faultText(value, words);
  if ("en" in value) return value[words.language];
  return value.map((one) => faultText(one, words)).join(", ");
}

/** An error that is a fault; its message is the English of it. */
export class FaultError extends Error {
  readonly fault: Fault;

  constructor(given: Fault, options?: ErrorOptions) {
    super(faultText(given), options);
    this.fault = given;
  }
}
