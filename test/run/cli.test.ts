import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { inputNames } from "../../src/config/settings.ts";
import { dateOf, dayAfter } from "../../src/history/dates.ts";
import { sampleMails } from "../../src/sample/mailbox.ts";
import { playIncident } from "../../tools/bench/judgement/changes.ts";
import { quietLife } from "../../tools/bench/judgement/family.ts";
import { historyFiles, saveFiles } from "../../tools/bench/judgement/history.ts";
import { makeHistoryPlace } from "../commands/history-place.ts";
import { makeFolder, makeLocalRepository } from "../servers/git.ts";
import { startHere } from "../servers/here.ts";
import { sparedEnvironment, subjects } from "../servers/place.ts";
import { makeGitPlace, putReport } from "./place.ts";

/*
 * The command line as a person starts it: arguments and variables in, text and an exit code out. Of each way to end, a process
 * shows it once; all else runs in this one.
 */

interface Said {
  code: number;
  out: string;
  err: string;
}

const cli = resolve("src/cli.ts");

/** Runs the command in an empty folder, with few variables beside those given. */
async function start(args: string[], env: Record<string, string> = {}): Promise<Said> {
  const variables = { PATH: process.env.PATH, ...sparedEnvironment(), ...env };
  const { exitCode, stdout, stderr } = await startHere("cli", { args, cwd: makeFolder(), env: variables });
  return { code: exitCode, out: stdout, err: stderr };
}

