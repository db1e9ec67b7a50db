import type { Said, UnreadFormat } from "../../../report/reason.ts";
import { formatCount } from "../format.ts";
import type { LimitPhrases, ReasonPhrases, ReasonWords } from "../reasons.ts";
import { bucketReasons } from "./bucket.ts";
import { mailState } from "./daily.ts";
import { signInReasons } from "./sign-in.ts";

/**
 * Why a mail, a file or a mailbox is not read, or a report not kept. Words of libraries and of servers stay as they are,
 * so that they can be searched for.
 */
export function reasons(words: ReasonWords): ReasonPhrases {
  return {
    "of-files": ({ count, files, reasons, more, others }) => {
      const all = [...reasons.map(words), ...(more > 0 ? [`他${more}件`] : [])].join(" / ");
      const rest = others.map(({ state, count }) => `${mailState[state]}${count}件`).join("、");
      return `ファイル${files}件中${count}件${all && `: ${all}`}${rest && `(他: ${rest})`}`;
    },
    limit: (limit) => `${limitTexts[limit.limit](limit)}(limits: ${limit.limit})`,
    "commit-too-large": ({ megabytes }) =>
      `レポートによる履歴の変更が${megabytes} MB を超え、1回のコミットに収まらない`,
    "commit-refused": "このメールのレポートだけで、履歴のリポジトリーが受け付けるコミットのサイズを超過",

    // The mail and its files.
    unreadable: ({ what, message }) => `${unreadable[what]}: ${message}`,
    "no-bytes": "メールサーバーから内容を取得できない",
    "header-too-large": "メールを解析できない: ヘッダーが大きすぎる",
    "no-parts": "マルチパートのメールだが、パートが見つからない",
    "no-report": "レポートが含まれていない",
    "attachment-of-other-kind": "添付ファイルが名前や種別に反して gzip、zip、XML のいずれでもない",
    "failure-report": ({ failure, domain, key, network }) =>
      `DMARC 失敗レポート(RFC 9991): ${[failure, domain, key, network].filter((part) => part !== undefined).join("、")}`,
    "format-not-read": ({ format }) => `${formats[format]}は未対応の形式`,
    "archive-without-files": "アーカイブにファイルがない",
    "says-unused": "レポートの代わりに unused と書かれている",
    empty: "内容が空",
    "neither-xml-nor-json": "XML でも JSON でもない",
    "not-opened": ({ why }) => `開けない: ${words(why)}`,
    "no-such-path": "ファイルまたはフォルダーが存在しない",
    "permission-denied": "アクセス権がない",
    "not-a-folder": "パスの途中がフォルダーではない",
    "system-error": ({ message }) => message,
    "failure-report-in-words": "文章形式の DMARC 失敗レポート(Exim)",
    "abuse-report": "迷惑メールの苦情レポート(RFC 5965)",
    "feedback-report": ({ type }) =>
      type === undefined
        ? "種別のないフィードバックレポート(RFC 5965)"
        : `フィードバックレポート(RFC 5965、種別 ${type})`,
    "error-report": "エラーレポート(RFC 7489)",
    bounce: "配送エラーの通知(RFC 3464)",
    "header-alone": "本文のないメールヘッダー(配送エラーの通知などに含まれる)",
    "tls-report-too-large": "TLS レポート(RFC 8460)だが、大きすぎて確認できない",
    "tls-report-broken": "TLS レポート(RFC 8460)の JSON が不正",
    json: "JSON だが、TLS レポート(RFC 8460)ではない",
    "json-too-large": "大きな JSON だが、TLS レポート(RFC 8460)ではない",
    "not-json": "JSON ではない",
    "gzip-cut-off": "gzip ファイルが途中で切れている",
    "gzip-header-cut-off": "gzip ファイルがヘッダーの途中で切れている",
    "gzip-header-wrong": "gzip ファイルのヘッダーが不正",
    "gzip-checksum": "gzip ファイルのチェックサムが不一致",
    "gzip-members": ({ most }) => `gzip ファイルのメンバーが${formatCount(most)}個を超過`,
    "gzip-broken": ({ message }) => `gzip ファイルを展開できない(${message})`,
    "zip-in-zip": "zip 内の zip は展開対象外",
    "zip-encrypted": "zip 内のファイルが暗号化されている",
    "zip-method": "zip 内のファイルの圧縮方式が不明",
    "zip-checksum": "zip 内のファイルのチェックサムが不一致",

    // XML.
    "not-xml": "XML ではない",
    "other-root": ({ found, expected }) => `ルート要素が <${expected}> ではなく <${found}> の XML`,
    doctype: "レポートに不要な DOCTYPE 宣言を含む",
    "not-well-formed": ({ why, line }) => `XML の構文が不正: ${line === undefined ? "" : `${line}行目: `}${words(why)}`,
    "xml-ends-within": ({ element }) => `<${element}> の途中で終了`,
    "xml-cut-off": "途中で切れている",
    "xml-not-utf-8": "UTF-8 ではない",
    "xml-control-characters": "制御文字を含む",
    "xml-tag": "タグが不正",
    "xml-lone-bracket": "< の直後にタグ名がない",
    "xml-end-tag": ({ expected, line, column, found }) =>
      `終了タグが </${expected}>${line === undefined ? "" : `(${line}行目${column}文字目で開始)`}ではなく </${found}>`,
    "xml-entity": "エスケープされていない & を含む",
    "xml-attribute": "属性が不正",
    "xml-attribute-repeated": "属性が重複",
    "xml-attribute-value": "属性値が引用符で囲まれていない",
    "xml-instruction": "処理命令の位置が不正",
    "xml-text": "不正な位置にテキストがある",
    "xml-after-root": "ルート要素の後に余分な内容がある",
    "xml-element-too-large": ({ most }) => `要素のサイズが${formatCount(most)}バイトを超過`,
    "xml-too-many-attributes": ({ most }) => `タグの属性が${formatCount(most)}個を超過`,
    "xml-too-many-elements": ({ element, most }) => `<${element}> 内の要素が${formatCount(most)}個を超過`,

    // The report, and what the history has of it.
    "element-missing": ({ element }) => `<${element}> がない、または空`,
    "element-wrong": ({ element, expected, got }) =>
      `<${element}> の値が${expected === "seconds" ? "1970年からの秒数" : "ホスト名"}ではない: ${JSON.stringify(got)}`,
    "period-before-1990": ({ begin }) => `対象期間の開始が1990年より前(begin ${begin})`,
    "period-backwards": ({ begin, end }) => `対象期間の終了が開始より前(begin ${begin}、end ${end})`,
    "period-in-future": ({ begin, end }) => `対象期間が未来(begin ${begin}、end ${end})`,
    "period-too-old": ({ day, first }) => `対象期間の終了(${day})が max-report-age の範囲(${first} 以降)より前`,
    "period-too-old-uncounted": ({ day, first }) => `集計対象外で、対象期間の終了(${day})が${first}より前`,
    "too-many-uncounted": ({ most }) => `集計対象外のレポートは1通のメールにつき${formatCount(most)}件まで`,
    "no-room-uncounted": "集計対象外で、同じ日の保存枠に空きがない(合計にのみ反映)",
    "too-many-messages": ({ messages, most }) => `メール数${formatCount(messages)}通が上限${formatCount(most)}通を超過`,
    "no-record": "レコードがない",
    "no-message": "レコードのメール数がすべて0",
    "read-before": "読み取り済みのレポート",
    "read-before-better": "読み取り済みのレポート(認証がより確実なもの)",
    "same-content": "別の ID のレポートと同じ内容",
    "another-is-better": "同じ ID のレポートのうち、認証がより確実な別のものを採用",
    "another-is-larger": "同じ ID のレポートのうち、メール数がより多い別のものを採用",
    "replaces-weaker": "認証がより不確実なレポートを置き換え",
    "replaces-smaller": "同じ ID でメール数がより少ないレポートを置き換え",
    "no-folder": ({ domain }) => `${domain} のフォルダーは作成できない(単一のラベル、または予約された名前)`,
    "not-in-domains": ({ domain }) => `${domain} が自社ドメインかどうか不明。${isOurs}`,
    "none-counted": ({ domain }) => `${domain} について集計対象のレポートがまだない。${isOurs}`,

    // Who sent it.
    "two-from-addresses": "From に複数のアドレスがある",
    "field-repeated": ({ field, count }) => `${field} ヘッダーが${formatCount(count)}個ある`,
    "dmarc-fail": ({ host, domain }) => `${host} による ${domain} の認証結果が dmarc=fail`,
    impersonation: ({ name, domain }) => `報告元は ${name} を名乗っているが、認証されたドメインは ${domain}`,
    "reading-not-signed":
      "本文の読み方を決めるヘッダー(Content-Type、Content-Transfer-Encoding)が署名されておらず、本文を別の内容として読める",
    "too-many-fields": "メールのヘッダーフィールドが多すぎる",
    "not-signed": "メールに署名がない",
    "no-readable-signature": "読み取れる署名がない",
    "signatures-unreadable": "署名を読み取れない",
    "signed-by-others": ({ domains, more }) =>
      `署名したのは From のドメインではなく ${domains.join("、")}${more > 0 ? `、他${more}件` : ""}`,
    signature: ({ domain, outcome, why }) => `${domain} の DKIM 署名${outcomes[outcome]}: ${words(why)}`,
    "signature-unreadable": "読み取れない",
    "signature-tag-twice": "同じタグが2つある",
    "signature-tags": ({ tags }) => `${tags.map((tag) => `${tag}=`).join("、")} がない`,
    "signature-selector": "セレクターがホスト名ではない",
    "signature-fields": ({ most }) => `署名対象のフィールドが${formatCount(most)}個を超過`,
    "signature-without-from": "From が署名対象ではない",
    "signature-partial": "本文の先頭部分のみに署名している(l=)ため、誰でも追記できる",
    "signature-sha-1": "RFC 8301 で禁止された SHA-1 を使用",
    "signature-algorithm": "アルゴリズムが不明",
    "signature-form": "正規化の方式(c=)が不明",
    "signature-time": "時刻が数値ではない",
    "signature-from-future": "署名の日時が未来",
    "signature-expired": "受信時に署名の有効期限が切れていた",
    "signature-expires-first": "署名の有効期限が作成日時より前",
    "signature-of-signatures": "他の署名を署名対象に含む",
    "signed-fields-changed": "署名対象のヘッダーが改変されたか、別の鍵による署名",
    "signed-fields-too-long": "署名対象のヘッダーが長すぎる",
    "from-not-plain": "From の形式が単純ではない",
    "body-changed": "署名後に本文が改変された",
    "key-gone": "公開鍵が DNS にない",
    "key-absent": "TXT レコードに公開鍵が含まれていない",
    "key-revoked": "公開鍵が失効している",
    "key-version": "公開鍵のバージョンが不明",
    "key-type": "公開鍵の種別が異なる",
    "key-unreadable": "公開鍵を読み取れない",
    "key-hash": "公開鍵のハッシュアルゴリズムが異なる",
    "key-not-for-mail": "公開鍵がメール用ではない",
    "key-unusable": "公開鍵を使用できない",
    "key-short": ({ bits }) => `公開鍵が${bits}ビットより短い`,
    "key-no-answer": ({ why }) => `DNS から公開鍵の応答がない(${words(why)})`,
    "dns-time-out": "タイムアウト",
    "dns-failed": "問い合わせに失敗",
    "dns-servfail": "SERVFAIL",
    "dns-refused": "サーバーが拒否",
    "dns-unreached": "サーバーに接続できない",
    "dns-ended": "問い合わせを打ち切り",
    "dns-silent": "DNS から長時間応答がない",
    "dns-spent": ({ lookUps }) => `1回の実行の問い合わせ上限(${formatCount(lookUps)}件)に到達`,
    "dns-error": ({ dnsCode }) => dnsCode,
    "no-trusted-results": "信頼するホストの Authentication-Results がない",
    "results-unreadable": ({ host, why }) => `${host} の Authentication-Results を読み取れない: ${words(why)}`,
    "results-contradict": ({ host }) => `${host} の複数の Authentication-Results が矛盾`,
    "results-other-domain": ({ host, domain }) => `${host} の dmarc=pass は From のドメイン ${domain} のものではない`,
    "results-say": ({ host, result }) => `${host} による認証結果が dmarc=${result}`,
    "results-without-alignment": ({ host }) =>
      `${host} の結果に dmarc= も、From と一致する dkim=pass や spf=pass もない`,
    "field-too-long": ({ most }) => `${formatCount(most)}文字を超過`,
    "too-many-results": ({ most }) => `結果が${formatCount(most)}個を超過`,
    "comment-unopened": "コメントの開始がない",
    "comment-unclosed": "コメントが閉じられていない",
    "quote-unclosed": "引用符が閉じられていない",

    // Mailboxes and paths: what is wrong, and what to do about it.
    "no-mailbox-read": ({ why }) =>
      `読み取れたメールボックスがないため、ダイジェストは送信していません。${why.map(words).join(" ")}`,
    "collected-broken": ({ path, message }) =>
      `${path} は mode: collect が残すファイルとして読み取れません(${message})。このファイルからは何も集計していません。同じリリースの収集ジョブが残したファイルまたはフォルダーを collected に指定して、再実行してください。`,
    "shard-missing": ({ index, of }) =>
      `シャード ${index}/${of} が届いていません。他のシャードが読み取った分は集計済みで、次の実行がすべてをもう一度読み取ります。このシャードのジョブが失敗した理由を確認してください。`,
    "no-mail": ({ places }) =>
      `${places.join(" and ")} にメールがなく、履歴もまだありません。DNS レコード _dmarc.<自社ドメイン> の宛先(rua=mailto:…)がこのメールボックスになっていること、imap-folder、s3 または mail-path と since の指定が正しいことを確認してください。最初のレポートは、DNS レコードの登録から2日以内に届きます。`,
    "path-not-opened": ({ path, why }) =>
      `${path} を開けません: ${words(why)}。ファイルまたはフォルダーのパスを指定してください。`,
    "path-neither": ({ path }) =>
      `${path} はファイルでもフォルダーでもありません。メールまたはレポートが入ったもののパスを指定してください。`,
    mailbox: ({ name, place, why }) => `メールボックス「${name}」(${place}): ${words(why)}`,
    "mailbox-unprotected": ({ name, place }) =>
      `メールボックス「${name}」(${place})は開いていません。imap-security: none ではパスワードが暗号化されずに送信されるため、実行環境自身のサーバー(127.0.0.1、::1、localhost)にのみ使用できます。imap-security に tls(ポート993)または starttls(ポート143)を指定してください。`,
    "host-unknown": ({ host }) => `ホスト ${host} が見つかりません。imap-host を確認してください。`,
    "host-not-looked-up": ({ host }) =>
      `DNS の応答がなく、ホスト名 ${host} を解決できませんでした。imap-host を確認してください。正しければ、次回の実行で再試行します。`,
    "host-refuses": ({ port }) =>
      `ポート${port}への接続が拒否されました。imap-host と imap-port を確認してください。${ports}`,
    "host-unreachable":
      "実行環境からホストに到達できません。imap-host と、メールサーバーが実行環境のネットワークからの接続を許可していることを確認してください。",
    "host-silent": ({ port }) =>
      `ポート${port}から応答がありません。imap-host と imap-port、およびファイアウォールで遮断されていないことを確認してください。${ports}`,
    "no-greeting": ({ isTls }) =>
      isTls
        ? "サーバーに接続できましたが、IMAP の応答(グリーティング)がありません。imap-host と imap-port が IMAP サーバーのものであることを確認してください。"
        : `サーバーに接続できましたが、IMAP の応答(グリーティング)がありません。最初から TLS を使うポートの可能性があります。imap-host と imap-port を確認し、TLS のポートであれば imap-security: tls を指定してください。${ports}`,
    "starttls-unfinished":
      "サーバーは STARTTLS に応じましたが、TLS ハンドシェイクが完了しませんでした。サーバーが対応していれば、ポート993で imap-security: tls を使用してください。",
    "closed-early": ({ said }) =>
      `メールボックスを開く前に、サーバーが接続を切断しました${says(said)}。imap-port と imap-security を確認してください。正しければ、サーバーの過負荷か接続数の制限が考えられます。次回の実行で再試行します。${ports}`,
    "not-connected": ({ message }) =>
      `接続に失敗しました: ${shown(message)}。imap-host、imap-port、imap-security を確認してください。${ports}`,
    "port-without-tls": ({ port }) =>
      `ポート${port}は最初から TLS を使うポートではありません(wrong version number)。このポートでは imap-security: starttls を、imap-security: tls では imap-port: 993 を指定してください。`,
    "handshake-failed": ({ message }) =>
      `TLS ハンドシェイクに失敗しました: ${shown(message)}。サーバーが古いバージョンの TLS にしか対応していない可能性があります。Node は標準で TLS 1.2 以降を使用します。`,
    "certificate-unknown": ({ openssl }) =>
      `サーバー証明書が、信頼された認証局によって署名されていません(${openssl})。自社のサーバーであれば、認証局(CA)の証明書を PEM ファイルとして保存し、そのパスを環境変数 NODE_EXTRA_CA_CERTS に設定してください。そうでなければ、サーバー側で証明書チェーン全体を送るように提供元で設定してもらう必要があります。証明書の検証は無効にできません。`,
    "certificate-expired": ({ openssl }) =>
      `サーバー証明書の有効期限が切れています(${openssl})。サーバー側で更新が必要です。更新済みであれば、実行環境の時刻を確認してください。`,
    "certificate-early": ({ openssl }) =>
      `サーバー証明書の有効期間がまだ始まっていません(${openssl})。実行環境とサーバーの時刻を確認してください。`,
    "certificate-of-other": ({ message }) =>
      `サーバー証明書が別のホストのものです(${shown(message)})。証明書に含まれる名前を imap-host に指定してください。`,
    starttls: ({ isDisturbed }) =>
      `${isDisturbed ? "STARTTLS の途中で不正な応答があった" : "サーバーが STARTTLS に対応していない"}ため、パスワードは送信していません。サーバーが対応していれば、ポート993で imap-security: tls を使用してください。以前は STARTTLS を使えていた場合、通信経路上で取り除かれている可能性があります。`,
    "login-unavailable": ({ said }) =>
      `サーバーが一時的にログインを受け付けていません${says(said)}。失われたデータはなく、次回の実行で再試行します。`,
    "login-needs-tls": ({ said }) =>
      `サーバーは TLS 接続でのみパスワードを受け付けます${says(said)}。imap-security に starttls または tls を指定してください。`,
    "login-refused": ({ said, provider }) =>
      `ログインが拒否されました${says(said)}。${loginSteps[provider ?? "other"]}`,
    "token-refused": ({ said, provider }) =>
      `メールサーバーがアクセストークンを拒否しました${says(said)}。${tokenSteps[provider ?? "other"]}`,
    ...signInReasons,
    ...bucketReasons,
    "folder-closed": ({ folder, said }) =>
      `フォルダー「${shown(folder)}」を開けません${says(said)}。imap-folder と、imap-user に読み取り権限があることを確認してください。`,
    "folder-missing": ({ folder, folders, more }) => {
      const names = folders.map((name) => `"${shown(name)}"`).join(", ");
      const rest = more > 0 ? `、他${more}件` : "";
      return names === ""
        ? `フォルダー「${shown(folder)}」がありません。imap-folder に、メールボックスにあるフォルダーを同じ表記で指定してください。`
        : `フォルダー「${shown(folder)}」がありません。存在するフォルダー: ${names}${rest}。imap-folder に、いずれかを同じ表記で指定してください。`;
    },
    "command-refused": ({ step, said }) =>
      `${steps[step].doing}、サーバーがコマンドを拒否しました${says(said)}。${steps[step].next}`,
    "connection-lost": ({ step, error, message }) =>
      `${steps[step].doing}、接続が切れました(${[error, shown(message)].filter(Boolean).join(": ")})。${steps[step].next}毎回発生する場合は、サーバーのログと接続制限を確認してください。`,
    "not-deleted": ({ folder, why }) =>
      `フォルダー「${folder}」の古いメールは削除していません。${undeletable[why]}。mail-retention-days の指定をやめ、メールボックスのルールなど別の方法で削除してください。`,
  };
}

