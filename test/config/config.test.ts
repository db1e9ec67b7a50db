import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ConfigError, readConfig, secretsOf } from "../../src/config/config.ts";
import { actionInputs, variableInputs } from "../../src/config/environment.ts";
import { inputNames } from "../../src/config/settings.ts";
import { defaultLimits } from "../../src/report/limits.ts";
import { withInputs, withInputTable } from "../../tools/inputs.ts";

const clock = new Date("2026-11-20T09:00:00Z");
const imap = { "imap-host": "imap.example.com", "imap-user": "dmarc@example.com", "imap-password": "hunter2" };

function read(given: Record<string, string>, environment: Record<string, string> = {}) {
  return readConfig({ ...imap, ...given }, environment, clock);
}

describe("buckets", () => {
  const keys = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "hunter3" };
  const token = { AWS_SESSION_TOKEN: "hunter4", AWS_REGION: "eu-west-1" };
  const readBuckets = (given: Record<string, string>, environment: Record<string, string> = { ...keys, ...token }) =>
    readConfig({ domains: "example.com", ...given }, environment, clock).mailboxes;

  test("are read with the credentials and the region that a step before has left in the environment", () => {
    const bucket = {
      kind: "s3",
      bucket: "reports",
      region: "eu-west-1",
      credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "hunter3", sessionToken: "hunter4" },
      since: new Date("2026-09-21T09:00:00Z"),
    };
    expect(readBuckets({ s3: "s3://reports/mail/\n s3://reports\ns3://reports" })).toMatchObject([
      { ...bucket, name: "s3", prefix: "mail/" },
      { ...bucket, name: "s3-2", prefix: "" },
    ]);
  });

  test("at another service are in us-east-1 unless something else is said", () => {
    const given = { s3: "s3://reports", "s3-endpoint": "https://r2.example.com" };
    expect(readBuckets(given, keys)).toMatchObject([{ endpoint: "https://r2.example.com", region: "us-east-1" }]);
    expect(readBuckets({ ...given, "s3-region": "auto" })).toMatchObject([{ region: "auto" }]);
  });

  test.each<[Record<string, string>, Record<string, string>, RegExp]>([
    [{ s3: "reports/mail" }, keys, /s3 must be addresses such as s3:\/\/bucket\/prefix/],
    [{ s3: "s3://reports" }, {}, /needs credentials: let aws-actions\/configure-aws-credentials run/],
    [{ s3: "s3://reports" }, keys, /s3-region is missing: s3 is given, and AWS_REGION is not set/],
    [{ s3: "s3://reports", domains: "" }, { ...keys, ...token }, /domains is missing: s3 is given/],
    [{ s3: "s3://reports", "s3-endpoint": "http://r2.example.com" }, keys, /s3-endpoint must be an https address/],
  ])("%j is refused with what to do", (given, environment, expected) => {
    expect(() => readBuckets(given, environment)).toThrow(expected);
  });

  test("their secrets are masked", () => {
    expect(secretsOf({}, { ...keys, ...token })).toEqual(["hunter3", "hunter4"]);
  });
});

test("what another job has left is read for the domains that are named alone: without them it is refused", () => {
  const given = { collected: "collected/" };
  expect(() => readConfig(given, {}, clock)).toThrow(/domains is missing: collected is given/);
  expect(() => read(given)).toThrow(/domains is missing: collected is given/);
  expect(readConfig({ ...given, domains: "example.com" }, {}, clock)).toMatchObject({
    domains: ["example.com"],
    otherDomains: "none",
  });
});

test("the defaults are those that are documented", () => {
  expect(read({})).toMatchObject({
    mailboxes: [
      {
        kind: "imap",
        name: "imap",
        port: 993,
        security: "tls",
        folder: "INBOX",
        since: new Date("2026-09-21T09:00:00Z"),
      },
    ],
    domains: ["example.com"],
    otherDomains: "kept",
    settleHours: 48,
    mode: "digest",
    store: { kind: "git", dataPath: "data" },
    allowsPublic: false,
    keepsRecipients: false,
    rereadSince: undefined,
    timeBudget: 600_000,
    mailRetentionDays: undefined,
    isDryRun: false,
    now: clock,
  });
});

test.each([
  ["0.05", 0.05],
  ["5%", 0.05],
  ["5 %", 0.05],
  ["0", 0],
  ["0%", 0],
  ["100%", 1],
  ["1", 1],
  [".5", 0.5],
  ["0.5%", 0.005],
])("max-fail-rate %s is a share", (text, share) => {
  expect(read({ "max-fail-rate": text }).judging.of("example.com").thresholds.maxFailRate).toBe(share);
});

