import type { SetupPhrases } from "../setup-findings.ts";

/** What is found of a set-up, and what to do about it. */
export const setupFindings: SetupPhrases = {
  headline: ({ act, look }) =>
    act + look === 0 ? "the set-up is good" : `${act} to mend, ${look} to look at in the set-up`,
  "mailbox-read": ({ mails, newest, reports }) =>
    `signed in and read: ${mails} of the newest mails, ${reports} with a report${newest === "" ? "" : `, the newest of ${newest} UTC`}`,
  "mailbox-unread": ({ why }) => why,
  "mailbox-empty": ({ days }) =>
    `no mail in ${days} days. Reports come a day or two after rua= is published: see the lines of your domains below. Check imap-folder, and that no filter moves them elsewhere`,
  "mailbox-quiet": ({ days, newest }) =>
    `no mail in ${days} days, the newest is of ${newest} UTC, and reports come daily. Check rua= in the lines of your domains below, and that no filter moves them elsewhere`,
  "mailbox-without-reports": ({ mails }) =>
    `${mails} mails, and no report in them. Name the folder that the reports are filed into (imap-folder)`,
  "host-believed": ({ host }) => `mails carry the results of authserv-id ${host}, which are believed`,
  "host-other": ({ believed, seen, setting }) =>
    `no mail carries results of authserv-id ${believed}. ${setting === undefined ? "They carry none that could be believed: leave authserv-id out, so that reports count by their DKIM signatures" : `They carry those of ${seen}: if that is your own mail host, set authserv-id: ${setting}`}`,
  "host-unnamed": ({ seen, setting }) =>
    `mails carry results of ${seen}, and authserv-id is not set. If that is your own mail host, set authserv-id: ${setting}; until then reports count by their DKIM signatures alone`,
  "host-none": () => "mails carry no Authentication-Results: reports count by their DKIM signatures",
  "dmarc-good": ({ name, record }) => `the DMARC record is good: ${name} TXT "${record}"`,
  "dmarc-inherited": ({ from }) => `no DMARC record of its own: that of ${from} holds`,
  "dmarc-missing": ({ name, record }) => `there is no DMARC record. Publish: ${name} TXT "${record}"`,
  "dmarc-several": ({ name, count }) =>
    `${name} has ${count} DMARC records, so that receivers take none. Leave one of them`,
  "dmarc-unreadable": ({ name, found }) =>
    `${name} has a record that is no DMARC record: "${found}". It must begin with v=DMARC1; in capitals, with a semicolon behind it`,
  "dmarc-policy": ({ name, value }) =>
    `${name}: p=${value} is no policy, so that receivers take p=none at best. Write p=none, p=quarantine or p=reject`,
  "dmarc-no-policy": ({ name }) =>
    `${name} has no p=. RFC 9989 reads it as p=none, older receivers refuse it: write it`,
  "dmarc-value": ({ name, tag, value, expected }) =>
    `${name}: ${tag}=${value} is ignored. Write one of ${expected}, or take the tag out`,
  "dmarc-old-tags": ({ name, tags }) =>
    `${name}: RFC 9989 took out ${tags}. Take them out; in place of pct=0 there is t=y`,
  "dmarc-unknown-tags": ({ name, tags }) =>
    `${name}: there are no tags ${tags}, so that they are ignored. Is one misspelled?`,
  "dmarc-testing": ({ name }) =>
    `${name}: t=y has receivers apply one step less than p says. Take it out when the tests are over`,
  "dmarc-psd": ({ name }) =>
    `${name}: psd=y says that strangers register names below it, so that subdomains stand alone. Take it out`,
  "rua-missing": ({ name, record }) => `${name} asks for no reports. Change it to: ${name} TXT "${record}"`,
  "rua-not-mailto": ({ name, found, record }) =>
    `${name}: rua=${found} is no address to send to, since mailto: is missing or misspelled. Change it to: ${name} TXT "${record}"`,
  "rua-elsewhere": ({ name, address, record }) =>
    `${name} does not send reports to ${address}, and none have come. Change it to: ${name} TXT "${record}"`,
  "rua-by-way": ({ name, address }) =>
    `${name} names other addresses than ${address}; reports come all the same, by an alias or a forward`,
  "destination-good": ({ name }) => `${name} allows the reports`,
  "destination-missing": ({ name, host }) =>
    `${host} has not said that it takes these reports, so that most reporters send none. Publish in the DNS of ${host}: ${name} TXT "v=DMARC1"; or once for all your domains: *._report._dmarc.${host}`,
  "spf-good": ({ name, lookUps }) => `SPF of ${name} is good, with ${lookUps} of 10 look-ups`,
  "spf-missing": ({ name }) =>
    `there is no SPF record. If ${name} sends no mail, publish: ${name} TXT "v=spf1 -all"; else list its senders`,
  "spf-several": ({ name, count }) =>
    `${name} has ${count} SPF records, which is an error to receivers. Make one of them`,
  "spf-syntax": ({ name, term }) =>
    `SPF of ${name} has a term that nobody can read: ${term}. Correct it, or take it out`,
  "spf-look-ups": ({ name, lookUps }) =>
    `SPF of ${name} takes ${lookUps} look-ups and may take 10, so that it fails for all. Take out includes of services that sign by DKIM, or list networks`,
  "spf-void": ({ name, voids }) =>
    `SPF of ${name} asks for names that lead to nothing, and may do so twice: ${voids}. Take them out`,
  "spf-include": ({ name, include }) =>
    `SPF of ${name} includes ${include}, which has no SPF record: an error to receivers. Take it out, or ask who runs it`,
  "spf-all": ({ name }) => `SPF of ${name} ends in +all: the whole world may send. Write -all or ~all`,
  "spf-open": ({ name }) => `SPF of ${name} does not say what becomes of other hosts. End it with -all or ~all`,
  "spf-ptr": ({ name }) => `SPF of ${name} uses ptr, which RFC 7208 advises against. List the networks`,
  "keys-good": ({ names }) => `DKIM keys that sign: ${names}`,
  "key-missing": ({ name }) =>
    `${name} is gone, and mail of the last two weeks was signed with it. Publish the key again, or let the sender sign with another`,
  "key-alias": ({ name, target }) =>
    `${name} is a CNAME of ${target}, which has no key. Ask the service that signs for the right name`,
  "key-revoked": ({ name }) => `${name} is revoked (p= is empty), and mail of the last two weeks was signed with it`,
  "key-broken": ({ name }) => `${name} holds no key that can be read. Publish it anew, whole, as the service gives it`,
  "key-weak": ({ name, bits }) => `${name} has ${bits} bits, and receivers take no key under 1,024. Make one of 2,048`,
  "key-short": ({ name, bits }) => `${name} has ${bits} bits. Make one of 2,048 when you next change it`,
  "key-testing": ({ name }) => `${name} says t=y: some receivers treat its mail as unsigned. Take that out`,
  "dns-no-answer": ({ name, why }) => `DNS did not answer for ${name} (${why}). Run doctor again`,
  "slack-good": ({ channel }) => `messages can be posted: ${channel}`,
  "slack-failed": ({ said }) => said,
  "slack-scope": ({ scope }) =>
    `the token lacks the scope ${scope}. Add it under "OAuth & Permissions" of the Slack app, and reinstall the app`,
  "slack-none": () => "neither slack-token nor slack-webhook-url is given: the digest is in the job summary alone",
  "history-failed": ({ said }) => said,
  "github-good": ({ repository }) => `${repository}: token, rules and schedule are good`,
  "github-failed": ({ said }) => said,
  "github-public": ({ repository }) =>
    `${repository} is public, and reports name your servers and services. Make it private, or set allow-public: true`,
  "github-archived": ({ repository }) =>
    `${repository} is archived: nothing can be committed. Unarchive it under Settings`,
  "github-contents": ({ repository }) =>
    `the token may not commit to ${repository}. Add contents: write to the permissions of the job`,
  "github-issues": ({ repository }) =>
    `the token may not write issues of ${repository}. Add issues: write to the permissions of the job`,
  "github-issues-off": ({ repository }) =>
    `${repository} has no issues. Switch them on under Settings, General, Features`,
  "github-rules": ({ branch, rules }) =>
    `a ruleset keeps the token from committing to ${branch}: ${rules}. Set data-branch to one without rules, such as dmarc-data`,
  "github-protected": ({ branch }) =>
    `${branch} is protected: commits may be refused. If so, set data-branch to one without, such as dmarc-data`,
  "github-no-schedule": ({ workflow }) =>
    `${workflow} has no schedule on the default branch, so that it runs by hand alone. Add on: schedule: - cron: "37 6 * * *"`,
  "github-schedule-off": ({ workflow, state }) =>
    `GitHub does not run ${workflow} (${state}). Switch it on under Actions, ${workflow}, Enable workflow`,
};
