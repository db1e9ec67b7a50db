import { type MailState, mailStates } from "../../report/types.ts";
import { adviceJa } from "./advice-ja.ts";
import { mailState } from "./japanese-intake.ts";
import { type Translations, translatorBy } from "./translation.ts";

/**
 * Why a mail could not be counted, by the English reason that reading gives it: the history keeps that one, whatever the
 * language of the digest. Words of libraries and of servers stay as they are, so that they can be searched for.
 */
export const reasonsJa: Translations = {
  // Too big: the limit comes last.
  "{reason} (limits: {key})": "{reason}(limits: {key})",
  "larger than {count} bytes": "メールのサイズが{count}バイトを超過",
  "unpacks to more than {count} bytes": "展開後のサイズが{count}バイトを超過",
  "unpacks to more than {most} times its {count} bytes": "展開後のサイズが圧縮時({count}バイト)の{most}倍を超過",
  "is packed more than {count} times over": "圧縮が{count}重を超過",
  "the zip holds more than {count} files": "zip 内のファイルが{count}件を超過",
  "the text holds more than {count} reports": "本文中のレポートが{count}件を超過",
  "holds more than {count} records": "レコードが{count}件を超過",
  "the mail has more than {count} parts": "メールのパートが{count}個を超過",
  "<{element}> has more than {count} characters": "<{element}> が{count}文字を超過",
  "has elements more than {count} deep": "XML の階層が{count}段を超過",
  "mails in mails more than {count} deep": "添付メールの入れ子が{count}段を超過",
  "its reports would change more than {count} MB of files, which no commit can hold":
    "レポートによる履歴の変更が{count} MB を超え、1回のコミットに収まらない",
  // The mail and its files.
  "the mail server gave none of its bytes": "メールサーバーから内容を取得できない",
  "the mail can't be read: {library}": "メールを読み取れない: {library}",
  "the mail can't be taken apart: its header is too large to be any": "メールを解析できない: ヘッダーが大きすぎる",
  "the mail can't be taken apart: {library}": "メールを解析できない: {library}",
  "the mail says it has parts, but none is found": "マルチパートのメールだが、パートが見つからない",
  "a mail in the mail can't be read: {library}": "添付メールを読み取れない: {library}",
  "an attachment that says gzip, zip or XML is none of them":
    "添付ファイルが名前や種別に反して gzip、zip、XML のいずれでもない",
  "the attachment can't be unpacked: {library}": "添付ファイルを展開できない: {library}",
  "the file can't be read: {library}": "ファイルを読み取れない: {library}",
  "can't be opened: {reason}": "開けない: {reason}",
  empty: "内容が空",
  "a TLS report (RFC 8460) that isn't valid JSON": "TLS レポート(RFC 8460)の JSON が不正",
  // gzip and zip.
  "the gzip file is cut off": "gzip ファイルが途中で切れている",
  "the gzip file is cut off in its header": "gzip ファイルがヘッダーの途中で切れている",
  "the gzip file has a header that isn't gzip's": "gzip ファイルのヘッダーが不正",
  "the gzip file has a wrong checksum": "gzip ファイルのチェックサムが不一致",
  "the gzip file has more than {count} members": "gzip ファイルのメンバーが{count}個を超過",
  "the gzip file can't be unpacked ({library})": "gzip ファイルを展開できない({library})",
  "a zip in a zip isn't unpacked": "zip 内の zip は展開対象外",
  "the zip can't be read: {library}": "zip を読み取れない: {library}",
  "the zip's directory can't be read: {library}": "zip のディレクトリを読み取れない: {library}",
  "a file in the zip is encrypted": "zip 内のファイルが暗号化されている",
  "a file in the zip is packed by an unknown method": "zip 内のファイルの圧縮方式が不明",
  "a file in the zip has a wrong checksum": "zip 内のファイルのチェックサムが不一致",
  "a file in the zip can't be unpacked: {library}": "zip 内のファイルを展開できない: {library}",
  // XML.
  "not well-formed XML, {reason}": "XML の構文が不正: {reason}",
  "line {line}: {library}": "{line}行目: {library}",
  "it ends within <{element}>": "<{element}> の途中で終了",
  "it is cut off": "途中で切れている",
  "it isn't UTF-8": "UTF-8 ではない",
  "it holds control characters": "制御文字を含む",
  "a tag is odd": "タグが不正",
  "an end tag is not the one that is due": "終了タグが対応していない",
  "an & begins no entity": "エスケープされていない & を含む",
  "an attribute has no value in quotes": "属性値が引用符で囲まれていない",
  "an attribute holds a < or >": "属性値に < または > を含む",
  "an attribute is odd": "属性が不正",
  "an attribute is repeated": "属性が重複",
  "an instruction is out of place": "処理命令の位置が不正",
  "a comment or CDATA section is odd": "コメントまたは CDATA セクションが不正",
  "text is out of place": "不正な位置にテキストがある",
  "something follows the root element": "ルート要素の後に余分な内容がある",
  "the root element is empty": "ルート要素が空",
  "an element is larger than {count} bytes": "要素のサイズが{count}バイトを超過",
  "{mark} is never closed": "{mark} が閉じられていない",
  "declares a DOCTYPE, which no report needs": "レポートに不要な DOCTYPE 宣言を含む",
  "a tag has more than {count} characters": "タグが{count}文字を超過",
  "a <{element}> holds more than {count} elements": "<{element}> 内の要素が{count}個を超過",
  // The report.
  "the report can't be read: {library}": "レポートを読み取れない: {library}",
  "<{element}> is missing or empty": "<{element}> がない、または空",
  "<{element}> must be {expected}, got {text}": "<{element}> の値が{expected}ではない: {text}",
  "seconds since 1970": "1970年からの秒数",
  "a host name": "ホスト名",
  "its period begins before 1990 (begin {begin})": "対象期間の開始が1990年より前(begin {begin})",
  "its period ends before it begins (begin {begin}, end {end})": "対象期間の終了が開始より前(begin {begin}、end {end})",
  "its period is in the future (begin {begin}, end {end})": "対象期間が未来(begin {begin}、end {end})",
  "its period ended on {day}, before {first}: older than max-report-age":
    "対象期間の終了({day})が max-report-age の範囲({first} 以降)より前",
  "it counts {count} messages, more than {most}": "メール数{count}通が上限{most}通を超過",
  "another report with this id was kept: it is better authenticated":
    "同じ ID のレポートのうち、認証がより確実な別のものを採用",
  "another report with this id was kept: it has more messages":
    "同じ ID のレポートのうち、メール数がより多い別のものを採用",
  // Who sent it.
  "it has two From addresses": "From に複数のアドレスがある",
  "the mail has {count} {field} fields": "{field} ヘッダーが{count}個ある",
  "{host} says dmarc=fail for {domain}": "{host} による {domain} の認証結果が dmarc=fail",
  "its reporter goes by the name of {name}, but the mail is authenticated by {domain}":
    "報告元は {name} を名乗っているが、認証されたドメインは {domain}",
  "the signature of {domain} does not fit: {reason}": "{domain} の DKIM 署名が不正: {reason}",
  "the signature of {domain} could not be checked: {reason}": "{domain} の DKIM 署名を検証できない: {reason}",
  "its signed fields were changed, or another key made it": "署名対象のヘッダーが改変されたか、別の鍵による署名",
  "the body was changed after it was signed": "署名後に本文が改変された",
  "DNS gave no answer about its key: {reason}": "DNS から公開鍵の応答がない({reason})",
  "time-out": "タイムアウト",
  "the look-up failed": "問い合わせに失敗",
  "the server could not find out (SERVFAIL)": "SERVFAIL",
  "the server refused": "サーバーが拒否",
  "no server could be reached": "サーバーに接続できない",
  "the look-ups were ended": "問い合わせを打ち切り",
  // Files and folders.
  "there is no such file or folder": "ファイルまたはフォルダーが存在しない",
  "permission denied": "アクセス権がない",
  "a part of the path is no folder": "パスの途中がフォルダーではない",
};