test("a percentage is the same number as its share, so that a rate of just that much does not pass it", () => {
  for (let permille = 1; permille <= 1000; permille += 1) {
    const text = `${Math.floor(permille / 10)}.${permille % 10}%`;
    expect(read({ "max-fail-rate": text }).judging.of("example.com").thresholds.maxFailRate).toBe(permille / 1000);
  }
});

test.each([
  [
    "max-fail-rate",
    "2 percent",
    'Input max-fail-rate must be a share from 0 to 1 or a percentage, got "2 percent". Example: 2%',
  ],
  ["max-fail-rate", "5", 'Input max-fail-rate must be a share from 0 to 1 or a percentage, got "5". Example: 2%'],
  ["max-fail-rate", "-1%", "Input max-fail-rate must be"],
  ["max-failures", "1e3", "Input max-failures must be a whole number of messages"],
  ["min-messages", "many", "Input min-messages must be"],
  ["settle-hours", "0x10", "Input settle-hours must be whole hours"],
  ["imap-port", "99999", "Input imap-port must be a port from 1 to 65535"],
  ["imap-host", "imaps://x", "Input imap-host must be a host name"],
  ["imap-security", "ssl", "Input imap-security must be tls, starttls or none"],
  ["since", "two months", "Input since must be days before now, or a date"],
  ["since", "2026-13-01", "Input since must be"],
  ["now", "yesterday", "Input now must be a date and time with a time zone"],
  ["now", "2026-11-20T09:00:00", "Input now must be"],
  ["dry-run", "yes", "Input dry-run must be true or false"],
  [
    "limits",
    "record=5",
    "Input limits must be pairs of key=number with a whole number from 1, each key once; keys are",
  ],
  ["limits", "records=0", 'got "records=0". Example: unpackedBytes=512MB, records=500000'],
  ["limits", "records=5MB", "those in bytes may end in KB, MB or GB"],
  ["limits", "records=5, records=6", "each key once"],
  ["limits", "records = 5", "Input limits must be"],
  ["limits", "mailBytes=1e9", "Input limits must be"],
  ["limits", "__proto__=1", "Input limits must be"],
  ["domains", "exa mple..com", "Input domains must be domain names"],
])("a wrong %s is named with what was expected, what came, and an example: %s", (name, value, message) => {
  expect(() => read({ [name]: value })).toThrow(ConfigError);
  expect(() => read({ [name]: value })).toThrow(message);
});

test("a wrong secret is not printed", () => {
  expect(() => read({ "slack-token": "my-secret" })).toThrow(/a value of 9 characters \(a secret, not shown\)/);
  expect(() => read({ "slack-token": "my-secret" })).not.toThrow(/my-secret/);
});

describe.each(["slack-webhook-url", "heartbeat-url"])("an address in %s", (name) => {
  test.each([
    "services/T1/B1/my-secret",
    "hooks.slack.com/services/T1/B1/my-secret",
    "https://",
    "https://exa mple.com/my-secret",
    "https://[/my-secret",
    "https://hooks.example.com:99999/my-secret",
    "https://user:my-secret@hooks.example.com/x",
    "http://hooks.example.com/my-secret",
    "http://127.0.0.1.example.com/my-secret",
    "ftp://127.0.0.1/my-secret",
  ])("that is mistyped is refused in one line that does not repeat it: %s", (url) => {
    const line = `Input ${name} must be an https address, got a value of ${url.length} characters (a secret, not shown). Example: \${{ secrets.`;
    expect(() => read({ [name]: url })).toThrow(ConfigError);
    expect(() => read({ [name]: url })).toThrow(line);
    expect(() => read({ [name]: url })).not.toThrow(/my-secret/);
  });

  test.each([
    "https://hooks.example.com/x",
    "http://localhost:1/x",
    "http://[::1]:1/x",
    " https://hooks.example.com/x\n",
  ])("that may have it is taken: %j", (url) => {
    const { slack, heartbeatUrl } = read({ [name]: url });
    expect([heartbeatUrl, slack?.kind === "webhook" ? slack.url : undefined]).toContain(url.trim());
  });
});

test("several wrong inputs are named at once", () => {
  expect(() => read({ "imap-port": "x", since: "y" })).toThrow(/imap-port.*\n.*since/);
});

