import type { BucketCause } from "../../../report/reason.ts";
import type { BucketPhrases } from "../reasons.ts";

/** Why a bucket or an object in it could not be read, and what to do. */
export const bucketReasons: BucketPhrases = {
  "object-encrypted": "バケットに保存される前に暗号化されている(SES の受信ルールに KMS キーを指定した場合など)",
  "object-archived": "バケットのアーカイブにあり、復元しないと読み取れない",
  "bucket-no-answer": ({ step, why }) =>
    `${steps[step]}に応答がありませんでした(${why})。s3-region と s3-endpoint を確認してください。正しければ次回の実行で再試行し、失われるものはありません。`,
  "bucket-no-listing": "接続先は S3 の形式でバケットの一覧を返しません。s3-endpoint を確認してください。",
  "bucket-encrypted": ({ objects }) =>
    `${objects}個のオブジェクトが、バケットに保存される前に暗号化されていて読み取れません(SES の受信ルールに KMS キーを指定した場合など)。受信ルールからキーを外してください。暗号化はバケット側でできます。`,
  "bucket-refused": ({ step, status, error, said, cause, region }) => {
    const words = [error, said].filter((text) => text !== "").join(": ");
    const advice = cause === undefined ? "失われたものはなく、次回の実行で再試行します。" : causes[cause](region);
    return `${steps[step]}が拒否されました(HTTP ${status}${words && `、${words}`})。${advice}`;
  },
};

const steps = { list: "バケットの一覧の取得", read: "オブジェクトの読み取り" };

const causes: Record<BucketCause, (region: string | undefined) => string> = {
  "no-bucket": () =>
    "そのバケットはありません。s3 のバケット名と、Amazon 以外の場合は s3-endpoint を確認してください。",
  region: (region) =>
    region === undefined
      ? "バケットは別のリージョンにあります。s3-region にそのリージョンを指定してください。"
      : `バケットは別のリージョンにあります。s3-region に ${region} を指定してください。`,
  "token-expired": () =>
    "セッション トークンの期限が切れているか、別のキーのものです。aws-actions/configure-aws-credentials を直前に実行し、role-duration-seconds を実行時間より長くしてください。",
  "key-unknown": () =>
    "そのアクセス キーはありません。削除されたか、ASIA で始まるキーに必要な AWS_SESSION_TOKEN がありません。",
  "secret-wrong": () => "AWS_SECRET_ACCESS_KEY が AWS_ACCESS_KEY_ID と対応していません。両方を設定し直してください。",
  clock: () => "このマシンの時計が15分以上ずれています。合わせてください。",
  "not-permitted": () =>
    "ロールまたはキーに、バケットへの s3:ListBucket とオブジェクトへの s3:GetObject の権限が必要です(バケットが KMS キーで暗号化する場合は kms:Decrypt も)。",
};
