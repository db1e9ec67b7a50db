import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { filesFor, hostOf, shellWord } from "../../src/commands/init/files.ts";
import { knownMailHost, readConfig } from "../../src/config/config.ts";
import { parseFile } from "../../src/config/file.ts";
import { docsUrl } from "../../src/config/file-keys.ts";
import { inputs } from "../../src/config/settings.ts";
import { readSources } from "../../src/config/sources.ts";
import { type DnsServer, startDns } from "../servers/dns.ts";
import { fillIn } from "../servers/expression.ts";
import { makeFolder } from "../servers/git.ts";
import { startHere } from "../servers/here.ts";
import { sparedEnvironment } from "../servers/place.ts";

const cli = resolve("src/cli.ts");
const path = ".github/workflows/dmarc.yml";
const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...sparedEnvironment() };

async function openDns(): Promise<DnsServer> {
  const dns = await startDns({
    "_dmarc.example.com": ["v=DMARC1; p=reject; rua=mailto:old@example.com; fo=1"],
    "example.com": ["v=spf1 -all"],
    "_dmarc.example.org": ["v=DMARC1; p=quarantine"],
    "example.org": ["v=spf1 include:_spf.example.com -all"],
    "parked.example": ["v=spf1 -all"],
    "MX parked.example": ["."],
    "MX example.com": ["aspmx.l.google.com"],
    "MX xn--bcher-kva.example": ["xn--bcher-kva-example.a-v1.mx.microsoft"],
  });
  onTestFinished(async () => await dns.stop());
  return dns;
}

/** Runs the command without a terminal. */
async function initIn(folder: string, flags: string[]): Promise<{ code: number; out: string; err: string }> {
  const start = { args: ["init", "--folder", folder, ...flags], cwd: process.cwd(), env };
  const { exitCode, stdout, stderr } = await startHere("cli", start);
  return { code: exitCode, out: stdout, err: stderr };
}

test("flags alone give the workflow of the README, the secrets, and the DNS records, in which p stays what it is", async () => {
  const [folder, dns] = [makeFolder(), await openDns()];
  const flags = [
    "--domains",
    "example.com, example.org",
    "--slack-channel",
    "C0123456789",
    "--dns-servers",
    dns.address,
  ];
  const { code, out, err } = await initIn(folder, flags);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const text = readFileSync(join(folder, path), "utf8");
  expect(readFileSync("README.md", "utf8")).toContain(`\`\`\`yaml\n${text}\`\`\``);
  expect(out).toContain("     gh secret set IMAP_PASSWORD\n     gh secret set SLACK_TOKEN\n");
  expect(out).toContain("What remains (gh: https://cli.github.com):");
  // Who follows these steps is in another folder by then.
  expect(out).toContain(`channel: ${docsUrl}/slack.md\n`);
  expect(out).toContain('"v=DMARC1; p=reject; rua=mailto:dmarc@example.com,mailto:old@example.com; fo=1"');
  expect(out).toContain('_dmarc.example.org TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"');
  expect(out).toContain('example.org._report._dmarc.example.com TXT "v=DMARC1"');
});

test("what the workflow has no room for goes into the configuration file, with the domains that are parked", async () => {
  const [folder, dns] = [makeFolder(), await openDns()];
  const flags = ["--domains", "example.com parked.example", "--post", "changes", "--owner", "@example/mail"];
  const { out, err } = await initIn(folder, [...flags, "--max-failures", "5", "--dns-servers", dns.address]);
  expect(err).toBe("");
  const file = ".github/dmarc-digest.yml";
  expect(out).toContain(`git add ${path} ${file} && git commit`);
  const text = readFileSync(join(folder, file), "utf8");
  const { top, domains } = parseFile(file, text, { now: new Date() });
  expect([...top].map(([name, { value }]) => [name, value])).toEqual([
    ["max-failures", 5],
    ["owner", "@example/mail"],
  ]);
  const roles = Array.from(domains ?? [], ([name, layer]) => [name, layer.get("role")?.value]);
  expect(roles).toEqual([
    ["example.com", undefined],
    ["parked.example", "parked"],
  ]);
  const { jobs } = parse(readFileSync(join(folder, path), "utf8"));
  expect(jobs.digest.steps[0].with).toMatchObject({ post: "changes" });
  expect(jobs.digest.steps[0].with.domains).toBeUndefined();

  writeFileSync(join(folder, file), "language: ja\n");
  const again = await initIn(folder, [...flags, "--dns-servers", dns.address]);
  expect(again).toMatchObject({ code: 1, out: expect.stringContaining(`${file} is there already`) });
});

