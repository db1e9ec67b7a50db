import type { Said, UnreadFormat } from "../../../report/reason.ts";
import type { LimitPhrases, ReasonPhrases, ReasonWords } from "../reasons.ts";
import { bucketReasons } from "./bucket.ts";
import { signInReasons } from "./sign-in.ts";

/** Why a mail, a file or a mailbox is not read, or a report not kept: one clause, or for a mailbox one paragraph. */
export function reasons(words: ReasonWords): ReasonPhrases {
  return {
    "of-files": ({ count, files, reasons, more, others }) => {
      const all = [...reasons.map(words), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
      const rest = others.map(({ state, count }) => `${count} ${state}`).join(", ");
      return `${count} of ${files} files${all && `: ${all}`}${rest && ` (${rest})`}`;
    },
    limit: (limit) => `${limitTexts[limit.limit](limit)} (limits: ${limit.limit})`,
    "commit-too-large": ({ megabytes }) =>
      `its reports would change more than ${megabytes} MB of files, which no commit can hold`,
    "commit-refused": "its reports alone would make a larger commit than the history's repository takes",

    // The mail and its files.
    unreadable: ({ what, message }) => `${unreadable[what]}: ${message}`,
    "no-bytes": "the mail server gave none of its bytes",
    "header-too-large": "the mail can't be taken apart: its header is too large to be any",
    "no-parts": "the mail says it has parts, but none is found",
    "no-report": "no report in it",
    "attachment-of-other-kind": "an attachment that says gzip, zip or XML is none of them",
    "failure-report": ({ failure, domain, key, network }) =>
      `a DMARC failure report (RFC 9991): ${[failure, domain, key, network].filter((part) => part !== undefined).join(", ")}`,
    "format-not-read": ({ format }) => `${formats[format]} is not read`,
    "archive-without-files": "an archive without files",
    "says-unused": "says unused instead of a report",
    empty: "empty",
    "neither-xml-nor-json": "neither XML nor JSON",
    "not-opened": ({ why }) => `can't be opened: ${words(why)}`,
    "no-such-path": "there is no such file or folder",
    "permission-denied": "permission denied",
    "not-a-folder": "a part of the path is no folder",
    "system-error": ({ message }) => message,
    "failure-report-in-words": "a DMARC failure report in words (Exim)",
    "abuse-report": "an abuse report (RFC 5965)",
    "feedback-report": ({ type }) =>
      type === undefined
        ? "a feedback report (RFC 5965) without a type"
        : `a feedback report (RFC 5965) of type ${type}`,
    "error-report": "an error report (RFC 7489)",
    bounce: "a bounce (RFC 3464)",
    "header-alone": "the header of a mail without its body, as bounces hold it",
    "tls-report-too-large": "a TLS report (RFC 8460), too large to be checked",
    "tls-report-broken": "a TLS report (RFC 8460) that isn't valid JSON",
    json: "JSON, but no TLS report (RFC 8460)",
    "json-too-large": "a large JSON file, but no TLS report (RFC 8460)",
    "not-json": "not JSON",
    "gzip-cut-off": "the gzip file is cut off",
    "gzip-header-cut-off": "the gzip file is cut off in its header",
    "gzip-header-wrong": "the gzip file has a header that isn't gzip's",
    "gzip-checksum": "the gzip file has a wrong checksum",
    "gzip-members": ({ most }) => `the gzip file has more than ${most} members`,
    "gzip-broken": ({ message }) => `the gzip file can't be unpacked (${message})`,
    "zip-in-zip": "a zip in a zip isn't unpacked",
    "zip-encrypted": "a file in the zip is encrypted",
    "zip-method": "a file in the zip is packed by an unknown method",
    "zip-checksum": "a file in the zip has a wrong checksum",

    // XML.
    "not-xml": "not XML",
    "other-root": ({ found, expected }) => `XML of <${found}>, not of <${expected}>`,
    doctype: "declares a DOCTYPE, which no report needs",
    "not-well-formed": ({ why, line }) =>
      `not well-formed XML, ${line === undefined ? "" : `line ${line}: `}${words(why)}`,
    "xml-ends-within": ({ element }) => `it ends within <${element}>`,
    "xml-cut-off": "it is cut off",
    "xml-not-utf-8": "it isn't UTF-8",
    "xml-control-characters": "it holds control characters",
    "xml-tag": "a tag is odd",
    "xml-lone-bracket": "Invalid space after '<'.",
    "xml-end-tag": ({ expected, line, column, found }) =>
      `Expected closing tag '${expected}'${line === undefined ? "" : ` (opened in line ${line}, col ${column})`} instead of closing tag '${found}'.`,
    "xml-entity": "an & begins no entity",
    "xml-attribute": "an attribute is odd",
    "xml-attribute-repeated": "an attribute is repeated",
    "xml-attribute-value": "an attribute has no value in quotes",
    "xml-instruction": "an instruction is out of place",
    "xml-text": "text is out of place",
    "xml-after-root": "something follows the root element",
    "xml-element-too-large": ({ most }) => `an element is larger than ${most} bytes`,
    "xml-too-many-attributes": ({ most }) => `a tag has more than ${most} attributes`,
    "xml-too-many-elements": ({ element, most }) => `a <${element}> holds more than ${most} elements`,

    // The report, and what the history has of it.
    "element-missing": ({ element }) => `<${element}> is missing or empty`,
    "element-wrong": ({ element, expected, got }) =>
      `<${element}> must be ${expected === "seconds" ? "seconds since 1970" : "a host name"}, got ${JSON.stringify(got)}`,
    "period-before-1990": ({ begin }) => `its period begins before 1990 (begin ${begin})`,
    "period-backwards": ({ begin, end }) => `its period ends before it begins (begin ${begin}, end ${end})`,
    "period-in-future": ({ begin, end }) => `its period is in the future (begin ${begin}, end ${end})`,
    "period-too-old": ({ day, first }) => `its period ended on ${day}, before ${first}: older than max-report-age`,
    "period-too-old-uncounted": ({ day, first }) =>
      `it does not count, and its period ended on ${day}, before ${first}`,
    "too-many-uncounted": ({ most }) => `reports that don't count are taken from a mail up to ${most}`,
    "no-room-uncounted": "it does not count, and there is no room for more about its day: it is in the totals alone",
    "too-many-messages": ({ messages, most }) => `it counts ${messages} messages, more than ${most}`,
    "no-record": "it holds no record",
    "no-message": "its records count no message",
    "read-before": "this report was read before",
    "read-before-better": "this report was read before, better authenticated",
    "same-content": "same content as a report with another id",
    "another-is-better": "another report with this id was kept: it is better authenticated",
    "another-is-larger": "another report with this id was kept: it has more messages",
    "replaces-weaker": "replaces one that was less well authenticated",
    "replaces-smaller": "replaces a report with this id that had fewer messages",
    "no-folder": ({ domain }) => `${domain} can't have a folder of its own: it is a single label or a name of ours`,
    "not-in-domains": ({ domain }) => `nothing says that ${domain} is yours: ${isOurs}`,
    "none-counted": ({ domain }) => `no report about ${domain} has counted so far: ${isOurs}`,

    // Who sent it.
    "two-from-addresses": "it has two From addresses",
    "field-repeated": ({ field, count }) => `the mail has ${count} ${field} fields`,
    "dmarc-fail": ({ host, domain }) => `${host} says dmarc=fail for ${domain}`,
    impersonation: ({ name, domain }) =>
      `its reporter goes by the name of ${name}, but the mail is authenticated by ${domain}`,
    "reading-not-signed":
      "what says how to read its body (Content-Type, Content-Transfer-Encoding) is not signed, and its body could be read in another way",
    "too-many-fields": "the mail has too many header fields",
    "not-signed": "the mail is not signed",
    "no-readable-signature": "no signature can be read",
    "signatures-unreadable": "the signatures can't be read",
    "signed-by-others": ({ domains, more }) =>
      `the mail is signed by ${domains.join(", ")}${more > 0 ? ` and ${more} more` : ""}, and not by the domain in From`,
    signature: ({ domain, outcome, why }) => `the signature of ${domain} ${outcomes[outcome]}: ${words(why)}`,
    "signature-unreadable": "it can't be read",
    "signature-tag-twice": "it has a tag twice",
    "signature-tags": ({ tags }) => `it has no ${tags.map((tag) => `${tag}=`).join(", ")}`,
    "signature-selector": "its selector is no host name",
    "signature-fields": ({ most }) => `it names more than ${most} fields`,
    "signature-without-from": "it does not sign From",
    "signature-partial": "it signs but the first part of the body (l=), so that anybody can add to it",
    "signature-sha-1": "it uses SHA-1, which RFC 8301 forbids",
    "signature-algorithm": "its algorithm is not known",
    "signature-form": "its form (c=) is not known",
    "signature-time": "its time is no number",
    "signature-from-future": "it is from the future",
    "signature-expired": "it had expired when the mail arrived",
    "signature-expires-first": "it expires before it was made",
    "signature-of-signatures": "it signs other signatures",
    "signed-fields-changed": "its signed fields were changed, or another key made it",
    "signed-fields-too-long": "the fields it signs are too long",
    "from-not-plain": "From is not plain",
    "body-changed": "the body was changed after it was signed",
    "key-gone": "its key is not in DNS any more, or never was",
    "key-absent": "the TXT record at its name holds no key",
    "key-revoked": "its key was revoked",
    "key-version": "its key is of an unknown version",
    "key-type": "its key is of another type",
    "key-unreadable": "its key can't be read",
    "key-hash": "its key is for another hash algorithm",
    "key-not-for-mail": "its key is not for mail",
    "key-unusable": "its key can't be used",
    "key-short": ({ bits }) => `its key is shorter than ${bits} bits`,
    "key-no-answer": ({ why }) => `DNS gave no answer about its key: ${words(why)}`,
    "dns-time-out": "time-out",
    "dns-failed": "the look-up failed",
    "dns-servfail": "the server could not find out (SERVFAIL)",
    "dns-refused": "the server refused",
    "dns-unreached": "no server could be reached",
    "dns-ended": "the look-ups were ended",
    "dns-silent": "DNS has long said nothing",
    "dns-spent": ({ lookUps }) => `the ${lookUps} look-ups of a run are spent`,
    "dns-error": ({ dnsCode }) => dnsCode,
    "no-trusted-results": "no Authentication-Results field of a trusted host",
    "results-unreadable": ({ host, why }) => `the Authentication-Results field of ${host} can't be read: ${words(why)}`,
    "results-contradict": ({ host }) => `the Authentication-Results fields of ${host} contradict each other`,
    "results-other-domain": ({ host, domain }) => `dmarc=pass of ${host} is not about the From domain ${domain}`,
    "results-say": ({ host, result }) => `${host} says dmarc=${result}`,
    "results-without-alignment": ({ host }) => `${host} says neither dmarc= nor an aligned dkim=pass or spf=pass`,
    "field-too-long": ({ most }) => `it has more than ${most} characters`,
    "too-many-results": ({ most }) => `it has more than ${most} results`,
    "comment-unopened": "a comment in it ends that never began",
    "comment-unclosed": "a comment in it is never closed",
    "quote-unclosed": "a quoted text in it is never closed",

    // Mailboxes and paths: what is wrong, and what to do about it.
    "no-mailbox-read": ({ why }) => `No mailbox could be read, so nothing is sent. ${why.map(words).join(" ")}`,
    "collected-broken": ({ path, message }) =>
      `${path} can't be read as what mode: collect leaves (${message}). Nothing of it was counted. Give collected the file or the folder of the job that collects, of the same release, and run again.`,
    "shard-missing": ({ index, of }) =>
      `shard ${index}/${of} did not come. What the others have read counts, and the next run reads all of it once more. See why the job of that shard failed.`,
    "no-mail": ({ places }) =>
      `There is no mail in ${places.join(" and ")}, and no history yet. Check that the DNS record _dmarc.<your domain> names this mailbox (rua=mailto:…) and that imap-folder, s3 or mail-path and since fit. The first reports come within two days of the DNS record.`,
    "path-not-opened": ({ path, why }) =>
      `${path} can't be opened: ${words(why)}. Give the path of a file or a folder.`,
    "path-neither": ({ path }) =>
      `${path} is neither a file nor a folder. Give the path of one with mails or reports in it.`,
    mailbox: ({ name, place, why }) => `Mailbox "${name}" at ${place}: ${words(why)}`,
    "mailbox-unprotected": ({ name, place }) =>
      `Mailbox "${name}" at ${place} was not opened: imap-security: none would send the password unprotected, so it is for servers on this machine alone (127.0.0.1, ::1, localhost). Set imap-security to tls (port 993) or starttls (port 143).`,
    "host-unknown": ({ host }) => `there is no host named ${host}. Check imap-host.`,
    "host-not-looked-up": ({ host }) =>
      `the name ${host} could not be looked up, since DNS did not answer. Check imap-host; if it is right, the next run tries again.`,
    "host-refuses": ({ port }) =>
      `the host refuses connections to port ${port}. Check imap-host and imap-port. ${ports}`,
    "host-unreachable":
      "the host can't be reached from here. Check imap-host, and that the mail server accepts connections from this machine's network.",
    "host-silent": ({ port }) =>
      `the host does not answer on port ${port}. Check imap-host and imap-port, and that no firewall keeps this machine out. ${ports}`,
    "no-greeting": ({ isTls }) =>
      isTls
        ? "the server accepted the connection but sent no IMAP greeting. Check that imap-host and imap-port are those of an IMAP server."
        : `the server accepted the connection but sent no IMAP greeting, as a port does that expects TLS from the start. Check imap-host and imap-port, and set imap-security: tls for a port with TLS. ${ports}`,
    "starttls-unfinished":
      "the server agreed to STARTTLS but did not finish the TLS handshake. Use imap-security: tls with port 993 if the server has it.",
    "closed-early": ({ said }) =>
      `the server closed the connection before the mailbox was open${says(said)}. Check imap-port and imap-security; if they are right, the server may be busy or limit connections, and the next run tries again. ${ports}`,
    "not-connected": ({ message }) =>
      `connecting failed: ${shown(message)}. Check imap-host, imap-port and imap-security. ${ports}`,
    "port-without-tls": ({ port }) =>
      `port ${port} does not speak TLS from the start (wrong version number). Set imap-security: starttls for this port, or imap-port: 993 for imap-security: tls.`,
    "handshake-failed": ({ message }) =>
      `the TLS handshake failed: ${shown(message)}. The server may offer only outdated versions of TLS; Node's default is 1.2 or newer.`,
    "certificate-unknown": ({ openssl }) =>
      `the server's certificate is not signed by an authority that is known here (${openssl}). If it is your own server, save the certificate of your authority (CA) as a PEM file and set the environment variable NODE_EXTRA_CA_CERTS to its path; if not, its provider has to send the full chain. The check of certificates can't be switched off.`,
    "certificate-expired": ({ openssl }) =>
      `the server's certificate has expired (${openssl}). It has to be renewed on the server; if it was, check this machine's clock.`,
    "certificate-early": ({ openssl }) =>
      `the server's certificate is not valid yet (${openssl}). Check the clocks of this machine and of the server.`,
    "certificate-of-other": ({ message }) =>
      `the server's certificate is for another host (${shown(message)}). Set imap-host to a name that is in the certificate.`,
    starttls: ({ isDisturbed }) =>
      `the server ${isDisturbed ? "disturbed" : "does not offer"} STARTTLS, so the password was not sent. Use imap-security: tls with port 993 if the server has it. If it did offer STARTTLS before, something between here and the server may have removed it.`,
    "login-unavailable": ({ said }) =>
      `the server can't log anybody in at the moment${says(said)}. Nothing is lost: the next run tries again.`,
    "login-needs-tls": ({ said }) =>
      `the server takes passwords over TLS alone${says(said)}. Set imap-security to starttls or tls.`,
    "login-refused": ({ said, provider }) => `the login was refused${says(said)}. ${loginSteps[provider ?? "other"]}`,
    "token-refused": ({ said, provider }) =>
      `the mail server refused the access token${says(said)}. ${tokenSteps[provider ?? "other"]}`,
    ...signInReasons,
    ...bucketReasons,
    "folder-closed": ({ folder, said }) =>
      `the folder "${shown(folder)}" can't be opened${says(said)}. Check imap-folder, and that imap-user may read it.`,
    "folder-missing": ({ folder, folders, more }) => {
      const names = folders.map((name) => `"${shown(name)}"`).join(", ");
      const existing = names === "" ? "" : ` There are: ${names}${more > 0 ? ` and ${more} more` : ""}.`;
      return `there is no folder "${shown(folder)}".${existing} Set imap-folder to one of the mailbox's folders, written in the same way.`;
    },
    "command-refused": ({ step, said }) =>
      `the server refused a command while ${steps[step].doing}${says(said)}. ${steps[step].next}`,
    "connection-lost": ({ step, error, message }) =>
      `the connection was lost while ${steps[step].doing} (${[error, shown(message)].filter(Boolean).join(": ")}). ${steps[step].next} If it happens in each run, look at the server's log and its limits.`,
    "not-deleted": ({ folder, why }) =>
      `old mails in the folder "${folder}" were not deleted, since its server ${undeletable[why]}. Take mail-retention-days away, and delete them in another way, such as by a rule of the mailbox.`,
  };
}

function says(said: Said | undefined): string {
  return said === undefined ? "" : ` (the server says: ${shown(said)})`;
}

function shown(said: Said): string {
  return typeof said === "string" ? said : "words that hold the password are not shown";
}

const limitTexts: LimitPhrases = {
  mailBytes: ({ most }) => `larger than ${most} bytes`,
  unpackedBytes: ({ most }) => `unpacks to more than ${most} bytes`,
  compressionRatio: ({ most, bytes }) => `unpacks to more than ${most} times its ${bytes} bytes`,
  archiveLayers: ({ most }) => `is packed more than ${most} times over`,
  archiveEntries: ({ most, inText }) =>
    inText ? `the text holds more than ${most} reports` : `the zip holds more than ${most} files`,
  records: ({ most }) => `holds more than ${most} records`,
  mimeParts: ({ most }) => `the mail has more than ${most} parts`,
  textLength: ({ most, element }) => `<${element}> has more than ${most} characters`,
  xmlDepth: ({ most }) => `has elements more than ${most} deep`,
  mimeDepth: ({ most }) => `mails in mails more than ${most} deep`,
};

const unreadable = {
  mail: "the mail can't be read",
  "parts-of-mail": "the mail can't be taken apart",
  "mail-in-mail": "a mail in the mail can't be read",
  file: "the file can't be read",
  attachment: "the attachment can't be unpacked",
  zip: "the zip can't be read",
  "zip-directory": "the zip's directory can't be read",
  "zip-file": "a file in the zip can't be unpacked",
  report: "the report can't be read",
};

const isOurs = "not ours, or forgotten? Name it in the input domains if it is ours";

const outcomes = { failed: "does not fit", none: "proves nothing", retry: "could not be checked" };

const ports = "The usual ports are 993 for imap-security: tls and 143 for starttls.";

const loginSteps = {
  gmail:
    "Gmail takes an app password here, not the password of the account: switch on 2-step verification, make an app password at https://myaccount.google.com/apppasswords and put it into imap-password. In Google Workspace the administrator has to allow IMAP; without app passwords use imap-auth: google.",
  microsoft:
    "Microsoft has switched off passwords (basic authentication) for IMAP: use imap-auth: microsoft with tenant and client-id, as docs/mailboxes.md shows.",
  "app-password":
    "Check imap-user and imap-password. This provider asks for an app password, made in the settings of the account.",
  other: "Check imap-user and imap-password.",
};

const tokenSteps = {
  gmail:
    "Check that imap-user is the mailbox that the token is for, that its scope is https://mail.google.com/, and that the administrator allows IMAP.",
  microsoft:
    "Check that imap-user is right and that IMAP is on for it, that the application has IMAP.AccessAsApp with the administrator's consent, and that New-ServicePrincipal was given the object id of the enterprise application, not that of the app registration.",
  other: "Check imap-user, and that the token is for IMAP and has not expired.",
};

const kept = "What was read before is kept, and the next run goes on from there.";

const steps = {
  open: { doing: "the folder was opened", next: kept },
  read: { doing: "mails were read", next: kept },
  delete: { doing: "old mails were deleted", next: "Those that are still there are deleted by the next run." },
};

const undeletable = {
  "no-uidplus": "has no UIDPLUS, and could only delete them together with all that is marked as deleted",
  "read-only": "opens the folder for reading alone",
  refused: "refused to",
};

const formats: Readonly<Record<UnreadFormat, string>> = {
  ole: "OLE (Outlook's .msg)",
  tnef: "TNEF (Outlook's winmail.dat)",
  smime: "S/MIME",
  uuencode: "uuencode",
  xz: "xz",
  bzip2: "bzip2",
  "7z": "7z",
  rar: "rar",
  tar: "tar",
};
