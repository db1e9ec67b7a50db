import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { ConfigError, microsoftHost } from "../../config/config.ts";
import { docsUrl } from "../../config/file-keys.ts";
import { type InputName, inputs, placeOf } from "../../config/settings.ts";
import { readSources, type Values, valuesOf } from "../../config/sources.ts";
import { checkDomains, type Resolve, recordsIn, type SetupCheck, setupVerdict } from "../../digest/setup/setup.ts";
import { openDns } from "../../io/dns.ts";
import { setupPage } from "../../render/pages/pages.ts";
import { printTerminal } from "../../render/print/print.ts";
import { wordsOf } from "../../render/words/words.ts";
import { normalDomain } from "../../report/domain.ts";
import { filesFor, hostOf, type SetupAnswers, type SetupMailbox, shellWord } from "./files.ts";

/** What is asked for at a terminal when no flag says it. */
const asked = ["domains", "imap-user", "imap-host", "slack-channel", "language"] as const satisfies InputName[];

/** What `dmarc-digest init` is asked for. */
export interface InitOptions {
  flags: Readonly<Record<string, string | undefined>>;
  folder: string;
  /** Replaces files that are there, without asking. */
  isForced: boolean;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
}

/**
 * The command `dmarc-digest init`: writes the workflow, and the configuration file where there is more to say; says which
 * secrets to set and which DNS records to publish. In DNS it changes nothing; in the records that it prints `p` stays what it is.
 *
 * @returns The exit code: 0, or 1 when a file was there and was not to be replaced.
 * @throws ConfigError when an answer is missing, or is none.
 */
export async function init({ flags, folder, isForced, stdin, stdout }: InitOptions): Promise<number> {
  const { top } = readSources(flags);
  const dns = openDns({ servers: valuesOf(top)["dns-servers"] });
  const terminal = stdin.isTTY ? createInterface({ input: stdin, output: stdout }) : undefined;
  const question =
    terminal &&
    ((text: string) =>
      terminal.question(text).catch((cause: Error) => {
        // Ctrl+C and Ctrl+D are no answers, and no defects either.
        throw cause.name === "AbortError" ? new ConfigError("Nothing was written.", { cause }) : cause;
      }));
  try {
    const told = new Set<string>([...asked, "dns-servers"]);
    const given = [...top].filter(([name, { from }]) => from === "input" && !told.has(name));
    const isOfMailbox = ([name]: [string, unknown]) => placeOf(name as InputName) === "mailbox";
    const [reading, more] = [new Map(given.filter(isOfMailbox)), new Map(given.filter((one) => !isOfMailbox(one)))];
    const hasFile = existsSync(join(folder, inputs.config.default));
    const values = valuesOf(top);
    const said = await answersOf(askerFor(flags, question, stdout), values, dns.resolve);
    const answers = { ...said, more, reading, hasFile, timeBudget: values["time-budget"] };
    const { files, secrets } = filesFor(answers);
    const others = (await otherThan(files, folder)).join(" and ");
    const answer = others === "" || isForced ? "y" : await question?.(`${others} is there already. Replace it? [no]: `);
    if (!/^y(es)?$/i.test(answer ?? "")) {
      stdout.write(`${others} is there already, and was left as it is. --force replaces it.\n`);
      return 1;
    }
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const checks = await checksOf(answers, dns.resolve);
    stdout.write(nextSteps(answers, { folder, paths: [...files.keys()], secrets, checks }));
    return 0;
  } finally {
    terminal?.close();
    dns.close();
  }
}

type Question = (text: string) => Promise<string>;

/** Asks until `take` makes something of the answer, at a terminal; `take` throws a ConfigError for one that is none. */
type Ask = <Name extends (typeof asked)[number], Answer>(asked: {
  name: Name;
  question: string;
  usual?: string;
  /** Whether the usual is for a person to confirm, and stands in for nothing where nobody can be asked. */
  isProposal?: boolean;
  take: (value: ReturnType<typeof valuesOf>[Name]) => Answer;
}) => Promise<Answer>;

