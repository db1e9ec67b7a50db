import * as z from "zod";
import { trustedPresets } from "../report/trust/trust.ts";
import {
  buckets,
  dnsServers,
  domains,
  duration,
  type FileForm,
  flag,
  forms,
  httpsUrl,
  instant,
  integer,
  limitNames,
  limits,
  lines,
  list,
  listed,
  matching,
  oneOf,
  secret,
  senders,
  shard,
  share,
  since,
  text,
  trustedHosts,
  userName,
  weekdays,
} from "./values.ts";

/** One setting: an input of the Action and, by the same name, a flag of the command line and a key of the file. */
export interface Setting {
  /**
   * Where it stands in the file: at the top for all (`run`), in an entry of `mailboxes`, in that of a domain or a group, and
   * at the top for all domains (`domain`), or nowhere, since it is of one run (`input`). At the top when absent.
   */
  in?: "run" | "mailbox" | "domain" | "input";
  /** As in action.yml, one sentence or two. */
  description: string;
  /** What holds when it is not given; absent for none. */
  default?: string;
  /** Never printed, and masked in logs. */
  isSecret?: true;
  /** What a value must be, to follow "must be". */
  expected: string;
  example: string;
  /** The value in the text of an input. */
  schema: z.ZodType<unknown, string>;
  /** How it is written in the file; as text when absent. */
  form?: FileForm;
}

const ofMailbox = settingsIn("mailbox");
const ofDomain = settingsIn("domain");
const ofRun = settingsIn("input");