test("a configuration file of an older set-up is asked about, and replaced where the new one would need none", async () => {
  const [folder, dns] = [makeFolder(), await openDns()];
  const flags = ["--domains", "example.com", "--dns-servers", dns.address];
  const file = join(folder, ".github/dmarc-digest.yml");
  mkdirSync(dirname(file));
  const old = "mailboxes: [{ mail-path: reports }]\nlanguage: ja\n";
  writeFileSync(file, old);
  expect(await initIn(folder, flags)).toMatchObject({ code: 1, out: expect.stringContaining(".yml is there already") });
  expect([readFileSync(file, "utf8"), existsSync(join(folder, path))]).toEqual([old, false]);

  expect((await initIn(folder, [...flags, "--force"])).code).toBe(0);
  expect(parse(readFileSync(file, "utf8"))).toEqual({ domains: { "example.com": null } });
  const [step] = parse(readFileSync(join(folder, path), "utf8")).jobs.digest.steps;
  expect(step.with).toMatchObject({ "imap-host": "imap.gmail.com", "imap-user": "dmarc@example.com" });
  // Once more the same answers change nothing.
  expect((await initIn(folder, flags)).code).toBe(0);
});

test.each([
  {
    way: "graph",
    flags: ["--graph", "dmarc@example.com", "--client-id", "00001111-aaaa-2222-bbbb-3333cccc4444"],
    given: { graph: "dmarc@example.com", tenant: "example.com", "client-id": "00001111-aaaa-2222-bbbb-3333cccc4444" },
    page: "mailboxes.md#microsoft-graph",
  },
  {
    way: "s3",
    flags: ["--s3", "s3://example-dmarc/mail/", "--s3-region", "eu-west-1", "--imap-user", "dmarc@example.com"],
    given: { s3: "s3://example-dmarc/mail/", "s3-region": "eu-west-1", "authserv-id": "ses" },
    page: "aws.md",
  },
  {
    way: "google",
    flags: ["--imap-auth", "google", "--google-service-account", "a@b.iam.gserviceaccount.com"],
    given: {
      "imap-auth": "google",
      "imap-user": "dmarc@example.com",
      "google-service-account": "a@b.iam.gserviceaccount.com",
    },
    page: "mailboxes.md#google",
  },
  {
    way: "microsoft",
    flags: ["--imap-auth", "microsoft", "--tenant", "example.onmicrosoft.com", "--imap-folder", "DMARC reports"],
    given: { "imap-auth": "microsoft", tenant: "example.onmicrosoft.com", "imap-folder": "DMARC reports" },
    page: "mailboxes.md#microsoft-365",
  },
])(
  "a mailbox that is read by $way needs no stored secret, and what to make before is said",
  async ({ flags, given, page }) => {
    const [folder, dns] = [makeFolder(), await openDns()];
    const { out, err } = await initIn(folder, ["--domains", "example.com", "--dns-servers", dns.address, ...flags]);
    expect(err).toBe("");
    expect(out).toContain(`${docsUrl}/${page}\n`);
    expect(out).not.toContain("gh secret set");
    expect(out).toContain("rua=mailto:dmarc@example.com,");
    const { permissions, jobs } = parse(readFileSync(join(folder, path), "utf8"));
    expect(permissions).toMatchObject({ "id-token": "write" });
    // The step before is that of the page, at the same commit.
    const others = jobs.digest.steps.flatMap(({ uses }: { uses: string }) =>
      /^(aws|google|azure)/.test(uses) ? uses : [],
    );
    for (const uses of others) expect(readFileSync(`docs/${page}`, "utf8")).toContain(`- uses: ${uses} `);
    expect(others).toHaveLength(page === "aws.md" ? 1 : 0);
    const step = jobs.digest.steps.find(({ id }: { id?: string }) => id === "dmarc");
    expect(step.with).toMatchObject(given);
    expect(Object.keys(step.with).filter((name) => !(name in inputs) || name === "imap-password")).toEqual([]);
    const environment = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };
    const { mailboxes } = readConfig(
      { ...step.with, mode: "digest", explore: "true", store: "git" },
      environment,
      new Date(),
    );
    expect(mailboxes).toHaveLength(1);
  },
);