/** Asks by flags first, else at the terminal, if there is one. */
function askerFor(flags: InitOptions["flags"], question: Question | undefined, stdout: NodeJS.WriteStream): Ask {
  return async ({ name, question: text, usual, isProposal, take }) => {
    for (;;) {
      const given = flags[name] ?? (await question?.(`${text}${usual ? ` [${usual}]` : ""}: `));
      if (given === undefined && (usual === undefined || isProposal))
        throw new ConfigError(`init needs --${name}: ${text}${usual ? `, such as ${usual}` : ""}.`);
      try {
        return take(valuesOf(readSources({ [name]: given?.trim() || usual || "" }).top)[name]);
      } catch (error) {
        // Who has typed it can mend it.
        if (question === undefined || flags[name] !== undefined || !(error instanceof ConfigError)) throw error;
        stdout.write(`${error.message}\n`);
      }
    }
  };
}

async function otherThan(files: ReadonlyMap<string, string>, folder: string): Promise<string[]> {
  const found = Array.from(files, async ([path, text]) => {
    const before = await readFile(join(folder, path), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return text;
      throw error;
    });
    return before === text ? [] : [path];
  });
  return (await Promise.all(found)).flat();
}

/** What is asked for; all else of a set-up is given by flags alone. */
type Asked = Omit<SetupAnswers, "more" | "reading" | "hasFile" | "timeBudget">;

async function answersOf(ask: Ask, given: Values, resolve: Resolve): Promise<Asked> {
  const domains = await ask({
    name: "domains",
    question: "Your domains, separated by blanks or commas",
    take: (value = []) => {
      if (value.length === 0) throw new ConfigError("init needs a domain: --domains example.com");
      return value;
    },
  });
  const mailboxes = await mailboxesOf(ask, { given, domain: domains[0] ?? "", resolve });
  const channel = await ask({
    name: "slack-channel",
    question: "Slack channel, by id (C0123456789); empty for none",
    usual: "",
    take: (value) => value,
  });
  const language = await ask({
    name: "language",
    question: "Language of the messages, en or ja",
    usual: "en",
    take: (value) => value,
  });
  const parked = await Promise.all(domains.map(async (domain) => ((await isParked(domain, resolve)) ? [domain] : [])));
  return { domains, parked: parked.flat(), mailboxes, channel, language };
}

async function mailboxesOf(
  ask: Ask,
  { given, domain, resolve }: { given: Values; domain: string; resolve: Resolve },
): Promise<SetupMailbox[]> {
  const { graph, s3, "imap-auth": auth, "s3-region": region } = given;
  const ofGraph = graph === undefined ? [] : (["imap-user"] as const);
  const ways = (["graph", "s3", "imap-auth", "imap-host", ...ofGraph] as const).filter((name) => given[name]);
  if (ways.length > 1)
    throw new ConfigError(
      `init takes one of ${ways.map((name) => `--${name}`).join(" and ")}: each names another mailbox.`,
    );
  if (graph !== undefined) return [{ user: checkedAddress(graph), host: "", way: "graph" }];
  if (s3 !== undefined && region === undefined) throw new ConfigError("init needs --s3-region, that of the bucket.");
  const users = await ask({
    name: "imap-user",
    ...(s3 === undefined
      ? {
          question: "Address of the mailbox for reports, or of several, separated by blanks",
          usual: `dmarc@${domain}`,
        }
      : { question: "Address whose mail goes into the bucket", usual: `reports@dmarc.${domain}`, isProposal: true }),
    take: (value = "") => (s3 === undefined ? value.split(/[\s,]+/) : [value]).map(checkedAddress),
  });
  if (s3 !== undefined || auth !== undefined) return users.map((user) => ({ user, host: "", way: auth ?? "s3" }));
  const mailboxes: SetupMailbox[] = [];
  for (const user of users) {
    const at = user.slice(user.indexOf("@") + 1);
    const usual = hostOf(at, recordsIn(await resolve(at, "MX")));
    const question = users.length === 1 ? "Its IMAP server" : `IMAP server of ${user}`;
    const host = await ask({ name: "imap-host", question, usual, take: (value = usual) => value });
    mailboxes.push({ user, host, way: host === microsoftHost ? "microsoft" : "password" });
  }
  return mailboxes;
}

