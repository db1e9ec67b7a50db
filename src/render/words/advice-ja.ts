import type { Translations } from "./translation.ts";

const ports = "The usual ports are 993 for imap-security: tls and 143 for starttls.";
const portsJa = "標準のポートは imap-security: tls の場合は993、starttls の場合は143です。";
const certificate =
  "If it is your own server, save the certificate of your authority (CA) as a PEM file and set the environment variable NODE_EXTRA_CA_CERTS to its path; if not, its provider has to send the full chain. The check of certificates can't be switched off.";
const certificateJa =
  "自社のサーバーであれば、認証局(CA)の証明書を PEM ファイルとして保存し、そのパスを環境変数 NODE_EXTRA_CA_CERTS に設定してください。そうでなければ、サーバー側で証明書チェーン全体を送るように提供元で設定してもらう必要があります。証明書の検証は無効にできません。";
const kept = "What was read before is kept, and the next run goes on from there.";
const keptJa = "ここまでに読み取ったメールは保存済みで、次回の実行で続きから読み取ります。";

/** What is wrong with a mailbox and what to do about it, by the English paragraph that `io` made of it. */
export const adviceJa: Translations = {
  "No mailbox could be read, so nothing is sent. {reason}":
    "読み取れたメールボックスがないため、ダイジェストは送信していません。{reason}",
  "There is no mail in {place}, and no history yet. Check that the DNS record _dmarc.<your domain> names this mailbox (rua=mailto:…) and that imap-folder or mail-path and since fit. The first reports come within two days of the DNS record.":
    "{place} にメールがなく、履歴もまだありません。DNS レコード _dmarc.<自社ドメイン> の宛先(rua=mailto:…)がこのメールボックスになっていること、imap-folder または mail-path と since の指定が正しいことを確認してください。最初のレポートは、DNS レコードの登録から2日以内に届きます。",
  'Mailbox "{name}" at {place} was not opened: imap-security: none would send the password unprotected, so it is for servers on this machine alone (127.0.0.1, ::1, localhost). Set imap-security to tls (port 993) or starttls (port 143).':
    "メールボックス「{name}」({place})は開いていません。imap-security: none ではパスワードが暗号化されずに送信されるため、実行環境自身のサーバー(127.0.0.1、::1、localhost)にのみ使用できます。imap-security に tls(ポート993)または starttls(ポート143)を指定してください。",
  'Mailbox "{name}" at {place}: {reason}': "メールボックス「{name}」({place}): {reason}",
  "{path} can't be opened: {reason}. Give the path of a file or a folder.":
    "{path} を開けません: {reason}。ファイルまたはフォルダーのパスを指定してください。",
  "{path} is neither a file nor a folder. Give the path of one with mails or reports in it.":
    "{path} はファイルでもフォルダーでもありません。メールまたはレポートが入ったもののパスを指定してください。",

  // Getting there.
  "there is no host named {host}. Check imap-host.": "ホスト {host} が見つかりません。imap-host を確認してください。",
  "the name {host} could not be looked up, since DNS did not answer. Check imap-host; if it is right, the next run tries again.":
    "DNS の応答がなく、ホスト名 {host} を解決できませんでした。imap-host を確認してください。正しければ、次回の実行で再試行します。",
  [`the host refuses connections to port {port}. Check imap-host and imap-port. ${ports}`]: `ポート{port}への接続が拒否されました。imap-host と imap-port を確認してください。${portsJa}`,
  "the host can't be reached from here. Check imap-host, and that the mail server accepts connections from this machine's network.":
    "実行環境からホストに到達できません。imap-host と、メールサーバーが実行環境のネットワークからの接続を許可していることを確認してください。",
  [`the host does not answer on port {port}. Check imap-host and imap-port, and that no firewall keeps this machine out. ${ports}`]: `ポート{port}から応答がありません。imap-host と imap-port、およびファイアウォールで遮断されていないことを確認してください。${portsJa}`,
  "the server accepted the connection but sent no IMAP greeting. Check that imap-host and imap-port are those of an IMAP server.":
    "サーバーに接続できましたが、IMAP の応答(グリーティング)がありません。imap-host と imap-port が IMAP サーバーのものであることを確認してください。",
  [`the server accepted the connection but sent no IMAP greeting, as a port does that expects TLS from the start. Check imap-host and imap-port, and set imap-security: tls for a port with TLS. ${ports}`]: `サーバーに接続できましたが、IMAP の応答(グリーティング)がありません。最初から TLS を使うポートの可能性があります。imap-host と imap-port を確認し、TLS のポートであれば imap-security: tls を指定してください。${portsJa}`,
  "the server agreed to STARTTLS but did not finish the TLS handshake. Use imap-security: tls with port 993 if the server has it.":
    "サーバーは STARTTLS に応じましたが、TLS ハンドシェイクが完了しませんでした。サーバーが対応していれば、ポート993で imap-security: tls を使用してください。",
  [`the server closed the connection before the mailbox was open{said}. Check imap-port and imap-security; if they are right, the server may be busy or limit connections, and the next run tries again. ${ports}`]: `メールボックスを開く前に、サーバーが接続を切断しました{said}。imap-port と imap-security を確認してください。正しければ、サーバーの過負荷か接続数の制限が考えられます。次回の実行で再試行します。${portsJa}`,
  [`connecting failed: {library}. Check imap-host, imap-port and imap-security. ${ports}`]: `接続に失敗しました: {library}。imap-host、imap-port、imap-security を確認してください。${portsJa}`,

  // TLS.
  "port {port} does not speak TLS from the start (wrong version number). Set imap-security: starttls for this port, or imap-port: 993 for imap-security: tls.":
    "ポート{port}は最初から TLS を使うポートではありません(wrong version number)。このポートでは imap-security: starttls を、imap-security: tls では imap-port: 993 を指定してください。",
  "the TLS handshake failed: {library}. The server may offer only outdated versions of TLS; Node's default is 1.2 or newer.":
    "TLS ハンドシェイクに失敗しました: {library}。サーバーが古いバージョンの TLS にしか対応していない可能性があります。Node は標準で TLS 1.2 以降を使用します。",
  [`the server's certificate is not signed by an authority that is known here ({code}). ${certificate}`]: `サーバー証明書が、信頼された認証局によって署名されていません({code})。${certificateJa}`,
  "the server's certificate has expired ({code}). It has to be renewed on the server; if it was, check this machine's clock.":
    "サーバー証明書の有効期限が切れています({code})。サーバー側で更新が必要です。更新済みであれば、実行環境の時刻を確認してください。",
  "the server's certificate is not valid yet ({code}). Check the clocks of this machine and of the server.":
    "サーバー証明書の有効期間がまだ始まっていません({code})。実行環境とサーバーの時刻を確認してください。",
  "the server's certificate is for another host ({library}). Set imap-host to a name that is in the certificate.":
    "サーバー証明書が別のホストのものです({library})。証明書に含まれる名前を imap-host に指定してください。",
  "the server does not offer STARTTLS, so the password was not sent. {next}":
    "サーバーが STARTTLS に対応していないため、パスワードは送信していません。{next}",
  "the server disturbed STARTTLS, so the password was not sent. {next}":
    "STARTTLS の途中で不正な応答があったため、パスワードは送信していません。{next}",
  "Use imap-security: tls with port 993 if the server has it. If it did offer STARTTLS before, something between here and the server may have removed it.":
    "サーバーが対応していれば、ポート993で imap-security: tls を使用してください。以前は STARTTLS を使えていた場合、通信経路上で取り除かれている可能性があります。",

  // Logging in.
  " (the server says: {said})": "(サーバーの応答: {said})",
  "words that hold the password are not shown": "パスワードを含むため表示しません",
  "the server can't log anybody in at the moment{said}. Nothing is lost: the next run tries again.":
    "サーバーが一時的にログインを受け付けていません{said}。失われたデータはなく、次回の実行で再試行します。",
  "the server takes passwords over TLS alone{said}. Set imap-security to starttls or tls.":
    "サーバーは TLS 接続でのみパスワードを受け付けます{said}。imap-security に starttls または tls を指定してください。",
  "the login was refused{said}. Gmail takes an app password here, not the password of the account: switch on 2-step verification, make an app password at https://myaccount.google.com/apppasswords and put it into imap-password. In Google Workspace the administrator has to allow IMAP.":
    "ログインが拒否されました{said}。Gmail では、アカウントのパスワードではなくアプリ パスワードが必要です。2段階認証を有効にし、https://myaccount.google.com/apppasswords でアプリ パスワードを作成して imap-password に設定してください。Google Workspace では、管理者が IMAP を許可している必要があります。",
  "the login was refused{said}. Microsoft has switched off passwords (basic authentication) for IMAP, so this mailbox can't be read yet: the sign-in that Microsoft asks for (OAuth) is not supported so far. Until then have the reports sent, or forwarded, to a mailbox of another provider.":
    "ログインが拒否されました{said}。Microsoft は IMAP のパスワード認証(基本認証)を廃止しており、必要な OAuth には未対応のため、このメールボックスはまだ読み取れません。対応するまでは、レポートの宛先または転送先を他社のメールボックスにしてください。",
  "the login was refused{said}. Check imap-user and imap-password. This provider asks for an app password, made in the settings of the account.":
    "ログインが拒否されました{said}。imap-user と imap-password を確認してください。このサービスでは、アカウントの設定で作成するアプリ用パスワードが必要です。",
  "the login was refused{said}. Check imap-user and imap-password.":
    "ログインが拒否されました{said}。imap-user と imap-password を確認してください。",

  // The folder, and reading it.
  'the folder "{folder}" can\'t be opened{said}. Check imap-folder, and that imap-user may read it.':
    "フォルダー「{folder}」を開けません{said}。imap-folder と、imap-user に読み取り権限があることを確認してください。",
  'there is no folder "{folder}". There are: {folders}. Set imap-folder to one of the mailbox\'s folders, written in the same way.':
    "フォルダー「{folder}」がありません。存在するフォルダー: {folders}。imap-folder に、いずれかを同じ表記で指定してください。",
  'there is no folder "{folder}". Set imap-folder to one of the mailbox\'s folders, written in the same way.':
    "フォルダー「{folder}」がありません。imap-folder に、メールボックスにあるフォルダーを同じ表記で指定してください。",
  "the server refused a command while the folder was opened{said}. {next}":
    "フォルダーを開く際に、サーバーがコマンドを拒否しました{said}。{next}",
  "the server refused a command while mails were read{said}. {next}":
    "メールの読み取り中に、サーバーがコマンドを拒否しました{said}。{next}",
  "the server refused a command while old mails were deleted{said}. {next}":
    "古いメールの削除中に、サーバーがコマンドを拒否しました{said}。{next}",
  "the connection was lost while {doing} ({library}). {next} If it happens in each run, look at the server's log and its limits.":
    "{doing}、接続が切れました({library})。{next}毎回発生する場合は、サーバーのログと接続制限を確認してください。",
  "the folder was opened": "フォルダーを開く際に",
  "mails were read": "メールの読み取り中に",
  "old mails were deleted": "古いメールの削除中に",
  [kept]: keptJa,
  "Those that are still there are deleted by the next run.": "残っているものは、次回の実行で削除します。",
};
