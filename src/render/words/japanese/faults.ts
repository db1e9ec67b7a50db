import type { FaultCode, FaultWords } from "../../../report/fault.ts";
import settings from "./settings.json" with { type: "json" };

/** What can go wrong with the history, GitHub and settings; `{name}` is a value. */
const texts: Readonly<Record<FaultCode, string>> = {
  // The history in a work tree of git.
  "branch-unread": "リモート {place} のブランチ {branch} を読み取れません。{step}git の出力: {said}",
  "branch-unpushed": "リモート {place} のブランチ {branch} にプッシュできません。{step}git の出力: {said}",
  "push-unknown":
    "応答の前に接続が切れたため、リモート {place} のブランチ {branch} へのプッシュが完了したかどうか不明です。もう一度実行してください。git の出力: {said}",
  "commit-failed": "{top} のブランチ {branch} にコミットできません。{step}git の出力: {said}",
  "git-failed": "{folder} で git {command} が失敗しました。{step}git の出力: {said}",
  "branch-moved": "実行中に {top} のブランチが更新されました。何も変更していません。もう一度実行してください。",
  "never-still": "{why}{tries}回連続で発生しています。このブランチに書き込むほかの処理を確認してください。",
  "branch-switched":
    "{top} のブランチが {before} から {now} に切り替わっています。元のブランチに戻してから、もう一度実行してください。",
  "branch-gone-here":
    "実行中に {top} のブランチ {branch} が削除されました。自動では作り直しません。手動で復元してください。",
  "branch-gone-there":
    "リモート {place} でブランチ {branch} が削除されています。何も変更しておらず、自動では作り直しません。残す場合は手動でプッシュし(`git push {place} HEAD:{branch}`)、残さない場合は現在の履歴があるブランチに切り替えてください。",
  "gone-apart": "ローカルのブランチと {place} の {branch} が分岐しています。何も変更していません。{step}",
  "read-alone": "{top} は読み取り専用で開いたため、コミットできません。",
  "no-branch":
    "履歴を残すには {top} がブランチ上にある必要がありますが、HEAD が切り離されています。`git switch BRANCH` を実行してください。ワークフローでは actions/checkout の ref にブランチを指定してください。",
  uncommitted:
    "{path} にコミットしていない変更があります。何も変更していません。コミットするか、git checkout で元に戻してください。",
  "data-path-is-file":
    "data-path にはフォルダーを指定する必要がありますが、{folder} はファイルです。別の場所を指定してください。",
  "no-git": "git を起動できません。インストールしてから、もう一度実行してください。",
  "no-work-tree":
    "data-path {folder} は git リポジトリの作業ツリー内にある必要があります(git の出力: {said})。先に git init または git clone を実行してください。ワークフローでは、このアクションの前に actions/checkout を使ってください。",
  "note-unwritten": "{file} に書き込めません({said})。何も変更していません。",
  "files-behind":
    "コミット {commit} は作成しましたが、{top} のファイルに反映できませんでした(git の出力: {said})。{step}次回の実行で反映します。",
  "files-in-the-way":
    "{top} にあるコミットしていないファイルが履歴の更新を妨げているか、書き込めません(git の出力: {said})。何も変更していません。コミットするか別の場所に移してから、もう一度実行してください。",
  "moved-meanwhile":
    "実行中に {top} のブランチ {branch} が更新されました。もう一度実行してください。git の出力: {said}",
  "branch-unmoved":
    "{top} のブランチ {branch} を更新できません。ディスクの空き容量と .git への書き込み権限を確認してから、もう一度実行してください。プッシュ済みの内容は残っています。git の出力: {said}",
  locked: "{top} に書き込めません。{step}git の出力: {said}",
  "no-file": "{path} は履歴のファイルではありません({what})。",
  "nothing-to-prune": "{top} にはまだコミットがなく、整理するものがありません。",
  "prune-unequal":
    "{top} のブランチ {branch} は {here} にあり、{place} の {other} は{there}。何も変更していません。先に両者を一致させてから(git pull、git push)、もう一度 prune を実行してください。",
  "stands-at": "{commit} にあります",
  "stands-nowhere": "存在しません",
  "prune-mixed":
    "ブランチ {branch} に履歴以外のファイル({path} など{count}件)があり、prune を実行するとその変更履歴も失われます。何も変更していません。prune は履歴専用のリポジトリまたはブランチ(data-branch)で使ってください。",
  "folder-unopened": "{folder} を開けません: {problem}。data など、履歴のフォルダーを指定してください。",
  "no-such-folder": "フォルダーがありません",
  "no-history": "{folder} に履歴がありません。フォルダーを指定してください: `dmarc-digest {command} DATA`",
  // What to do about git.
  "try-fetch": "手動で git fetch を実行し、原因を確認してください。",
  "try-push": "リモートに拒否されました。手動で git push を実行し、原因を確認してください。",
  "try-there": "その場所で手動で実行し、原因を確認してください。",
  "run-again": "もう一度実行してください。",
  "hook-refused": "フック {hook} に拒否されました。原因を確認するか、フックを外してください。",
  "pushed-meanwhile": "実行中にほかの処理がプッシュしました。もう一度実行してください。",
  "push-too-large": "プッシュ、またはその中のファイルが、リモートの受け付けるサイズを超えています。",
  "rule-refused":
    "ルールで保護されています。ワークフローに {branch} へのプッシュを許可するか(Settings、Rules)、履歴を専用のリポジトリに置いてください。",
  "disk-full-somewhere":
    "このマシンまたはリモートのディスクに空きがありません。空きを作ってから、もう一度実行してください。",
  "push-denied":
    "トークンに書き込み権限がありません。ワークフローに `permissions: contents: write` を指定してください。",
  "host-unreached": "ホストから応答がありません。時間をおいて、もう一度実行してください。",
  "repository-unseen": "リポジトリがないか、閲覧する権限がありません。`git remote -v` とトークンを確認してください。",
  "pull-rebase": "手動で両者をまとめてから(`git pull --rebase`)、もう一度実行してください。",
  "take-theirs":
    "別の場所で dmarc-digest prune を実行した後のように、共通のコミットがありません。こちらに残すものがなければ、リモートの内容に合わせてから(`git fetch {place} {branch} && git reset --hard FETCH_HEAD`)、もう一度実行してください。",
  "lock-left":
    "別の git コマンドが実行中か、強制終了されています。もう一度実行してください。それでも解消せず、git が動いていなければ、git の出力にある .lock ファイルを削除してください。",
  "disk-full": "ディスクに空きがありません。空きを作ってから、もう一度実行してください。",
  "filter-failed":
    ".gitattributes で履歴のファイルに指定されたフィルターが失敗しました。フィルターをインストールするか(`git lfs install` など)、履歴のファイルを対象から外してください(*.json -filter)。",
  "folder-of-others":
    "フォルダーの所有者が別のユーザーです。`git config --global --add safe.directory` にパスを指定して許可してください。",
  "repository-damaged": "リポジトリが壊れています。破損箇所は git fsck で確認できます。クローンし直してください。",
  // Files of the history.
  "newer-format":
    "{path} の形式はバージョン{version}ですが、このリリースが対応するのはバージョン1です。dmarc-digest を更新してください。",
  damaged:
    "{path} を読み取れません({problem})。上書きはしていません。git から以前の版を復元してから(data-path で `git log -- {path}`)、もう一度実行してください。",
  rebuildable: "{why}または dmarc-digest rebuild で日ごとのファイルから作り直し、コミットしてください。",
  "old-folder":
    "フォルダー {name} は以前のリリースのものです。Windows が {name} をデバイス名として扱うため、現在の名前は ~{name} です。data-path で移動し(`git mv {name} ./~{name}`)、コミットとプッシュをしてから、もう一度実行してください。何も変更していません。",
  // GitHub.
  "github-no-answer": "GitHub: {doing}ができませんでした: {said}。{step}",
  "github-refused": "GitHub: {doing}ができませんでした({said})。{step}",
  "github-impossible": "GitHub: {doing}ができませんでした。{step}",
  "github-defect": "GitHub: {doing}ができませんでした: {said}",
  "to-read-branch": "{repository} のブランチ {branch} の読み取り",
  "to-read-default": "{repository} のデフォルトブランチの読み取り",
  "to-read-file": "{repository} の {commit} にある {path} の読み取り",
  "to-read-files": "{repository} の {commit} にある{count}ファイルの読み取り",
  "to-list-folders": "{repository} の {commit} にあるフォルダーの一覧取得",
  "to-commit": "{repository} のブランチ {branch} へのコミット",
  "to-learn": "{repository} のブランチ {branch} へのコミットが完了したかどうかの確認",
  "to-look": "{repository} の設定の確認",
  "to-read-issues": "{repository} の Issue の読み取り",
  "to-open-issue": "{repository} での {name} の Issue の作成",
  "to-update-issue": "{repository} の Issue #{number} の更新",
  "to-reopen-issue": "{repository} の Issue #{number} の再オープン",
  "to-close-issue": "{repository} の Issue #{number} のクローズ",
  "moved-on":
    "{repository} のブランチ {branch} に、読み取り後にほかの処理がコミットしました。何も変更していません。もう一度実行してください。",
  "branch-deleted":
    "実行中に {repository} のブランチ {branch} が削除されました。履歴の欠落に気付けるよう、自動では作り直しません。削除前の位置は {commit} です。復元するか({commit} を含むクローンから `git push origin {commit}:refs/heads/{branch}`)、もう一度実行して新しい履歴を始めてください。",
  "object-damaged": "オブジェクト {object} の内容が保存されているものと異なります。もう一度実行してください。",
  "issue-repository-name":
    'Issue のリポジトリは owner/name の形式で指定してください(指定値: "{given}")。例: octo-org/mail',
  "repository-name": 'リポジトリは owner/name の形式で指定してください(指定値: "{given}")。例: octo-org/mail',
  "data-path-outside": 'data-path にはリポジトリ内のフォルダーを指定してください(指定値: "{given}")。例: data',
  "data-path-no-folder":
    "data-path にはフォルダーを指定する必要がありますが、{repository} のブランチ {branch} の {path} はシンボリックリンク、ファイル、またはサブモジュールです。何も読み書きしていません。入力 data-path にフォルダー自体を指定してください。",
  // What to do about GitHub.
  "nothing-lost": "失われたものはありません。もう一度実行してください。",
  "github-trouble": "GitHub 側の障害です。失われたものはありません。もう一度実行してください。",
  "github-trouble-issues": "GitHub 側の障害です。次回の実行で再試行し、作成の前に既存の Issue を確認します。",
  "github-unknown": "GitHub に受け付けられませんでした。続く場合は、この行を添えて dmarc-digest に報告してください。",
  "rate-limit": "GitHub のレート制限に達しました。{next}",
  "rate-limit-until": "GitHub のレート制限に達しました(解除は {at})。{next}",
  "rate-limit-pause": "GitHub のレート制限に達し、{seconds}秒の待機を求められました。{next}",
  "next-goes-on": "失われたものはなく、次回の実行で続きから処理します。",
  "next-tries": "次回の実行で再試行します。",
  "next-looks": "次回の実行で再試行し、作成の前に既存の Issue を確認します。",
  "token-wrong":
    "トークンが正しくないか、有効期限が切れています。入力 github-token に、ワークフローのトークン(github.token)、新しい個人アクセストークン、または GitHub App のトークンを指定してください。",
  "not-permitted":
    "トークンに権限がありません。ワークフローファイルのジョブの `permissions:` に `contents: write` を追加してください(1つでも指定するとほかの権限はなくなるため、Issue を使う場合は `issues: write` も残す)。fine-grained 個人アクセストークンまたは GitHub App には、リポジトリ権限 `Contents: read and write` が必要です。",
  "no-repository":
    "トークンで閲覧できるリポジトリ {repository} がありません。名前を確認してください。ワークフローのトークンで閲覧できるのはそのワークフローのリポジトリだけです。ほかのリポジトリには、`Contents: read and write` を持つ個人アクセストークンまたは GitHub App のトークンが必要です。",
  "repository-empty":
    "{repository} にはまだコミットがなく、GitHub の API では複数ファイルの最初のコミットを作成できません。README またはワークフローファイルをコミットしてから、もう一度実行してください。",
  "repository-archived":
    "{repository} はアーカイブされているため、コミットできません。Settings でアーカイブを解除するか、履歴を別のリポジトリに置いてください。",
  "commit-too-large":
    "GitHub の API で受け付けられるコミットは約 40 MB までです。入力 limits を下げて大きすぎるメールを除外するか、この制限のないクローンで dmarc-digest を実行してください。",
  megabytes: "サイズは {megabytes} MB",
  "single-sign-on":
    "Organization がシングルサインオンを求めています。個人アクセストークンを承認するか(Settings、Developer settings、Configure SSO)、ワークフローのトークンを使ってください。",
  "ruleset-refused":
    "ルールセットまたはブランチ保護(git push では GH013 または GH006)により、トークンは {repository} の {branch} に書き込めません。入力 data-branch に dmarc-data など、ルールのないブランチを指定するか、入力 github-token に、ルールセットのバイパスリストにある GitHub App のトークンを指定してください(ワークフローのトークンはバイパスリストに追加できません)。",
  "some-branch": "対象ブランチ",
  "issues-archived":
    "{repository} はアーカイブされているため、Issue を作成できません。アーカイブを解除するか、別のリポジトリを使ってください。",
  "issues-not-permitted":
    "トークンに Issue の書き込み権限がありません。ワークフローファイルのジョブの `permissions:` に `issues: write` を追加してください(1つでも指定するとほかの権限はなくなるため、`contents: write` も残す)。fine-grained 個人アクセストークンには、リポジトリ権限 `Issues: read and write` が必要です。",
  "issues-no-repository":
    "トークンで閲覧できるリポジトリ {repository} がありません。名前を確認してください。ワークフローのトークンで閲覧できるのはそのワークフローのリポジトリだけで、非公開の場合はジョブの `permissions:` に `issues: write` が必要です。",
  "issue-deleted": "Issue が削除されています。必要になれば、次回の実行で新しく作成します。",
  "issues-off":
    "{repository} の Issue が無効です。Settings、General、Features で有効にするか、Issue を使えるリポジトリを指定してください。",
  "issue-defect":
    "作成した Issue の内容が GitHub に受け付けられませんでした。dmarc-digest の不具合です。この行を添えて報告してください。",
  "issues-page": "https://docs.github.com/en/rest/issues/issues を参照してください。",
  "issue-unlabelled":
    "{url} を作成しましたが、ラベル {label} が付きませんでした。ラベルがないと次回の実行で見つからず、Issue が重複します。手動でラベルを付け、書き込み権限のあるトークン(`permissions: issues: write` を指定したワークフローのトークンなど)を使ってください。",
  "issue-unassigned":
    "{url} を作成しましたが、{names} を担当者にできませんでした。assignees の名前を確認してください。担当者にはリポジトリへのアクセス権が、トークンの所有者には書き込み権限が必要です。",
  "issues-moved":
    "{why} issue-repository の設定により、issue は別のリポジトリに移りました。{repository} に残っている dmarc-digest の issue は手動でクローズしてください。",
  // Settings.
  meaning: "{description}例: {example}",
  "file-example": "例: language: ja",
  "input-wrong": "入力 {name} の値が正しくありません(必要な値: {expected}、指定値: {got})。例: {example}",
  "input-near": "入力 {name} は存在しません。{near} の誤りではありませんか。",
  "input-unknown": "入力 {name} は存在しません。指定できる入力: {names}",
  "input-missing": "入力 {name} が必要です({why})。例: {example}",
  "secret-hidden": "{length}文字の値(シークレットのため非表示)",
  "got-nothing": "値なし",
  "got-list": "一覧",
  "got-map": "キーと値の組",
  "got-no-text": "文字列以外の値",
  "got-key": "一覧または組をキーとするもの",
  given: "{name} が指定されているため",
  "given-as": "{name} が {value} のため",
  "given-without-region": "s3 が指定され、AWS_REGION が未設定のため",
  "at-place": "{place} の誤り: {problem}",
  "not-yaml":
    "YAML として読み取れません: {message}。インデントを確認し、: # * @ $ や引用符を含む値は引用符で囲んでください。{meaning}",
  "anchor-wrong":
    "アンカー &{name} がこの前にないか、自身を参照しているか、展開が大きすぎます。値を直接記述するか、* を含む値を引用符で囲んでください。{meaning}",
  "key-twice": "{name} が2回書かれています。両方の下にある行を1つのキーの下にまとめてください。{meaning}",
  "key-wrong": "{name} の値が正しくありません(必要な値: {expected}、指定値: {got})。{meaning}",
  "key-missing": "{name} が必要です(必要な値: {expected})。{meaning}",
  "setting-missing": "{name} が必要です({why})。{meaning}",
  "no-keys": "ファイルにはキーと値を記述してください(指定値: {got})。例: `language: ja`",
  "key-said": "設定に誤りがあります: {said}。{meaning}",
  "name-of-another": "name {name} は別のメールボックスで使われています",
  "no-such-group": "グループ {name} は groups にありません(あるもの: {known})",
  "no-groups": "なし",
  "judged-together": "{name} と {other} は {judged} としてまとめて判定されるため、設定はそこに書いてください",
  "variable-unset": "{name} が参照する変数 {variable} が設定されていません。ワークフローでの指定: {workflow}",
  "mute-of-both": "mute には sender と key のどちらか一方だけを指定してください",
  "mute-of-nothing": "mute には sender、key、rule のいずれかが必要です",
  "key-elsewhere": "{key} の位置が正しくありません(指定できる位置: {places})。{meaning}",
  "at-top": "最上位",
  "in-mailbox": "mailboxes の各項目",
  "with-domain": "ドメインの設定",
  "in-mute": "最上位の mute の各項目",
  "of-one-run": "1回の実行に関するものなので入力のみ",
  "key-near": "キー {key} は存在しません。{near} の誤りではありませんか。{meaning}",
  "key-unknown": "キー {key} は存在しません。ここで指定できるキー: {names}。{meaning}",
  "key-near-elsewhere": "キー {key} は存在しません。{near} の誤りではありませんか(指定できる位置: {places})。{meaning}",
  "stray-variable":
    "{variable} はシークレットを保持する項目の値全体としてのみ使えます。値を直接記述してください。{meaning}",
  "no-mailbox":
    "読み取るメールボックスがありません。メールボックスは imap-host、imap-user、imap-password、Microsoft 365 は graph、バケットは s3、ディスク上のファイルは mail-path で指定してください。",
  "mailbox-twice":
    "{name} という名前のメールボックスが2つあります。どこまで読み取ったかを名前で記録するため、別の名前を付けてください。{meaning}",
  "s3-credentials":
    "s3 には認証情報が必要です。前のステップで aws-actions/configure-aws-credentials を実行するか(permissions: id-token: write)、AWS_ACCESS_KEY_ID と AWS_SECRET_ACCESS_KEY を設定してください。",
  "slack-twice":
    "slack-token と slack-webhook-url の両方が指定されています。どちらか一方にしてください。CSV も送る場合は slack-token が必要です。",
  "channel-alone": "{place}: slack-channel には、投稿するボットの slack-token が必要です。{meaning}",
  "slack-half": "{name} が必要です。slack-token と slack-channel は両方指定してください。",
  "branch-for-git":
    "data-branch は store: github 用です。store: git では、そのブランチをチェックアウトし、フォルダーを data-path で指定してください。",
  "store-github":
    "store が github の場合、GitHub Actions の環境(GITHUB_REPOSITORY)と github-token が必要です。両方を用意するか、store を git にしてください。",
  "shard-alone":
    "入力 shard は mode: collect 用です(指定された mode: {mode})。ほかのメールが読まれなくなるため、mode: collect にし、集めたものを別のジョブでコミットしてください(docs/scale.md)。",
  "data-path-wrong":
    "store が github の場合、data-path にはリポジトリ内のフォルダーを指定してください(指定値: {got})。例: data",
  "pull-request":
    "この実行は {event} で開始されました。プルリクエストを開いた人がシークレットを使って実行できてしまうため、何も読み取らず、送信もしていません。schedule または workflow_dispatch を使い、デフォルトブランチで実行してください。",
  "other-branch":
    "この実行は {ref} のもので、デフォルトブランチは {branch} です。何も読み取らず、送信もしていません。デフォルトブランチで実行するか、dry-run: true で試してください。",
  "config-needs-token": "入力 config の {path} を読み取るには github-token が必要です。あわせて指定してください。",
  "config-unread": "ファイル {path} を読み取れません: {problem}",
  "config-not-there": "入力 config の {path} が見つかりません({where})。",
  "on-branch": "{repository} のデフォルトブランチ",
  "on-disk": "ディスク上",
  // A run as a whole.
  "sent-unrecorded": "送信の記録に失敗しました。次回の実行で再度投稿し、重複の可能性をその投稿に記載します。{why}",
  "history-public":
    "履歴のリポジトリが公開されています。DMARC レポートには自社のメールサーバー、利用サービス、失敗の内容が含まれます。何も読み書きしていません。リポジトリを非公開にするか、履歴を専用の非公開リポジトリに置いてください。公開して差し支えなければ allow-public: true を指定してください。",
  "clock-wrong":
    "このマシンの時計は {now} ですが、{against}。時計がずれていると、レポートの対象期間を不正と判断したり、これからの日付を送信済みとして扱ったりするため、何も読み取らず、送信もしていません。時計を合わせてから(`timedatectl set-ntp true`)、もう一度実行してください。",
  "clock-of-server": "{host} の時刻は {at} です",
  "clock-of-commit": "履歴の最新のコミット {commit} の日時は {at} です",
  "commit-on-top":
    "{why}コミットの日時が誤っている場合は、正しい日時のコミットを追加してください: `git commit --allow-empty`",
};

/** The same, and what is said of settings. */
export const faults: FaultWords = { texts, settings };