function checkedAddress(user: string): string {
  const [, local, name = ""] = /^([^@\s]+)@([^@\s]+)$/.exec(user) ?? [];
  const domain = normalDomain(name);
  if (domain?.includes(".")) return `${local}@${domain}`;
  throw new ConfigError(`${user} is no address. Example: dmarc@example.com`);
}

async function checksOf({ domains, mailboxes }: SetupAnswers, resolve: Resolve): Promise<SetupCheck[]> {
  const addresses = mailboxes.map(({ user }) => user);
  const place = { addresses, isAllAddresses: true, isReported: () => false, keys: [] };
  const places = domains.map((domain) => ({ ...place, domain }));
  return await checkDomains(places, resolve);
}

/** Whether DNS says that no mail is sent from a domain, and none received (RFC 7208, RFC 7505). */
async function isParked(domain: string, resolve: Resolve): Promise<boolean> {
  const [texts, exchanges] = [await resolve(domain, "TXT"), await resolve(domain, "MX")];
  const spf = recordsIn(texts).filter((text) => /^v=spf1( |$)/i.test(text));
  const receives = exchanges.kind === "no-answer" || recordsIn(exchanges).some((name) => name.replace(".", "") !== "");
  return !receives && spf.length > 0 && spf.every((text) => /^v=spf1 +-all *$/i.test(text));
}

/** What a way to a mailbox needs before, and the page that shows how. */
const preparations: Readonly<Record<SetupMailbox["way"], [what: string, page: string]>> = {
  password: ["make the mailbox, and at Gmail and most large hosts an app password for it", "mailboxes.md#a-password"],
  microsoft: ["register the application, and put its client id where the zeros are", "mailboxes.md#microsoft-365"],
  graph: ["register the application, and put its client id where the zeros are", "mailboxes.md#microsoft-graph"],
  google: [
    "make the service account, and put its name and its provider's where the example has them",
    "mailboxes.md#google",
  ],
  s3: ["make bucket, receipt rule and role, and put the role's name where the zeros are", "aws.md"],
};

function nextSteps(
  { mailboxes, channel }: SetupAnswers,
  remaining: { folder: string; paths: readonly string[]; secrets: readonly string[]; checks: readonly SetupCheck[] },
): string {
  const { folder, paths, secrets, checks } = remaining;
  const toDo = checks.filter(({ finding }) => setupVerdict(finding) !== "ok");
  const page = { ...setupPage(toDo, {}, wordsOf("en")), headline: "DNS, as it is now and as it should be:" };
  const lists = printTerminal(page, { colour: false, width: 4000 });
  const ways = [...new Set(mailboxes.map(({ way }) => way))];
  const steps = [
    ...(folder === "." ? [] : [`go there:\n     cd ${shellWord(folder)}`]),
    ...(existsSync(join(folder, ".git"))
      ? []
      : ["make it a private repository:\n     git init -b main && gh repo create dmarc-history --private --source ."]),
    ...(channel === undefined ? [] : [`make the Slack app and invite it to the channel: ${docsUrl}/slack.md`]),
    ...ways.map((way) => `${preparations[way][0]}: ${docsUrl}/${preparations[way][1]}`),
    ...(secrets.length === 0
      ? []
      : [["set the secrets:", ...secrets.map((name) => `     gh secret set ${name}`)].join("\n")]),
    `commit and push it:\n     git add ${paths.join(" ")} && git commit -m "Start dmarc-digest" && git push -u origin HEAD`,
    "look over the set-up:\n     gh workflow run dmarc.yml -f mode=doctor",
    "start:\n     gh workflow run dmarc.yml",
  ];
  const numbered = steps.map((step, index) => `  ${index + 1}. ${step}\n`).join("");
  return `Wrote ${paths.join(" and ")}. What remains (gh: https://cli.github.com):\n${numbered}\n${toDo.length === 0 ? "DNS is good as it is.\n" : lists}`;
}