test("each of several mailboxes is read from the folder that is named", async () => {
  const [folder, dns] = [makeFolder(), await openDns()];
  const users = ["--imap-user", "a@example.com b@example.com", "--imap-folder", "Reports: #1", "--imap-port", "1993"];
  const { err } = await initIn(folder, ["--domains", "example.com", "--dns-servers", dns.address, ...users]);
  expect(err).toBe("");
  const file = parse(readFileSync(join(folder, ".github/dmarc-digest.yml"), "utf8"));
  const [first, second] = file.mailboxes;
  for (const one of [first, second]) expect(one).toMatchObject({ "imap-folder": "Reports: #1", "imap-port": 1993 });
});

test("an address in another script is written as DNS and mail servers take it", async () => {
  const [folder, dns] = [makeFolder(), await openDns()];
  const flags = ["--domains", "example.com", "--imap-user", "dmarc@Bücher.example", "--dns-servers", dns.address];
  const { out, err } = await initIn(folder, flags);
  expect(err).toBe("");
  const [step] = parse(readFileSync(join(folder, path), "utf8")).jobs.digest.steps;
  expect(step.with).toMatchObject({ "imap-user": "dmarc@xn--bcher-kva.example", tenant: "xn--bcher-kva.example" });
  expect(out).toContain("rua=mailto:dmarc@xn--bcher-kva.example,");
});

test("a page to explore that nobody wants is neither made nor uploaded", async () => {
  const [folder, dns] = [makeFolder(), await openDns()];
  const flags = ["--domains", "example.com", "--explore", "false", "--dns-servers", dns.address];
  expect((await initIn(folder, flags)).err).toBe("");
  const { steps } = parse(readFileSync(join(folder, path), "utf8")).jobs.digest;
  expect(steps).toHaveLength(1);
  expect(steps[0].with.explore).toBeUndefined();
  expect(existsSync(join(folder, ".github/dmarc-digest.yml"))).toBe(false);
});

test("GitHub ends the job later than reading stops by itself", async () => {
  const [folder, dns] = [makeFolder(), await openDns()];
  const flags = ["--domains", "example.com", "--time-budget", "45m", "--dns-servers", dns.address];
  expect((await initIn(folder, flags)).err).toBe("");
  expect(parse(readFileSync(join(folder, path), "utf8")).jobs.digest["timeout-minutes"]).toBe(55);
  expect(parse(readFileSync(join(folder, ".github/dmarc-digest.yml"), "utf8"))["time-budget"]).toBe("45m");
});

test("a history in a work tree is checked out first", async () => {
  const [folder, dns] = [makeFolder(), await openDns()];
  const { err } = await initIn(folder, ["--domains", "example.com", "--store", "git", "--dns-servers", dns.address]);
  expect(err).toBe("");
  const text = readFileSync(join(folder, path), "utf8");
  const { permissions, jobs } = parse(text);
  expect(permissions).toMatchObject({ contents: "write" });
  expect(jobs.digest.steps.map(({ id }: { id?: string }) => id).indexOf("dmarc")).toBe(1);
  // At the commit of the page, so that both are updated together.
  const step = /- uses: actions\/checkout@.+/.exec(text)?.[0];
  expect(readFileSync("docs/operations.md", "utf8")).toContain(step);
});

test("what is wrong with a record that several domains inherit is said once, and of a history that is to come nothing", async () => {
  const [folder, dns] = [makeFolder(), await openDns()];
  const flags = ["--domains", "a.example.com b.example.com", "--imap-user", "dmarc@example.com"];
  const { out } = await initIn(folder, [...flags, "--dns-servers", dns.address]);
  expect(out.match(/_dmarc\.example\.com does not send reports to dmarc@example\.com\. Change/g)).toHaveLength(1);
});