const translate = translatorBy({ ...reasonsJa, ...adviceJa });

/**
 * Why a mail or mailbox could not be read, in Japanese, by the English that reading gave; what is not known stays as it
 * came.
 */
export function japaneseReason(reason: string): string {
  return ofFiles(reason) ?? translate(reason) ?? reason;
}

/** `2 of 3 files: the gzip file is cut off; empty (1 read)`, as `report/mail-summary` makes it. */
function ofFiles(reason: string): string | undefined {
  const [count, files, rest = ""] = reason.split(/^(\d+) of (\d+) files(?=$|: | \()/).slice(1);
  if (count === undefined || files === undefined) return undefined;
  const others = rest.match(/ \((\d+ [a-z-]+(?:, \d+ [a-z-]+)*)\)$/);
  const reasons = rest.slice(0, others?.index).replace(/^: /, "");
  const told = reasons === "" ? [] : reasons.split("; ").map((one, index) => oneOfSeveral(one, index));
  return [
    `ファイル${files}件中${count}件`,
    told.length === 0 ? "" : `: ${told.join(" / ")}`,
    others?.[1] === undefined ? "" : `(他: ${others[1].split(", ").map(ofState).join("、")})`,
  ].join("");
}

/** One of several reasons; the last may have been cut off in the history, so that it can't be told any more. */
function oneOfSeveral(reason: string, index: number): string {
  const more = /^and (\d+) more$/.exec(reason)?.[1];
  if (more !== undefined) return `他${more}件`;
  return translate(reason) ?? (index > 0 && reason.endsWith("…") ? "…" : reason);
}

/** `2 read` */
function ofState(count: string): string {
  const [number = "", name] = count.split(" ");
  const state: MailState | undefined = mailStates.find((known) => known === name);
  return state === undefined ? count : `${mailState[state]}${number}件`;
}
