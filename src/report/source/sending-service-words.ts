/*
 * Words that hold for many services of the list, and where the list is known from.
 */

/** For mailing lists: there is nothing to set up at the author's side. */
export const atList = {
  isForwarder: true,
  dkimSetup:
    "Nothing to set up: a list that changes a mail breaks its signature, so ask its owner to rewrite the From field (DMARC mitigation).",
  dkimSetupJa:
    "設定するものはありません。メーリングリストが本文や件名を書き換えると署名が壊れるため、リストの管理者に From の書き換え(DMARC 対策)を依頼してください。",
} as const;

/** For forwarders. */
export const atForwarder = {
  isForwarder: true,
  dkimSetup:
    "Nothing to set up here: SPF fails when mail is forwarded, so sign with DKIM where the mail is first sent, and it still passes.",
  dkimSetupJa:
    "ここで設定するものはありません。転送されると SPF は失敗するため、最初に送信するサーバーで DKIM 署名を付けておけば通ります。",
} as const;

/** For mailbox providers that sign for no domain but theirs. */
export const atMailbox = {
  dkimSetup:
    "It cannot sign for your own domain: send such mail through the mail server of your domain, or do not use the domain in the From field.",
  dkimSetupJa:
    "独自ドメインでは署名できません。独自ドメインのメールはそのドメインのメールサーバーから送信するか、From に独自ドメインを使わないでください。",
} as const;

/** For gateways that pass on what other servers have signed. */
export const atGateway = {
  dkimSetup:
    "Sign at the mail server behind the gateway and let the gateway change nothing after that, or turn on its own signing and publish the key that it shows.",
  dkimSetupJa:
    "ゲートウェイの手前のメールサーバーで署名し、その後にメールを書き換えないようにするか、ゲートウェイの署名機能を有効にして表示された公開鍵を DNS に登録してください。",
} as const;

/** For services of which no more is known than that they show records to publish. */
export const byShownRecords = {
  dkimSetup:
    "Add your domain in the service's settings for sender authentication and publish the DNS records that it shows.",
  dkimSetupJa: "サービスの送信ドメイン認証の設定で自社ドメインを追加し、表示された DNS レコードを登録してください。",
} as const;

/** For services that set it up on request. */
export const byRequest = {
  dkimSetup:
    "Ask the service for a DKIM signature with your domain (author's signature) and publish the DNS record that it gives you.",
  dkimSetupJa:
    "サービスの窓口に自社ドメインの DKIM 署名(作成者署名)を依頼し、案内された DNS レコードを登録してください。",
} as const;

export const archives = "signatures of real mails in public archives of mailing lists";
export const zones = "DNS records of customers in public code";
export const vendorZones = "public code, mail vendors' names checked against live DNS in October 2026";
export const senderTable = "public code, a table of sending services and the domains that they own";
export const japaneseTable = "public code, a Gmail add-on that names Japanese sending services by their domains";
export const wiki = "github.com/dmarcwise/dmarc-wiki src/lib/providers";
export const vendor = "vendor documentation";