test("several mailboxes go into the configuration file, each with a secret, and each domain's reports into its own", async () => {
  const [folder, dns] = [makeFolder(), await openDns()];
  const users = "dmarc@example.com, rua@example.org";
  const { out, err } = await initIn(folder, [
    "--domains",
    "example.com example.org",
    "--imap-user",
    users,
    "--imap-host",
    "imap.gmail.com",
    "--dns-servers",
    dns.address,
  ]);
  expect(err).toBe("");
  const secrets = ["DMARC_IMAP_PASSWORD_1", "DMARC_IMAP_PASSWORD_2"];
  expect(out).toContain(secrets.map((name) => `     gh secret set ${name}\n`).join(""));
  expect(out).toMatch(/_dmarc\.example\.org TXT "v=DMARC1; p=quarantine; rua=mailto:rua@example\.org"/);
  expect(out).not.toContain("_report._dmarc");
  const [step] = parse(readFileSync(join(folder, path), "utf8")).jobs.digest.steps;
  expect(step.env).toEqual(Object.fromEntries(secrets.map((name) => [name, `\${{ secrets.${name} }}`])));
  const environment = Object.fromEntries(secrets.map((name) => [name, `password of ${name}`]));
  const now = new Date();
  const file = parseFile("f", readFileSync(join(folder, ".github/dmarc-digest.yml"), "utf8"), { now, environment });
  const { mailboxes } = readConfig({ store: "git" }, environment, now, file);
  expect(mailboxes).toMatchObject([
    { name: "mailbox-1", user: "dmarc@example.com", signIn: { password: "password of DMARC_IMAP_PASSWORD_1" } },
    { name: "mailbox-2", user: "rua@example.org", signIn: { password: "password of DMARC_IMAP_PASSWORD_2" } },
  ]);
});

test("what remains begins in the folder of the history, with a repository where there is none", async () => {
  const [folder, dns] = [makeFolder(), await openDns()];
  const flags = ["--domains", "example.com", "--dns-servers", dns.address];
  const bare = await initIn(folder, flags);
  expect(bare.out).toMatch(
    /1\. go there:\n +cd \S+\n +2\. make it a private repository:\n +git init -b main && gh repo create /,
  );
  mkdirSync(join(folder, ".git"));
  expect((await initIn(folder, flags)).out).toMatch(
    /1\. go there:\n.*\n +2\. make the mailbox, .*mailboxes\.md#a-password\n +3\. set the secrets:/,
  );
});

test("a workflow that is there is left as it is, unless it is to be replaced", async () => {
  const [folder, dns] = [makeFolder(), await openDns()];
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "name: mine\n");
  const flags = ["--domains", "example.com", "--dns-servers", dns.address];
  const kept = await initIn(folder, flags);
  expect(kept).toMatchObject({ code: 1, out: expect.stringContaining("was left as it is. --force replaces it") });
  expect(readFileSync(file, "utf8")).toBe("name: mine\n");
  expect((await initIn(folder, [...flags, "--force"])).code).toBe(0);
  expect(readFileSync(file, "utf8")).toContain("name: dmarc\n");
  expect((await initIn(folder, flags)).code).toBe(0);
});

test.each([
  [[], "init needs --domains"],
  [["--domains", "nothing"], 'Input domains must be domain names, separated by blanks, commas or lines, got "nothing"'],
  [["--domains", "example.com", "--imap-user", "dmarc"], "dmarc is no address"],
  [["--domains", "example.com", "--s3", "s3://example-dmarc/mail/"], "init needs --s3-region"],
  [
    ["--domains", "example.com", "--s3", "s3://example-dmarc/mail/", "--s3-region", "eu-west-1"],
    "init needs --imap-user: Address whose mail goes into the bucket, such as reports@dmarc.example.com.",
  ],
  [
    ["--domains", "example.com", "--graph", "dmarc@example.com", "--s3", "s3://example-dmarc/mail/"],
    "init takes one of --graph and --s3: each names another mailbox.",
  ],
  [
    ["--domains", "example.com", "--s3", "s3://example-dmarc/mail/", "--imap-host", "imap.example.com"],
    "init takes one of --s3 and --imap-host",
  ],
  [
    ["--domains", "example.com", "--graph", "dmarc@example.com", "--imap-user", "other@example.com"],
    "init takes one of --graph and --imap-user",
  ],
  [["--domains", "example.com", "--language", "fr"], 'Input language must be en or ja, got "fr"'],
  [["--domains", "example.com", "--dns-servers", "dns.example.com"], "Input dns-servers must be IP addresses"],
  [["--domains", "example.com", "--slack-token", "xoxb-1"], "init knows no --slack-token"],
])("flags %j are refused, and nothing is written", async (flags, said) => {
  const [folder, dns] = [makeFolder(), await openDns()];
  const isNamed = flags.includes("--dns-servers");
  const { code, err } = await initIn(folder, isNamed ? flags : [...flags, "--dns-servers", dns.address]);
  expect({ code, err }).toEqual({ code: said.includes("knows no") ? 2 : 1, err: expect.stringContaining(said) });
  expect(existsSync(join(folder, path))).toBe(false);
});