test.each([
  ["imap-pasword", "Unknown input imap-pasword. Did you mean imap-password?"],
  ["max_fail_rate", "Unknown input max_fail_rate. Did you mean max-fail-rate?"],
  ["colour", "Unknown input colour. Known are imap-host,"],
])("an unknown input %s is named", (name, message) => {
  expect(() => read({ [name]: "1" })).toThrow(message);
});

test.each([
  [{}, "No mailbox to read"],
  [{ "imap-host": "imap.example.com" }, "Input imap-user is missing"],
  [{ "imap-host": "imap.example.com", "imap-user": "me" }, "Input imap-password is missing"],
  [{ ...imap, "slack-token": "xoxb-1" }, "slack-channel is missing"],
  [{ ...imap, "slack-channel": "C1" }, "slack-token is missing"],
  [
    { ...imap, "slack-token": "xoxb-1", "slack-channel": "C1", "slack-webhook-url": "https://hooks.example.com" },
    "both given",
  ],
])("what is missing is named: %o", (given, message) => {
  expect(() => readConfig(given, {}, clock)).toThrow(message);
});

test.each([
  ["dmarc@example.com", ["example.com"]],
  ["dmarc@Mail.Example.co.uk", ["mail.example.co.uk", "example.co.uk"]],
  ["at@home@example.com", ["example.com"]],
  ["dmarc", []],
  ["dmarc@localhost", []],
  ["EXAMPLE\\dmarc", []],
  ["example.dmarc@gmail.com", []],
  ["example@yahoo.com", []],
])("where no domain is named, the user name %s says which are ours: %j", (user, domains) => {
  expect(read({ "imap-user": user })).toMatchObject({ domains, otherDomains: "kept" });
});

test("what domains names is ours and nothing else; of files put there by hand, where none is named, all is", () => {
  expect(read({ domains: "example.org" })).toMatchObject({ domains: ["example.org"], otherDomains: "none" });
  const files = readConfig({ "mail-path": "reports" }, {}, clock);
  expect(files).toMatchObject({ domains: [], otherDomains: "counting" });
  expect(read({ "mail-path": "reports" })).toMatchObject({ domains: ["example.com"], otherDomains: "kept" });
});

test("domains may be separated by blanks, commas and lines, in any case and script", () => {
  expect(read({ domains: "Example.com, bücher.example\nexample.org." }).domains).toEqual([
    "example.com",
    "xn--bcher-kva.example",
    "example.org",
  ]);
});

test("limits replace those that they name, in any separation and with sizes", () => {
  const { limits } = read({ limits: "unpackedBytes=512MB, records=500000\nmailBytes=1gb  textLength=2000" });
  const given = { unpackedBytes: 512 * 1024 ** 2, records: 500_000, mailBytes: 1024 ** 3, textLength: 2000 };
  expect(limits).toEqual({ ...defaultLimits, ...given });
  expect(read({}).limits).toEqual(defaultLimits);
});

test("GitHub's environment gives links and the place for issues, only with a token", () => {
  const environment = { GITHUB_REPOSITORY: "org/mail", GITHUB_RUN_ID: "42", GITHUB_SERVER_URL: "https://ghes.example" };
  const config = read({ "github-token": "t" }, environment);
  expect(config).toMatchObject({ github: { repository: "org/mail", token: "t" }, runId: "42" });
  expect(config.runUrl).toBe("https://ghes.example/org/mail/actions/runs/42");
  expect(read({}, environment).github).toBeUndefined();
});

test("secrets are known before the rest is checked", () => {
  expect(secretsOf({ ...imap, "slack-token": "wrong", since: "wrong" })).toEqual(["hunter2", "wrong"]);
});

test("inputs come as INPUT_ variables from the runner and as DMARC_DIGEST_ variables to the command line", () => {
  expect(actionInputs({ "INPUT_IMAP-HOST": "a", INPUT_SINCE: "", PATH: "/" })).toEqual({ "imap-host": "a" });
  expect(variableInputs({ DMARC_DIGEST_IMAP_PASSWORD: "a", DMARC_DIGEST_X: "b" }, inputNames)).toEqual({
    "imap-password": "a",
  });
});

test("action.yml and docs/inputs.md describe the inputs that there are; npm run inputs writes them", () => {
  const [action, page] = ["action.yml", "docs/inputs.md"].map((path) => readFileSync(path, "utf8"));
  expect(withInputs(action ?? "")).toBe(action);
  expect(withInputTable(page ?? "")).toBe(page);
  expect(Object.keys(parse(action ?? "").inputs)).toEqual(inputNames);
});