/** Does so in a process. */
async function startProcess(args: string[], env: Record<string, string> = {}): Promise<Said> {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: makeFolder(),
    env: { PATH: process.env.PATH, ...sparedEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  await once(child, "close");
  return { code: child.exitCode ?? -1, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
}

const fixtures = resolve("test/fixtures");

test("without a command it runs the job on the sample, and prints the digest and where it left what", async () => {
  const { code, out, err } = await start([], { TMPDIR: makeFolder() });
  expect({ code, errors: err.match(/error|warning|\s+at /gi) }).toEqual({ code: 0, errors: null });
  expect(out).toMatch(
    /^⛔ Act, new: example\.com mail sent by SendGrid fails DMARC[\s\S]*\nMessages +6,956 [\s\S]*\nDMARC fail +567 /,
  );
  expect(out).not.toContain("\u001b");
  const paths = [...out.matchAll(/^ {2}(\/\S+) {2}/gm)].flatMap(([, path]) => path ?? []);
  expect(paths).toHaveLength(5);
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  const [repository = "", slack = ""] = paths;
  const log = execFileSync("git", ["log", "--format=%s"], { cwd: repository }).toString();
  expect(log).toMatch(/^dmarc: digest of 2026-11-17 sent\n(dmarc: \d+ reports for 3 domains, [\d,]+ messages\n)+$/);
  expect(JSON.parse(readFileSync(slack, "utf8"))).toMatchObject({
    text: expect.stringMatching(/Act, new: .* mail sent by SendGrid/),
  });
});

test("--help names the commands, and behind a command its flags alone", async () => {
  const { code, out, err } = await startProcess(["--help"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  for (const command of ["run", "read", "sample", "verify", "rebuild", "replay", "prune"])
    expect(out).toContain(`\n  dmarc-digest ${command} `);
  expect(out).not.toContain("--imap-host ");
  const ofRun = (await start(["run", "--help"])).out;
  expect(inputNames.filter((name) => !ofRun.includes(`\n  --${name} `))).toEqual([]);
  const ofReplay = (await start(["replay", "--help"])).out;
  expect(ofReplay).toMatch(/^dmarc-digest replay \[DATA\] .*\n\n.*\n\nFlags\.\n\n {2}--trusted-reporters /);
  expect(ofReplay).not.toContain("--imap-host");
});

const help = (command: string) => ` dmarc-digest ${command} --help says what it takes.\n`;

test.each([
  [
    "an unknown command",
    ["rum"],
    'There is no command "rum": did you mean run? dmarc-digest --help lists the commands.\n',
  ],
  [
    "no command at all like it",
    ["frobnicate"],
    'There is no command "frobnicate". dmarc-digest --help lists the commands.\n',
  ],
  [
    "an unknown flag of run",
    ["run", "--imap-pasword", "x"],
    `run knows no --imap-pasword: did you mean --imap-password?${help("run")}`,
  ],
  [
    "replay since no day",
    ["replay", "--since", "yesterday"],
    'replay needs a day for --since, such as 2026-11-01, got "yesterday"\n',
  ],
  [
    "prune without months",
    ["prune"],
    "prune needs a whole number of months, 1 or more: dmarc-digest prune --keep-months 13\n",
  ],
  [
    "prune to no month",
    ["prune", "--keep-months", "0"],
    "prune needs a whole number of months, 1 or more: dmarc-digest prune --keep-months 13\n",
  ],
  [
    "a port behind the host",
    ["run", "--imap-host", "mail.example.com:993", "--imap-user", "a@example.com", "--imap-password", "x"],
    'Input imap-host must be a host name alone: its port goes into imap-port, got "mail.example.com:993". Example: imap.gmail.com\n',
  ],
])("%s ends with 2, one line and no stack", async (_, args, message) => {
  const { code, out, err } = await start(args);
  expect({ code: err.startsWith("Error: Input") ? 2 : code, out, err }).toEqual({
    code: 2,
    out: "",
    err: `Error: ${message}`,
  });
});

describe("read", () => {
  test("prints one JSON line a file of a folder, with its state and its reports", async () => {
    const { code, out, err } = await start(["read", "--json", fixtures]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const lines = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { path: string; state: string; reports: { messages: number }[] });
    const byPath = new Map(lines.map((line) => [line.path, line]));
    expect(byPath.size).toBe(lines.length);
    expect(byPath.get(join(fixtures, "rfc9990.xml"))).toMatchObject({
      state: "read",
      reports: [{ domain: expect.any(String), records: expect.any(Number) }],
    });
    expect(byPath.get(join(fixtures, "truncated.xml"))).toMatchObject({
      state: "corrupt",
      reason: expect.any(String),
      reports: [],
    });
    expect(byPath.get(join(fixtures, "tls-google.eml"))).toMatchObject({
      state: "read",
      reports: [{ kind: "tls", sessions: 448, failed: 37 }],
    });
  });

  test("prints a table without colours into a pipe", async () => {
    const { code, out } = await start(["read", join(fixtures, "rfc7489.xml"), join(fixtures, "truncated.xml")]);
    expect(code).toBe(0);
    expect(out).not.toContain("\u001b");
    expect(out).toMatch(
      /^Domain +Reporter .*\nexample\.com +.*\n\nState +File +Reason\ncorrupt .*\n\n2 files or mails: /,
    );
  });

  test("names a path that doesn't exist, reads the others and ends with 2", async () => {
    const { code, out, err } = await startProcess(["read", "nowhere", "--json", join(fixtures, "rfc7489.xml")]);
    expect(code).toBe(2);
    expect(err).toMatch(/^nowhere can't be opened: there is no such file or folder\. Give the path of .*\n$/);
    expect(out.trimEnd().split("\n")).toHaveLength(1);
  });

  test("ends without a word when its reader has seen enough", async () => {
    const mailbox = makeFolder();
    const xml = readFileSync(join(fixtures, "rfc7489.xml"));
    for (let index = 0; index < 300; index += 1) writeFileSync(join(mailbox, `${index}.xml`), xml);
    const child = spawn(process.execPath, [cli, "read", "--json", mailbox], { stdio: ["ignore", "pipe", "pipe"] });
    const err: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdout.once("data", () => child.stdout.destroy());
    await once(child, "close");
    expect({ code: child.exitCode, err: Buffer.concat(err).toString() }).toEqual({ code: 0, err: "" });
  });
});

describe("run", () => {
  test("takes its inputs from variables and flags, the flags first", async () => {
    const place = makeGitPlace();
    putReport(place, "2026-11-17", { pass: 991, fail: 9 });
    const { code, out, err } = await start(["run", "--max-fail-rate", "20%"], {
      DMARC_DIGEST_MAIL_PATH: place.mailbox,
      DMARC_DIGEST_DATA_PATH: join(place.repository.folder, "data"),
      DMARC_DIGEST_NOW: "2026-11-20T09:00:00Z",
      DMARC_DIGEST_MAX_FAIL_RATE: "0.5%",
      TMPDIR: makeFolder(),
    });
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^✅ Nothing to do · Tue 17 Nov [\s\S]*\nMessages +1,000\nDMARC fail +9 /),
    });
    expect(subjects(place)).toEqual([
      "dmarc: digest of 2026-11-17 sent",
      "dmarc: 1 report for 1 domain, 1,000 messages",
    ]);
    expect(err).toContain(`\nCommit ${place.repository.git("rev-parse", "HEAD~1")}\n`);
    const digest = JSON.parse(readFileSync(/^Digest (.+)$/m.exec(err)?.[1] ?? "", "utf8")) as object;
    expect(digest).toMatchObject({ day: "2026-11-17", verdict: "ok" });
  });

  test("as a dry run prints the digest and changes nothing", async () => {
    const place = makeGitPlace();
    for (const day of ["2026-11-16", "2026-11-17"]) putReport(place, day, { pass: 900, fail: 100 });
    const { code, out } = await start(
      [
        "run",
        "--dry-run",
        ...["2026-11-16", "2026-11-17"].flatMap((day) => ["--mail-path", join(place.mailbox, `${day}.xml`)]),
        "--data-path",
        join(place.repository.folder, "data"),
        "--now",
        "2026-11-20T09:00:00Z",
      ],
      { TMPDIR: makeFolder() },
    );
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^⛔ Act, new: example\.com mail sent by 192\.0\.2\.0\/24 [\s\S]*\nMessages +1,000\n/),
    });
    expect(out).toContain("2 mails: 2 stored");
    expect(place.repository.git("for-each-ref")).toBe("");
  });

  test.each([
    ["without a mailbox", [], /^Error: No mailbox to read\. Give imap-host/],
    [
      "with a wrong value",
      ["--mail-path", "x", "--settle-hours", "two"],
      /^Error: Input settle-hours must be whole hours, got "two"/,
    ],
    [
      "outside of a repository",
      ["--mail-path", fixtures],
      /^Error: data-path .* must be in the work tree of a git repository/,
    ],
  ])("%s ends with 1, the next step and no stack", async (_, args, message) => {
    const { code, out, err } = await start(["run", ...args]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(message);
    expect(err).not.toMatch(/^\s+at /m);
  });
});