const haveScript = spawnSync("script", ["--version"]).status === 0;

test.runIf(haveScript).each([
  ["Ctrl+C", "\u0003"],
  ["Ctrl+D", "\u0004"],
])("%s ends it, and nothing is written", async (_, key) => {
  const folder = makeFolder();
  const child = spawn("script", ["-qefc", `${process.execPath} ${cli} init --folder ${folder}`, "/dev/null"], {
    env,
    stdio: ["pipe", "pipe", "ignore"],
  });
  let out = "";
  for await (const chunk of child.stdout) {
    if (!out.includes("Your domains") && String(chunk).includes("Your domains")) child.stdin.write(key);
    out += chunk;
  }
  expect(out).toMatch(/: \S*Error: Nothing was written\.\r\n$/);
  expect(existsSync(join(folder, path))).toBe(false);
});

test.runIf(haveScript)("at a terminal it asks, and what is entered without a word is what it proposes", async () => {
  const folder = makeFolder();
  const out = await talk(folder, "", [
    ["Your domains", "dmarc@example.com"],
    ["Input domains must be domain names", "example.com"],
    ["Address of the mailbox", ""],
    ["Its IMAP server [imap.gmail.com]", ""],
    ["Slack channel", ""],
    ["Language", "ja"],
  ]);
  expect(out).toContain("rua=mailto:dmarc@example.com,");
  const { jobs } = parse(readFileSync(join(folder, path), "utf8"));
  expect(jobs.digest.steps[0].with).toMatchObject({
    "imap-host": "imap.gmail.com",
    "imap-user": "dmarc@example.com",
    language: "ja",
  });
});

test.runIf(haveScript)("at a terminal it proposes the address of docs/aws.md for mail in a bucket", async () => {
  const flags = "--domains example.com --s3 s3://example-dmarc/mail/ --s3-region eu-west-1";
  const out = await talk(makeFolder(), flags, [
    ["goes into the bucket [reports@dmarc.example.com]", ""],
    ["Slack channel", ""],
    ["Language", ""],
  ]);
  expect(out).toContain("rua=mailto:reports@dmarc.example.com,");
});

/** Starts the command at a terminal, answers each question, and gives back all that it printed. */
async function talk(folder: string, flags: string, answers: [question: string, answer: string][]): Promise<string> {
  const dns = await openDns();
  const command = `${process.execPath} ${cli} init --folder ${folder} --dns-servers ${dns.address} ${flags}`;
  const child = spawn("script", ["-qefc", command, "/dev/null"], { env, stdio: ["pipe", "pipe", "ignore"] });
  let [out, at] = ["", 0];
  for await (const chunk of child.stdout) {
    out += chunk;
    const [question, answer] = answers[at] ?? [];
    if (question === undefined || !out.includes(question)) continue;
    at += 1;
    child.stdin.write(`${answer}\r`);
  }
  expect(at).toBe(answers.length);
  return out;
}

test.each([
  ["aspmx.l.google.com", "imap.gmail.com", "gmail"],
  ["example-com.mail.protection.outlook.com", "outlook.office365.com", "microsoft365"],
  ["example-com.b-v1.mx.microsoft", "outlook.office365.com", "microsoft365"],
  ["in1-smtp.messagingengine.com", "imap.fastmail.com", "fastmail"],
  ["mx01.mail.icloud.com", "imap.mail.me.com", "icloud"],
  ["mx.zoho.com", "imappro.zoho.com", "zoho"],
  ["mx2.zoho.eu", "imappro.zoho.eu", "zoho"],
  ["mail.example.com", "imap.example.com", undefined],
  ["zoho.com.example.net", "imap.example.com", undefined],
])("a domain whose mail goes to %s is read at %s, where %s judges mails", (exchange, host, judge) => {
  expect([hostOf("example.com", [exchange]), knownMailHost(host)]).toEqual([host, judge]);
});