test("docs/inputs.md lists every input and output", () => {
  const page = readFileSync("docs/inputs.md", "utf8");
  const { outputs } = parse(readFileSync("action.yml", "utf8"));
  for (const name of [...inputNames, ...Object.keys(outputs)]) expect(page).toContain(`| \`${name}\` |`);
});

test("docs/inputs.md lists every limit, with its default", () => {
  const page = readFileSync("docs/inputs.md", "utf8");
  for (const [name, value] of Object.entries(defaultLimits)) {
    const shown = name.endsWith("Bytes") ? `${value / 1024 ** 2} MB` : String(value);
    expect(page).toContain(`| \`${name}\` | ${shown} |`);
  }
});

test.each([
  [{ "imap-password": "hunter2" }, { kind: "password", password: "hunter2" }],
  [{ "imap-access-token": "token" }, { kind: "token", accessToken: "token" }],
  [
    { "imap-auth": "microsoft", tenant: "example.com", "client-id": "app" },
    {
      kind: "microsoft",
      tenant: "example.com",
      clientId: "app",
      identity: { url: "https://oidc.example", token: "t" },
    },
  ],
  [
    { "imap-auth": "google", "client-id": "app", "client-secret": "s", "refresh-token": "r" },
    { kind: "google", by: "refresh-token", clientId: "app", clientSecret: "s", refreshToken: "r" },
  ],
])("a mailbox is signed in to as %j says", (given, signIn) => {
  const environment = { ACTIONS_ID_TOKEN_REQUEST_URL: "https://oidc.example", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t" };
  const { mailboxes } = readConfig(
    { "imap-host": "imap.example.com", "imap-user": "dmarc@example.com", ...given },
    environment,
    clock,
  );
  expect(mailboxes[0]).toMatchObject({ signIn });
});

test.each([
  [{ "imap-auth": "microsoft", "client-id": "app" }, "Input tenant is missing: imap-auth is microsoft."],
  [{ "imap-auth": "google", "client-id": "app" }, "Input client-secret is missing: imap-auth is google."],
  [
    { "imap-auth": "google", "google-service-account": "a@b.example" },
    "Input google-workload-identity-provider is missing: google-service-account is given.",
  ],
])("what a sign-in lacks is named: %j", (given, problem) => {
  expect(() => readConfig({ "imap-user": "dmarc@example.com", ...given }, {}, clock)).toThrow(problem);
});

test("a sign-in that only one service has brings its host, and that the one who judges its mails", () => {
  const microsoft = { "imap-auth": "microsoft", tenant: "t", "client-id": "app", "imap-user": "dmarc@example.com" };
  const { mailboxes } = readConfig(microsoft, {}, clock);
  const hostsOf = (given: Record<string, string>) =>
    read(given).mailboxes[0]?.trustedHosts.map(({ setting }) => setting);
  expect(mailboxes).toMatchObject([{ host: "outlook.office365.com", port: 993, security: "tls" }]);
  expect(mailboxes[0]?.trustedHosts.map(({ setting }) => setting)).toEqual(["microsoft365"]);
  expect(hostsOf({ "imap-host": "imap.gmail.com" })).toEqual(["gmail"]);
  expect(hostsOf({ "imap-host": "imap.gmail.com", "authserv-id": "mx.example.net" })).toHaveLength(1);
  expect(hostsOf({})).toEqual([]);
});

test("a mailbox that is read by Microsoft Graph is judged by its host, and its domain is ours", () => {
  const { mailboxes, domains } = readConfig(
    { graph: "dmarc@example.com", tenant: "t", "client-id": "app", "client-secret": "s", "imap-folder": "INBOX/dmarc" },
    {},
    clock,
  );
  const signIn = { kind: "microsoft", tenant: "t", clientId: "app", clientSecret: "s" };
  expect(mailboxes).toMatchObject([{ kind: "graph", user: "dmarc@example.com", folder: "INBOX/dmarc", signIn }]);
  expect(mailboxes[0]?.trustedHosts.map(({ setting }) => setting)).toEqual(["microsoft365"]);
  expect(domains).toEqual(["example.com"]);
  expect(() => readConfig({ graph: "dmarc@example.com", tenant: "t" }, {}, clock)).toThrow("client-id is missing");
});

test("the settings in docs/mailboxes.md are read as they stand there", () => {
  const blocks = [...readFileSync("docs/mailboxes.md", "utf8").matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) =>
    parse(yaml ?? ""),
  );
  const settings = blocks.filter((block) => !("permissions" in block));
  expect(settings.length).toBeGreaterThanOrEqual(5);
  for (const given of settings) expect(readConfig(given, {}, clock).mailboxes).toHaveLength(1);
});
