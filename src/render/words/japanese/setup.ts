import type { SetupPhrases } from "../setup-findings.ts";

/** What is found of a set-up, and what to do about it. */
export const setupFindings: SetupPhrases = {
  headline: ({ act, look }) =>
    act + look === 0 ? "設定は良好です" : `設定に修正が必要なもの${act}件、確認が必要なもの${look}件`,
  "mailbox-read": ({ mails, newest, reports }) =>
    `サインインと読み取りに成功しました: 新しいメール${mails}通、うちレポート${reports}通${newest === "" ? "" : `、最新は ${newest} UTC`}`,
  "mailbox-unread": ({ why }) => why,
  "mailbox-empty": ({ days }) =>
    `${days}日間メールがありません。レポートは rua= の公開から1〜2日後に届きます。下のドメインの行を確認してください。imap-folder と、振り分けの設定も確認してください`,
  "mailbox-quiet": ({ days, newest }) =>
    `${days}日間メールがなく、最新は ${newest} UTC です。レポートは毎日届くはずです。下のドメインの行の rua= と、振り分けの設定を確認してください`,
  "mailbox-without-reports": ({ mails }) =>
    `メール${mails}通の中にレポートがありません。レポートが入るフォルダを imap-folder に指定してください`,
  "host-believed": ({ host }) => `メールには authserv-id ${host} の結果があり、信頼されています`,
  "host-other": ({ believed, seen, setting }) =>
    `authserv-id ${believed} の結果を持つメールがありません。${setting === undefined ? "信頼できる結果がないため、authserv-id の指定をやめ、DKIM 署名で判定してください" : `メールにあるのは ${seen} の結果です。自分のメールホストであれば authserv-id: ${setting} を指定してください`}`,
  "host-unnamed": ({ seen, setting }) =>
    `メールには ${seen} の結果がありますが、authserv-id が未指定です。自分のメールホストであれば authserv-id: ${setting} を指定してください。それまでは DKIM 署名だけで判定します`,
  "host-none": () => "メールに Authentication-Results がないため、レポートは DKIM 署名で判定します",
  "dmarc-good": ({ name, record }) => `DMARC レコードは良好です: ${name} TXT "${record}"`,
  "dmarc-inherited": ({ from }) => `固有の DMARC レコードはなく、${from} のものが適用されます`,
  "dmarc-missing": ({ name, record }) => `DMARC レコードがありません。次を公開してください: ${name} TXT "${record}"`,
  "dmarc-several": ({ name, count }) =>
    `${name} に DMARC レコードが${count}個あり、受信側はどれも使いません。1つだけ残してください`,
  "dmarc-unreadable": ({ name, found }) =>
    `${name} のレコードは DMARC レコードではありません: "${found}"。大文字の v=DMARC1 とセミコロンで始めてください`,
  "dmarc-policy": ({ name, value }) =>
    `${name}: p=${value} はポリシーではなく、受信側はせいぜい p=none とみなします。p=none、p=quarantine、p=reject のいずれかにしてください`,
  "dmarc-no-policy": ({ name }) =>
    `${name} に p= がありません。RFC 9989 では p=none とみなしますが、古い受信側は拒否するため、明記してください`,
  "dmarc-value": ({ name, tag, value, expected }) =>
    `${name}: ${tag}=${value} は無視されます。${expected} のいずれかにするか、タグを削除してください`,
  "dmarc-old-tags": ({ name, tags }) =>
    `${name}: ${tags} は RFC 9989 で廃止されました。削除してください。pct=0 の代わりは t=y です`,
  "dmarc-unknown-tags": ({ name, tags }) => `${name}: ${tags} というタグはなく、無視されます。綴りを確認してください`,
  "dmarc-testing": ({ name }) =>
    `${name}: t=y のため、受信側は p より1段階弱く扱います。テストが終わったら削除してください`,
  "dmarc-psd": ({ name }) =>
    `${name}: psd=y は、配下の名前を他人が登録することを意味し、サブドメインが別の組織とみなされます。削除してください`,
  "rua-missing": ({ name, record }) =>
    `${name} はレポートを要求していません。次に変更してください: ${name} TXT "${record}"`,
  "rua-not-mailto": ({ name, found, record }) =>
    `${name}: rua=${found} は mailto: がないか綴りが誤っているため、送信先になりません。次に変更してください: ${name} TXT "${record}"`,
  "rua-elsewhere": ({ name, address, record }) =>
    `${name} のレポートの送信先に ${address} がなく、レポートも届いていません。次に変更してください: ${name} TXT "${record}"`,
  "rua-by-way": ({ name, address }) =>
    `${name} の送信先は ${address} ではありませんが、別名または転送によってレポートは届いています`,
  "destination-good": ({ name }) => `${name} がレポートの受け取りを許可しています`,
  "destination-missing": ({ name, host }) =>
    `${host} がレポートの受け取りを表明していないため、多くのレポート送信者は送りません。${host} の DNS に公開してください: ${name} TXT "v=DMARC1"。全ドメイン分をまとめるなら *._report._dmarc.${host}`,
  "spf-good": ({ name, lookUps }) => `${name} の SPF は良好です(参照${lookUps}回、上限10回)`,
  "spf-missing": ({ name }) =>
    `SPF レコードがありません。${name} がメールを送らないなら ${name} TXT "v=spf1 -all" を、送るなら送信元を公開してください`,
  "spf-several": ({ name, count }) =>
    `${name} に SPF レコードが${count}個あり、受信側ではエラーです。1つにまとめてください`,
  "spf-syntax": ({ name, term }) => `${name} の SPF に読めない項目があります: ${term}。修正または削除してください`,
  "spf-look-ups": ({ name, lookUps }) =>
    `${name} の SPF は参照が${lookUps}回で、上限の10回を超えるため、すべて失敗します。DKIM で署名するサービスの include を削除するか、ネットワークを列挙してください`,
  "spf-void": ({ name, voids }) =>
    `${name} の SPF には存在しない名前が上限の2つを超えてあります: ${voids}。削除してください`,
  "spf-include": ({ name, include }) =>
    `${name} の SPF が include する ${include} に SPF レコードがなく、受信側ではエラーです。削除するか、提供元に確認してください`,
  "spf-all": ({ name }) => `${name} の SPF は +all で終わり、誰でも送信できます。-all または ~all にしてください`,
  "spf-open": ({ name }) =>
    `${name} の SPF は、それ以外のホストの扱いを定めていません。-all または ~all で終えてください`,
  "spf-ptr": ({ name }) => `${name} の SPF は RFC 7208 が推奨しない ptr を使っています。ネットワークを列挙してください`,
  "keys-good": ({ names }) => `署名に使われている DKIM 鍵: ${names}`,
  "key-missing": ({ name }) =>
    `${name} がありません。直近2週間のメールの署名に使われています。鍵を再び公開するか、別の鍵で署名してください`,
  "key-alias": ({ name, target }) =>
    `${name} は ${target} への CNAME ですが、そこに鍵がありません。署名するサービスに正しい名前を確認してください`,
  "key-revoked": ({ name }) => `${name} は失効しています(p= が空)。直近2週間のメールの署名に使われています`,
  "key-broken": ({ name }) => `${name} に読める鍵がありません。サービスの示すとおり、全体を公開し直してください`,
  "key-weak": ({ name, bits }) =>
    `${name} は${bits}ビットで、1,024ビット未満の鍵は受け付けられません。2,048ビットで作り直してください`,
  "key-short": ({ name, bits }) => `${name} は${bits}ビットです。次の更新時に2,048ビットにしてください`,
  "key-testing": ({ name }) => `${name} の t=y により、一部の受信側は署名なしとみなします。削除してください`,
  "dns-no-answer": ({ name, why }) => `${name} について DNS の応答がありませんでした(${why})。もう一度実行してください`,
  "slack-good": ({ channel }) => `投稿できます: ${channel}`,
  "slack-failed": ({ said }) => said,
  "slack-scope": ({ scope }) =>
    `トークンにスコープ ${scope} がありません。Slack アプリの "OAuth & Permissions" で追加し、アプリを再インストールしてください`,
  "slack-none": () => "slack-token も slack-webhook-url も未指定のため、ダイジェストはジョブの概要だけに出ます",
  "history-failed": ({ said }) => said,
  "github-good": ({ repository }) => `${repository}: トークン、ルール、スケジュールは良好です`,
  "github-failed": ({ said }) => said,
  "github-public": ({ repository }) =>
    `${repository} は公開リポジトリで、レポートにはサーバーやサービスの名前が含まれます。非公開にするか、allow-public: true を指定してください`,
  "github-archived": ({ repository }) =>
    `${repository} はアーカイブ済みで、コミットできません。設定画面でアーカイブを解除してください`,
  "github-contents": ({ repository }) =>
    `トークンには ${repository} へのコミット権限がありません。ジョブの permissions に contents: write を追加してください`,
  "github-issues": ({ repository }) =>
    `トークンには ${repository} の Issue を書く権限がありません。ジョブの permissions に issues: write を追加してください`,
  "github-issues-off": ({ repository }) =>
    `${repository} では Issue が無効です。設定画面の Features で有効にしてください`,
  "github-rules": ({ branch, rules }) =>
    `ルールセットにより ${branch} にコミットできません: ${rules}。dmarc-data のような、ルールのないブランチを data-branch に指定してください`,
  "github-protected": ({ branch }) =>
    `${branch} は保護されており、コミットが拒否されることがあります。その場合は dmarc-data のようなブランチを data-branch に指定してください`,
  "github-no-schedule": ({ workflow }) =>
    `デフォルト ブランチの ${workflow} に schedule がなく、手動でしか動きません。on: schedule: - cron: "37 6 * * *" を追加してください`,
  "github-schedule-off": ({ workflow, state }) =>
    `GitHub が ${workflow} を実行していません(${state})。Actions の画面で Enable workflow を押してください`,
};
