import type { GraphCause, SignInCause } from "../../../report/reason.ts";
import type { SignInPhrases } from "../reasons.ts";

/** Why a mailbox could not be signed in to without a password, and what to do. */
export const signInReasons: SignInPhrases = {
  "mailbox-not-permitted": ({ user }) =>
    `サインインには成功しましたが、アプリケーションにメールボックス ${user} を開く権限がありません。Exchange Online PowerShell で Add-MailboxPermission -Identity ${user} -User <エンタープライズ アプリケーションのオブジェクト ID> -AccessRights FullAccess を実行してください。反映まで最大1時間かかります。`,
  "no-workflow-identity":
    "このジョブは GitHub に ID トークンを要求できません。ジョブに permissions: id-token: write を追加するか、シークレット(client-secret または refresh-token)を指定してください。",
  "sign-in-no-answer": ({ step, host, why }) =>
    `${signIns[step]}(${host})に応答がありませんでした(${why})。失われたものはなく、次回の実行で再試行します。`,
  "sign-in-refused": ({ step, host, status, said, cause, sent }) =>
    `${signIns[step]}(${host})が拒否されました(HTTP ${status}${said === "" ? "" : `: ${said}`})。${cause === undefined ? "サインインの入力値を確認してください。" : signInCauses[cause](sent ?? "")}`,
  "graph-no-answer": ({ why }) =>
    `Microsoft Graph から応答がありませんでした(${why})。失われたものはなく、次回の実行で再試行します。`,
  "graph-refused": ({ status, error, said, user, cause }) => {
    const words = [error, said].filter((text) => text !== "").join(": ");
    const advice = cause === undefined ? "失われたものはなく、次回の実行で再試行します。" : graphCauses[cause](user);
    return `Microsoft Graph に拒否されました(HTTP ${status}${words && `, ${words}`})。${advice}`;
  },
};

const graphCauses: Record<GraphCause, (user: string) => string> = {
  token: () => "トークンが別のテナントのものか、アプリケーションが無効です。tenant と client-id を確認してください。",
  "not-permitted": (user) =>
    `アプリケーションに ${user} を読む権限がありません。このメールボックスを含むスコープで "Application Mail.Read" ロールを割り当ててください(New-ManagementRoleAssignment、docs/mailboxes.md)。反映まで最大2時間かかります。`,
  "no-user": (user) =>
    `そのテナントにメールボックス ${user} はありません。graph にはメールボックスの主アドレスを指定してください。`,
  "no-mailbox": (user) =>
    `${user} には Exchange Online のメールボックスがありません(オンプレミス、非アクティブ、またはライセンスも共有の設定もない)。`,
  busy: () => "そのメールボックスへの要求が多すぎます。失われたものはなく、次回の実行で続けます。",
};

const signIns = {
  "workflow-identity": "ワークフローの ID トークンの要求",
  microsoft: "Microsoft 365 へのサインイン",
  google: "Google へのサインイン",
  "google-federation": "ワークフローの ID トークンの交換",
  "google-service-account": "サービス アカウントによる署名",
  "google-delegation": "メールボックスのための Google へのサインイン",
};

const signInCauses: Record<SignInCause, (sent: string) => string> = {
  "no-federated-credential": (sent) =>
    `この実行に合うフェデレーション資格情報がありません。発行者は https://token.actions.githubusercontent.com、サブジェクトは次のとおり一字一句一致させてください: ${sent || "(この実行のもの)"}`,
  "client-secret-wrong": () =>
    "client-secret が正しくありません。シークレットの ID ではなく値と、それが属する client-id を指定してください。",
  "client-secret-expired": () =>
    "client-secret の有効期限が切れています。新しく作成するか、指定をやめてフェデレーション資格情報を追加してください(期限切れがなくなります)。",
  "client-unknown": () =>
    "このテナントにその client-id のアプリケーションはありません。アプリの登録のアプリケーション (クライアント) ID と、そのテナントを指定してください。",
  "tenant-unknown": () => "そのテナントはありません。テナント ID またはそのドメインを指定してください。",
  "refresh-token-ended": () =>
    "refresh-token は無効です(取り消された、6か月間未使用、またはテスト中のアプリで7日が過ぎた)。アプリを公開し、新しく作成してください。",
  "provider-unknown": () =>
    "そのプロバイダーはありません。google-workload-identity-provider には projects/番号/locations/global/workloadIdentityPools/プール/providers/プロバイダー の形で指定してください。",
  "account-not-permitted": (sent) =>
    `この実行は ${sent} として署名できません。プールのプリンシパルに Workload Identity ユーザーとサービス アカウント トークン作成者のロールを付与し、IAM Service Account Credentials API を有効にしてください。`,
  "account-unknown": (sent) => `サービス アカウント ${sent} はありません。`,
  "not-delegated": () =>
    "サービス アカウントに、このスコープでユーザーとして動作する権限がありません。管理コンソールのセキュリティ、API の制御、ドメイン全体の委任で、クライアント ID に https://mail.google.com/ を追加してください。",
  "user-unknown": (sent) =>
    `その Workspace にユーザー ${sent} はいません。imap-user にはメールボックスの主アドレスを指定してください。`,
};