function says(said: Said | undefined): string {
  return said === undefined ? "" : `(サーバーの応答: ${shown(said)})`;
}

function shown(said: Said): string {
  return typeof said === "string" ? said : "パスワードを含むため表示しません";
}

const limitTexts: LimitPhrases = {
  mailBytes: ({ most }) => `メールのサイズが${formatCount(most)}バイトを超過`,
  unpackedBytes: ({ most }) => `展開後のサイズが${formatCount(most)}バイトを超過`,
  compressionRatio: ({ most, bytes = 0 }) =>
    `展開後のサイズが圧縮時(${formatCount(bytes)}バイト)の${formatCount(most)}倍を超過`,
  archiveLayers: ({ most }) => `圧縮が${formatCount(most)}重を超過`,
  archiveEntries: ({ most, inText }) =>
    inText ? `本文中のレポートが${formatCount(most)}件を超過` : `zip 内のファイルが${formatCount(most)}件を超過`,
  records: ({ most }) => `レコードが${formatCount(most)}件を超過`,
  mimeParts: ({ most }) => `メールのパートが${formatCount(most)}個を超過`,
  textLength: ({ most, element }) => `<${element}> が${formatCount(most)}文字を超過`,
  xmlDepth: ({ most }) => `XML の階層が${formatCount(most)}段を超過`,
  mimeDepth: ({ most }) => `添付メールの入れ子が${formatCount(most)}段を超過`,
};