test.each(["imap.gmail.com", "outlook.office365.com", "imap.example.com"])(
  "the workflow for %s gives inputs that there are, and permissions that they need",
  (host) => {
    const way = host.startsWith("outlook") ? ("microsoft" as const) : ("password" as const);
    const answers = {
      domains: ["example.com"],
      mailboxes: [{ user: "dmarc@example.com", host, way }],
      reading: new Map(),
      channel: "C1",
      language: "en" as const,
      parked: [],
      more: new Map(),
      hasFile: false,
      timeBudget: 600_000,
    };
    const { files, secrets } = filesFor(answers);
    expect([...files.keys()]).toEqual([path]);
    const { jobs, permissions } = parse(files.get(path) ?? "");
    const given = Object.keys(jobs.digest.steps[0].with);
    expect(given.filter((name) => !(name in inputs))).toEqual([]);
    expect(permissions["id-token"]).toBe(host.startsWith("outlook") ? "write" : undefined);
    expect(secrets).toEqual(host.startsWith("outlook") ? ["SLACK_TOKEN"] : ["IMAP_PASSWORD", "SLACK_TOKEN"]);
  },
);

/** Texts of what YAML, a shell or GitHub would take for something of its own. */
const odd = fc
  .array(
    fc.constantFrom(
      ...Array.from("aZ09 '\"#:$\\`!&*@%{}[],|>?~=;()<>.-_/üあ"),
      "${{",
      "}}",
      "\u2028",
      "true",
      "1e5",
      "0x1F",
      ": ",
      " #",
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((pieces) => pieces.join(""));
const oddWord = odd.map((text) => text.replaceAll(/[\s#@,]/g, "") || "on");

test("what is answered stands in the workflow and the file as it was answered, whatever YAML and GitHub have it for", () => {
  fc.assert(
    fc.property(
      oddWord,
      oddWord,
      odd.map((text) => `${text.trim()}.`),
      fc.constantFrom("::1", "1e5", "0x10", "null"),
      (channel, local, owner, host) => {
        const user = `${local}@example.com`;
        const answers = {
          domains: ["example.com"],
          parked: [],
          channel,
          language: "en",
          timeBudget: 600_000,
          reading: new Map(),
        } as const;
        const more = new Map([...readSources({ owner, labels: owner }).top].filter(([, { from }]) => from === "input"));
        const inWorkflow = filesFor({
          ...answers,
          mailboxes: [{ user, host, way: "password" }],
          more,
          hasFile: false,
        }).files;
        const [step] = parse(inWorkflow.get(path) ?? "").jobs.digest.steps;
        expect(fillIn(step.with["slack-channel"], {})).toBe(channel);
        expect([fillIn(step.with["imap-user"], {}), step.with["imap-host"]]).toEqual([user, host]);
        expect(parse(inWorkflow.get(".github/dmarc-digest.yml") ?? "")).toMatchObject({ owner, labels: [owner] });
      },
    ),
    { numRuns: 500 },
  );
});

test("a folder is one word of the shell, and no option", () => {
  // A shell for many, since to start one takes longer than what it does.
  fc.assert(
    fc.property(fc.array(odd, { minLength: 1, maxLength: 100, size: "max" }), (folders) => {
      const { stdout } = spawnSync("sh", ["-c", `printf '%s\\n' ${folders.map(shellWord).join(" ")}`], {
        encoding: "utf8",
      });
      expect(stdout).toBe(folders.map((folder) => `${folder.startsWith("-") ? "./" : ""}${folder}\n`).join(""));
    }),
    { numRuns: 5 },
  );
});

test("flags are read from the configuration file as they were given", async () => {
  const [folder, dns] = [makeFolder(), await openDns()];
  const flags = {
    "trusted-reporters": "a.example b.example, c.example",
    senders: "ours: 2001:db8::/32\nnot-ours:crm.example",
    limits: "unpackedBytes=512MB records=7",
    labels: "mail, urgent\nours",
    owner: "1e3",
    "data-path": "a: b #c",
  };
  const given = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const { err } = await initIn(folder, ["--domains", "example.com", "--dns-servers", dns.address, ...given]);
  expect(err).toBe("");
  const file = ".github/dmarc-digest.yml";
  const { top } = parseFile(file, readFileSync(join(folder, file), "utf8"), { now: new Date() });
  const meant = readSources(flags).top;
  const valuesIn = (layer: typeof top) => Object.keys(flags).map((name) => [name, layer.get(name)?.value]);
  expect(valuesIn(top)).toEqual(valuesIn(meant));
});
