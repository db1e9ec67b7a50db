import { execFileSync } from "node:child_process";
import { userInfo } from "node:os";
import type { ServerCertificate } from "../certificates.ts";

/** How a server takes access tokens, and where it has them checked (RFC 7662). */
export interface DovecotTokens {
  mechanism: "xoauth2" | "oauthbearer";
  introspectionUrl: string;
}

/** What a private Dovecot needs to know. */
export interface DovecotSettings {
  /** `2.3.19.1`; the syntax has changed with 2.4. */
  version: string;
  /** Its own folder, an absolute path. */
  folder: string;
  /** Ports on 127.0.0.1. */
  port: number;
  tlsPort: number;
  certificate: ServerCertificate;
  /** Whether STARTTLS and TLS are offered. */
  tls: boolean;
  /** How access tokens are taken beside passwords; absent for passwords alone. */
  tokens?: DovecotTokens;
  /** The user and group that mails belong to. */
  owner: { uid: number; gid: number };
}

/**
 * The text of a `dovecot.conf` for a server of one test, which touches nothing outside its folder.
 *
 * As root, Dovecot uses its own system users; else everything runs as the current user
 * (https://doc.dovecot.org/2.3/admin_manual/rootless/), without chroot.
 */
export function formatDovecotConfig(settings: DovecotSettings): string {
  const { folder, port, tlsPort, version } = settings;
  const modern = !/^[01]\.|^2\.[0-3]\./.test(version);
  // How many connections a process serves, else one: to start it and to set up its TLS costs more than what it does.
  const lives = modern ? "restart_request_count" : "service_count";
  return `${modern ? modernSettings(settings) : oldSettings(settings)}
protocols = imap
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
listen = 127.0.0.1
auth_mechanisms = plain login ${settings.tokens?.mechanism ?? ""}
first_valid_uid = 1
# With the penalty off (below): answer at once to a wrong password.
auth_failure_delay = 0
${rootless()}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  chroot =
  ${lives} = ${modern ? "unlimited" : 0}
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${settings.tls ? tlsPort : 0}
    ssl = yes
  }
}
service imap {
  ${lives} = 1000
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
`;
}

function rootless(): string {
  if (process.getuid?.() === 0) return "";
  const { username, gid } = userInfo();
  return `default_internal_user = ${username}\ndefault_login_user = ${username}\ndefault_internal_group = ${groupName(gid)}`;
}

function groupName(gid: number): string {
  return execFileSync("getent", ["group", String(gid)], { encoding: "utf8" }).split(":")[0] ?? String(gid);
}

/** Dovecot 2.3: https://doc.dovecot.org/2.3/ */
function oldSettings({ folder, certificate, tls, owner, tokens }: DovecotSettings): string {
  const passdb = `passdb {
  driver = oauth2
  mechanisms = ${tokens?.mechanism}
  args = ${folder}/oauth2.conf
}
`;
  return `${tokens === undefined ? "" : passdb}ssl = ${tls ? "yes" : "no"}
ssl_cert = <${certificate.certFile}
ssl_key = <${certificate.keyFile}
disable_plaintext_auth = no
mail_location = maildir:${folder}/mail
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${folder}/users
}
userdb {
  driver = static
  args = uid=${owner.uid} gid=${owner.gid} home=${folder}/home
}`;
}

/** Dovecot 2.4: https://doc.dovecot.org/2.4.0/installation/upgrade/2.3-to-2.4.html */
function modernSettings({ folder, certificate, tls, owner, tokens }: DovecotSettings): string {
  const passdb = `oauth2 {
  introspection_mode = get
  introspection_url = ${tokens?.introspectionUrl}
  username_attribute = username
}
passdb oauth2 {
  mechanisms_filter = ${tokens?.mechanism}
}
`;
  return `dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
ssl = ${tls ? "yes" : "no"}
ssl_server_cert_file = ${certificate.certFile}
ssl_server_key_file = ${certificate.keyFile}
auth_allow_cleartext = yes
${tokens === undefined ? "" : passdb}mail_driver = maildir
mail_path = ${folder}/mail
mail_inbox_path = ${folder}/mail
passdb passwd-file {
  passwd_file_path = ${folder}/users
}
userdb static {
  fields {
    uid = ${owner.uid}
    gid = ${owner.gid}
    home = ${folder}/home
  }
}`;
}