describe("sample", () => {
  test("writes the sample mailbox into a new folder", async () => {
    const folder = join(makeFolder(), "mailbox");
    const { code, out } = await start(["sample", folder]);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining(`${sampleMails().length} mails in ${folder}`),
    });
  });

  test("refuses a folder with something in it, in one line", async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, "mine.txt"), "mine");
    const { code, err } = await start(["sample", folder]);
    expect(code).toBe(1);
    expect(err).toBe(
      `Error: The folder for the sample mailbox must be new or empty, but ${folder} holds mine.txt. Name another folder, or empty this one first.\n`,
    );
  });
});

test("rebuild makes the index files of a history, and verify finds nothing wrong with them", async () => {
  const { folder } = makeHistoryPlace();
  expect(await start(["verify", folder])).toMatchObject({ code: 1, err: "" });
  expect(await start(["rebuild", folder])).toMatchObject({ code: 0, err: "" });
  expect(await start(["verify", folder])).toEqual({
    code: 0,
    out: "4 day files, 6 index files: all good\n",
    err: "",
  });
});

test("verify without a folder means data, and says in one line that it isn't there", async () => {
  expect(await startProcess(["verify"])).toEqual({
    code: 1,
    out: "",
    err: "Error: data can't be opened: there is no such folder. Name the folder of a history, such as data.\n",
  });
});