const unreadable = {
  mail: "メールを読み取れない",
  "parts-of-mail": "メールを解析できない",
  "mail-in-mail": "添付メールを読み取れない",
  file: "ファイルを読み取れない",
  attachment: "添付ファイルを展開できない",
  zip: "zip を読み取れない",
  "zip-directory": "zip のディレクトリを読み取れない",
  "zip-file": "zip 内のファイルを展開できない",
  report: "レポートを読み取れない",
};

const isOurs = "自社のドメインであれば domains に追加してください";

const outcomes = { failed: "が不正", none: "では何も確認できない", retry: "を検証できない" };

const ports = "標準のポートは imap-security: tls の場合は993、starttls の場合は143です。";

const loginSteps = {
  gmail:
    "Gmail では、アカウントのパスワードではなくアプリ パスワードが必要です。2段階認証を有効にし、https://myaccount.google.com/apppasswords でアプリ パスワードを作成して imap-password に設定してください。Google Workspace では、管理者が IMAP を許可している必要があります。アプリ パスワードを使えない場合は imap-auth: google を使ってください。",
  microsoft:
    "Microsoft は IMAP のパスワード認証(基本認証)を廃止しています。imap-auth: microsoft と tenant、client-id を指定してください(docs/mailboxes.md を参照)。",
  "app-password":
    "imap-user と imap-password を確認してください。このサービスでは、アカウントの設定で作成するアプリ用パスワードが必要です。",
  other: "imap-user と imap-password を確認してください。",
};