/** All settings that may be given as inputs, in the order in which they are documented. */
export const inputs = {
  ...ofMailbox({
    "imap-host": {
      description:
        "Host name of the IMAP server that holds the report mailbox. Without it: that of imap-auth, microsoft or google.",
      expected: "a host name alone: its port goes into imap-port",
      example: "imap.gmail.com",
      // More than one colon is an IPv6 address.
      schema: matching(/^([\w.-]+|[\da-f:.]*:[\da-f:.]*:[\da-f:.]*)$/i),
    },
    "imap-port": {
      description: "Port of the IMAP server. Without it: 993 with tls, 143 otherwise.",
      ...integer("a port from 1 to 65535", 1, 65_535),
      example: "993",
    },
    "imap-security": {
      description: "How the connection is protected: tls, starttls (enforced), or none (only to this machine).",
      default: "tls",
      ...oneOf("tls", "starttls", "none"),
      example: "tls",
    },
    "imap-user": {
      description: "User name at the IMAP server, most often the whole address.",
      expected: "a user name",
      example: "dmarc@example.com",
      schema: text,
    },
    "imap-password": {
      description: "Password at the IMAP server. Gmail wants an app password. Give it as a secret.",
      ...secret("a password", z.string().min(1)),
      example: "${{ secrets.IMAP_PASSWORD }}",
    },
    "imap-auth": {
      description:
        "How to sign in without a password: microsoft or google. Without it, imap-password or imap-access-token is used.",
      ...oneOf("microsoft", "google"),
      example: "microsoft",
    },
    "imap-access-token": {
      description: "Access token (OAuth) for IMAP that an earlier step has fetched, instead of a password.",
      ...secret("an access token", text),
      example: "${{ steps.auth.outputs.access_token }}",
    },
    tenant: {
      description: "For imap-auth microsoft and graph: the tenant, by its id or one of its domains.",
      expected: "a tenant's id or domain",
      example: "example.onmicrosoft.com",
      schema: matching(/^[\w.-]+$/),
    },
    "client-id": {
      description: "For imap-auth microsoft and graph, and google with a refresh token: the application's client id.",
      expected: "a client id",
      example: "00001111-aaaa-2222-bbbb-3333cccc4444",
      schema: text,
    },
    "client-secret": {
      description:
        "The application's secret. With microsoft leave it out: the workflow's own identity is the proof (permissions: id-token: write), and nothing is stored.",
      ...secret("a client secret", text),
      example: "${{ secrets.CLIENT_SECRET }}",
    },
    "refresh-token": {
      description: "For imap-auth google: a refresh token of the one mailbox, with client-id and client-secret.",
      ...secret("a refresh token", text),
      example: "${{ secrets.REFRESH_TOKEN }}",
    },
    "google-service-account": {
      description:
        "For imap-auth google: a service account that may act for the mailbox, signed in to by the workflow's own identity.",
      expected: "the address of a service account",
      example: "dmarc@project.iam.gserviceaccount.com",
      schema: matching(/^[\w.-]+@[\w.-]+$/),
    },
    "google-workload-identity-provider": {
      description: "For google-service-account: the whole name of the provider that trusts this repository.",
      expected: "the whole name of a provider",
      example: "projects/123/locations/global/workloadIdentityPools/github/providers/dmarc",
      schema: matching(/^projects\/[\w-]+\/locations\/global\/workloadIdentityPools\/[\w-]+\/providers\/[\w-]+$/),
    },
    "imap-folder": {
      description:
        "Folder to read. It is opened read-only: no mail is changed, moved or marked as seen (see mail-retention-days).",
      default: "INBOX",
      expected: "the name of a folder",
      example: "INBOX/dmarc",
      schema: text,
    },
    graph: {
      description:
        "Address of a Microsoft 365 mailbox to read by Microsoft Graph instead of IMAP, with tenant and client-id; the application needs Mail.Read for this mailbox alone.",
      expected: "an address",
      example: "dmarc@example.com",
      schema: matching(/^[^@\s]+@[^@\s]+$/),
    },
    s3: {
      description:
        "Buckets to read mails from, one a line, each with what the keys begin with: s3://bucket/prefix, as SES fills them. Credentials are those of aws-actions/configure-aws-credentials, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Needs domains.",
      ...listed("addresses such as s3://bucket/prefix, one a line", buckets),
      example: "s3://example-dmarc/reports/",
    },
    "s3-region": {
      description: "Region of the buckets. Without it: AWS_REGION, or us-east-1 with s3-endpoint.",
      expected: "a region",
      example: "eu-west-1",
      schema: matching(/^[a-z0-9-]+$/),
    },
    "s3-endpoint": {
      description: "Address of another service with the API of S3, such as R2, MinIO or Google Cloud Storage.",
      expected: "an https address",
      example: "https://storage.googleapis.com",
      schema: httpsUrl,
    },
    "mail-path": {
      description: "Files or folders to read mails and reports from, one a line: .eml, mbox, .xml, .gz, .zip.",
      ...listed("paths, one a line", lines.pipe(z.array(text).min(1))),
      example: "reports/",
    },
  }),
  domains: {
    in: "input",
    description:
      "Your domains, their subdomains included; reports about others are not kept, but named. Without it: the domain of imap-user, that of its organization, and those that the history has; of mail-path alone, all that a report that counts is about; s3 alone needs it.",
    expected: "domain names, separated by blanks, commas or lines",
    example: "example.com, example.org",
    schema: domains,
  },
  "authserv-id": {
    in: "mailbox",
    description: `Who judges that mails are authentic: the id that your mail host writes into Authentication-Results, or one of ${trustedPresets.join(", ")}. Without it: the host's own where imap-host is known; else a run shows which id your mails carry.`,
    ...listed(
      `ids of mail hosts or of ${trustedPresets.join(", ")}, separated by blanks, commas or lines`,
      trustedHosts,
    ),
    example: "gmail",
  },
  ...ofDomain({
    "trusted-reporters": {
      description:
        "Domains of reporters that count from their first authenticated report on, subdomains included, beside the known ones; those of a domain count for that domain alone.",
      ...listed("domain names, separated by blanks, commas or lines", domains),
      example: "example.net",
    },
    senders: {
      form: forms.senders,
      description:
        "Whose senders are, one a line: ours: crm.vendor.example, or not-ours: botnet7.example; addresses and networks, too. It decides about mail that fails, on past days as well.",
      expected: "lines such as ours: crm.vendor.example or not-ours: 192.0.2.0/24, not both of one sender",
      example: "ours: crm.vendor.example",
      schema: senders,
    },
  }),
  "count-unverified": {
    ...flag,
    description: "Counts reports of which nothing shows that they are authentic, too. Anybody can send such reports.",
    default: "false",
  },
  "dns-servers": {
    description: "DNS servers for the keys of DKIM signatures, as address or address:port. Without it, the machine's.",
    ...listed("IP addresses, with a port if need be, separated by blanks, commas or lines", dnsServers),
    example: "192.0.2.53, [2001:db8::53]:5353",
  },
  "network-names": {
    ...flag,
    description:
      "Names the networks of nameless senders in alarms: who runs them, by Team Cymru's DNS zones, and the host's own name. DNS then hears of these addresses; the answers are kept in the history.",
    default: "false",
  },
  "max-report-age": {
    description: "Reports about periods that ended more days ago than this are not kept.",
    default: "400",
    ...integer("whole days, 1 at least", 1, 100_000),
    example: "400",
  },
  since: {
    in: "mailbox",
    description: "How far back the first run reads: days (60d) or a date (2026-10-01).",
    default: "60d",
    expected: "days before now, or a date",
    example: "60d",
    schema: since,
  },
  reread: {
    in: "input",
    description:
      "Reads mails that arrived in these days (30d), or since a date, once more: after a change of domains or limits.",
    expected: "days before now, or a date",
    example: "30d",
    schema: since,
  },
  "time-budget": {
    description: "Reading stops after this time, so that there is some left to send; the next run goes on.",
    default: "10m",
    expected: "a time in seconds, minutes or hours",
    example: "10m",
    schema: duration,
  },
  "mail-retention-days": {
    description:
      "Deletes mails that are done with from the mailbox after so many days, 7 at least. Without it, no mail is deleted.",
    ...integer("whole days, 7 at least", 7),
    example: "30",
  },
  "settle-hours": {
    description: "Hours to wait after a day's end (24:00 UTC) before its digest: reports arrive late.",
    default: "48",
    ...integer("whole hours", 0, 240),
    example: "48",
  },
  ...ofRun({
    mode: {
      description:
        "digest; watch: reads the mails and posts early alarms alone, for a second time of the day; due days wait for the next run; collect: reads the mails and leaves what they hold in a file (output collected-path), for another job to commit; or doctor: looks over the set-up (sign-in, DNS, Slack, GitHub), and changes and posts nothing.",
      default: "digest",
      ...oneOf("digest", "watch", "collect", "doctor"),
      example: "watch",
    },
    collected: {
      description:
        "What jobs with mode: collect have left, instead of a mailbox: files, or folders with them, one a line. Needs domains.",
      expected: "paths, one a line",
      example: "collected/",
      schema: lines,
    },
    shard: {
      description: "With mode: collect, the share of the mails that this job reads: 3/16 is the third of sixteen.",
      expected: "a share such as 3/16, of 256 at most",
      example: "3/16",
      schema: shard,
    },
  }),
  doctor: {
    description:
      "weekly keeps what DNS says of your domains (data/dns), so that a changed record is a difference in git and named where mail fails by it, and says in the weekly message what to mend; none asks for nothing.",
    default: "none",
    ...oneOf("weekly", "none"),
    example: "weekly",
  },
  ...ofDomain({
    "max-fail-rate": {
      form: forms.share,
      description:
        "A limit beside the built-in rules: alarm when more than this share of a domain's messages on one day is your own mail that fails DMARC.",
      expected: "a share from 0 to 1 or a percentage",
      example: "2%",
      schema: share,
    },
    "max-failures": {
      description:
        "A limit beside the built-in rules: alarm when more than this number of a domain's own messages fail DMARC on one day.",
      ...integer("a whole number of messages"),
      example: "500",
    },
    "min-messages": {
      description:
        "With fewer messages than this for a domain on a day, max-fail-rate and max-failures are not looked at.",
      default: "100",
      ...integer("a whole number of messages"),
      example: "100",
    },
  }),
  language: {
    description: "Language of the message, the issue and the summary: en or ja.",
    default: "en",
    ...oneOf("en", "ja"),
    example: "ja",
  },
  csv: {
    description: "Which records the CSV lists: any-fail (SPF or DKIM failed), dmarc-fail, or none.",
    default: "any-fail",
    ...oneOf("any-fail", "dmarc-fail", "none"),
    example: "dmarc-fail",
  },
  explore: {
    ...flag,
    description:
      "Writes one HTML file to explore the last 13 months, at the output explore-path: upload it as an artifact that opens behind a login.",
    default: "false",
  },
  post: {
    description:
      "daily posts each digest to the channel; changes only those that are not quiet, while a quiet one goes into the thread of the last message.",
    default: "daily",
    ...oneOf("daily", "changes"),
    example: "changes",
  },
  weekly: {
    description: "Weekday of the long message with a table, charts, readiness and trends; none for no such message.",
    default: "monday",
    expected: "a weekday such as monday, or none",
    example: "friday",
    schema: z.enum([...weekdays, "none"]),
  },
  "slack-token": {
    description: "Token of a Slack bot (xoxb-…) with the scopes chat:write and files:write. Give it as a secret.",
    ...secret("a bot token", matching(/^xox[a-z.-]+-\S+$/)),
    example: "${{ secrets.SLACK_TOKEN }}",
  },
  ...ofDomain({
    "slack-channel": {
      description: "Slack channel to post to, by id or name; the bot must be a member.",
      expected: "a channel id or name",
      example: "C0123456789",
      schema: matching(/^#?[^\s#]+$/),
    },
    "slack-webhook-url": {
      description: "Slack incoming webhook, instead of a bot; it can't send the CSV file. Give it as a secret.",
      ...secret("an https address", httpsUrl),
      example: "${{ secrets.SLACK_WEBHOOK_URL }}",
    },
    mention: {
      description:
        "Whom in Slack a message names when there is something new to act on: a user or a user group, by id; once for each incident.",
      expected: "the id of a Slack user (U…) or user group (S…)",
      example: "S0123456789",
      schema: text.regex(/^[UWS][A-Z\d]{4,20}$/),
    },
  }),
  "notify-failure": {
    ...flag,
    description:
      "Says in the Slack channel that a run or part of it failed, with the reason and a link; a bot also when no run succeeds for 30 hours.",
    default: "true",
    example: "false",
  },
  "fail-on": {
    description:
      "Fails the run, so that GitHub shows it red, when the verdict is as bad as this: look, act, or never. All is sent before.",
    default: "never",
    ...oneOf("look", "act", "never"),
    example: "act",
  },
  ...ofDomain({
    owner: {
      description: "Who answers for a domain, named in its issue: a user or a team of GitHub, or any text.",
      expected: "a name of up to 100 characters on one line",
      example: "@example/mail-team",
      schema: text.regex(/^[^\p{Cc}]{1,100}$/u),
    },
    assignees: {
      description: "Users of GitHub who are assigned to an issue when it is opened.",
      ...listed(
        "up to 10 users of GitHub, separated by blanks, commas or lines",
        list.pipe(z.array(userName).min(1).max(10)),
      ),
      example: "octocat, hubot",
    },
    labels: {
      description: "Labels of an issue beside dmarc-digest, one a line; those that are missing are made.",
      ...listed("labels of up to 50 characters, one a line", lines.pipe(z.array(z.string().max(50)).min(1))),
      example: "mail",
    },
    "issue-repository": {
      description: "Repository for the issues. Without it, the one that the workflow runs in.",
      expected: "a repository as owner/name",
      example: "example/operations",
      schema: text.regex(/^[\w.-]+\/[\w.-]+$/),
    },
  }),
  "issue-token": {
    description:
      "Token for the issues (issues: write), such as a GitHub App's, where they are in another repository. Without it: github-token.",
    ...secret("a token", text),
    example: "${{ steps.app-token.outputs.token }}",
  },
  "heartbeat-url": {
    description:
      "Address that is fetched after each run that went well, so that a monitor notices when there is none. Give it as a secret.",
    ...secret("an https address", httpsUrl),
    example: "${{ secrets.HEARTBEAT_URL }}",
  },
  "github-token": {
    in: "input",
    description: "Token for the history (contents: write) and for the issues (issues: write).",
    default: "${{ github.token }}",
    ...secret("a token", text),
    example: "${{ github.token }}",
  },
  store: {
    description:
      "Where the history is kept: github (a branch, by GitHub's API, without a checkout) or git (a work tree). Without it: github in an Action that has a token, else git.",
    ...oneOf("github", "git"),
    example: "git",
  },
  "data-branch": {
    description:
      "Branch of the history, made without a parent when it is missing; for store github. Without it, the default branch.",
    expected: "the name of a branch",
    example: "dmarc-data",
    schema: text.regex(/^(?!.*(\.\.|\/\/|@\{|\.lock$))[^\s~^:?*[\\\p{Cc}/.-][^\s~^:?*[\\\p{Cc}]*(?<![/.])$/u),
  },
  "data-path": {
    description: "Folder of the history in the repository; with store git, in the work tree.",
    default: "data",
    expected: "a path on one line",
    example: "data",
    schema: text.regex(/^[^\p{Cc}]+$/u),
  },
  "allow-public": {
    ...flag,
    description: "Keeps the history in a public repository, where everybody can read it.",
    default: "false",
  },
  "keep-recipients": {
    ...flag,
    description: "Keeps the domains of recipients and the comments of receivers, which may name people.",
    default: "false",
  },
  limits: {
    form: forms.limits,
    description:
      "Raises or lowers bounds on what a mail may hold, as key=number; a mail past one is shown as too-big, with the key.",
    expected: `pairs of key=number with a whole number from 1, each key once; keys are ${limitNames.join(", ")}; those in bytes may end in KB, MB or GB`,
    example: "unpackedBytes=512MB, records=500000",
    schema: limits,
  },
  ...ofRun({
    "dry-run": {
      ...flag,
      description: "Read and print all, but commit, push, post and open nothing.",
      default: "false",
    },
    config: {
      description:
        "Path of the configuration file, which says more than inputs can: several mailboxes, settings of each domain, mutes. It is read from the default branch; on the command line from the disk. An input takes the place of the key at the top of the file.",
      default: ".github/dmarc-digest.yml",
      expected: "the path of a file in the repository",
      example: ".github/dmarc-digest.yml",
      schema: text.regex(/^[^\p{Cc}]+$/u),
    },
    now: {
      description: "The moment for which the run is made, so that a run can be repeated. Without it, the clock's.",
      expected: "a date and time with a time zone",
      example: "2026-11-20T09:00:00Z",
      schema: instant,
    },
  }),
} satisfies Record<string, Setting>;

/** Settings that stand in one place. */
function settingsIn<Place extends NonNullable<Setting["in"]>>(place: Place) {
  return <Settings extends Record<string, Setting>>(settings: Settings) =>
    Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, { ...setting, in: place }])) as {
      [Name in keyof Settings]: Settings[Name] & { in: Place };
    };
}

/** The name of an input, as in action.yml. */
export type InputName = keyof typeof inputs;

/** Where a setting stands in the file; see `Setting`. */
export function placeOf(name: InputName): NonNullable<Setting["in"]> {
  const setting: Setting = inputs[name];
  return setting.in ?? "run";
}

/** Whether the value of a setting is a secret. */
export function isSecret(name: InputName): boolean {
  const setting: Setting = inputs[name];
  return setting.isSecret === true;
}

/** All names of inputs, in the order in which they are documented. */
export const inputNames = Object.keys(inputs) as InputName[];