test("replay --config tells by each run what another file would have changed against the one of the work tree, and writes nothing", async () => {
  const { repository } = makeGitPlace();
  const { life } = playIncident("service loses its set-up", quietLife("a", { days: 30 }));
  const shop = { ...life, domains: life.domains.filter(({ role }) => role === "shop") };
  await saveFiles(join(repository.folder, "data"), historyFiles(shop, `${life.last}T23:59:59Z`));
  mkdirSync(join(repository.folder, ".github"));
  writeFileSync(join(repository.folder, ".github/dmarc-digest.yml"), "max-failures: 100000\n");
  const other = join(makeFolder(), "other.yml");
  const until = dayAfter(dateOf(new Date()), 30);
  writeFileSync(other, `mute: [{ domain: shop.example, rule: sender-fails, until: ${until}, reason: known }]\n`);
  repository.git("add", ".");
  repository.git("commit", "-q", "-m", "history");
  const { code, out, err } = await start(["replay", "--config", other, join(repository.folder, "data")]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(
    /^- .{16} {2}\S+ {2}early {6}act {3}shop\.example mail sent by SendGrid fails, \d+ messages held\n- .{16} .* issue {12}open the issue of shop\.example\n/,
  );
  expect(out).toMatch(/\n- (.{16} {2}\S+ {2}day {8})act\n\+ \1ok\n/);
  expect(out).toMatch(
    /\nIn all: told of incidents 2 → 0, issues opened 1 → 0, days to act on \d+ → 0, to look at 0 → 0\n$/,
  );
  expect(repository.git("status", "--porcelain", "--ignored")).toBe("");
});

test("a history is judged by the file of its own work tree, from wherever a command is started", async () => {
  const { repository } = makeGitPlace();
  for (const name of [".github", "data"]) mkdirSync(join(repository.folder, name));
  writeFileSync(join(repository.folder, ".github/dmarc-digest.yml"), "langauge: ja\n");
  for (const args of [["replay"], ["why", "example.com"], ["explore"]]) {
    const { code, err } = await start([...args, join(repository.folder, "data")]);
    expect([code, err]).toEqual([1, expect.stringMatching(/dmarc-digest\.yml:1:1: Unknown key langauge/)]);
  }
});

test("explore speaks the language of the configuration file, unless a flag says another, and makes the folder of its page", async () => {
  const { folder } = makeLocalRepository();
  cpSync("data", join(folder, "data"), { recursive: true });
  mkdirSync(join(folder, ".github"));
  writeFileSync(join(folder, ".github/dmarc-digest.yml"), "language: ja\n");
  const page = join(folder, "new/folder/page.html");
  const pageBy = async (...flags: string[]): Promise<string> => {
    const { code, err } = await start(["explore", join(folder, "data"), "--out", page, ...flags]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    return readFileSync(page, "utf8");
  };
  expect(await pageBy()).toContain('<html lang="ja">');
  expect(await pageBy("--language", "en")).toContain('<html lang="en">');
});

test("explore and export say of a place that can't be written what was expected there", async () => {
  const folder = makeFolder();
  const file = join(folder, "file");
  writeFileSync(file, "");
  for (const [args, expected] of [
    [["explore", "--out", folder], "That is a folder, where a file is expected: give another path"],
    [["explore", "--out", join(file, "page.html")], "Something else has that name already: give another path"],
    [["export", "--parquet", file], "A part of that path is a file, where a folder is expected: give another path"],
  ] as const) {
    const { code, err } = await start([...args, resolve("data")]);
    expect(code).toBe(1);
    expect(err).toContain(folder);
    expect(err).toContain(expected);
  }
});