const tokenSteps = {
  gmail:
    "imap-user がトークンの対象のメールボックスであること、スコープが https://mail.google.com/ であること、管理者が IMAP を許可していることを確認してください。",
  microsoft:
    "imap-user が正しく IMAP が有効であること、アプリケーションに IMAP.AccessAsApp と管理者の同意があること、New-ServicePrincipal にアプリの登録ではなくエンタープライズ アプリケーションのオブジェクト ID を指定したことを確認してください。",
  other: "imap-user と、トークンが IMAP 用で有効期限内であることを確認してください。",
};

const kept = "ここまでに読み取ったメールは保存済みで、次回の実行で続きから読み取ります。";

const steps = {
  open: { doing: "フォルダーを開く際に", next: kept },
  read: { doing: "メールの読み取り中に", next: kept },
  delete: { doing: "古いメールの削除中に", next: "残っているものは、次回の実行で削除します。" },
};

const undeletable = {
  "no-uidplus":
    "サーバーが UIDPLUS に対応しておらず、削除済みの印が付いたすべてのメールとまとめてしか削除できないためです",
  "read-only": "サーバーがフォルダーを読み取り専用で開いたためです",
  refused: "サーバーが拒否したためです",
};

const formats: Readonly<Record<UnreadFormat, string>> = {
  ole: "OLE(Outlook の .msg)",
  tnef: "TNEF(Outlook の winmail.dat)",
  smime: "S/MIME ",
  uuencode: "uuencode ",
  xz: "xz ",
  bzip2: "bzip2 ",
  "7z": "7z ",
  rar: "rar ",
  tar: "tar ",
};
