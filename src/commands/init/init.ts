import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { ConfigError, microsoftHost } from "../../config/config.ts";
import { checkDomain, type SetupCheck, setupVerdict } from "../../digest/setup/setup.ts";
import { openDns } from "../../io/dns.ts";
import { setupPage } from "../../render/pages/pages.ts";
import { printTerminal } from "../../render/print/print.ts";
import { wordsOf } from "../../render/words/words.ts";
import { normalDomain } from "../../report/domain.ts";
import { hostOf, type SetupAnswers, workflowFor } from "./workflow.ts";

/** The flags of `dmarc-digest init`; what is missing is asked for at a terminal. */
export const initFlags = ["domains", "imap-user", "imap-host", "slack-channel", "language", "dns-servers"] as const;

/** What `dmarc-digest init` is asked for. */
export interface InitOptions {
  flags: Partial<Record<(typeof initFlags)[number], string>>;
  /** The folder of the repository to set up. */
  folder: string;
  /** Replaces a workflow that is there, without asking. */
  isForced: boolean;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
}

const workflowPath = ".github/workflows/dmarc.yml";

/**
 * The command `dmarc-digest init`: writes the workflow, and says which secrets to set and which DNS records to publish.
 * In DNS it changes nothing; in the records that it prints `p` stays what it is.
 *
 * @returns The exit code: 0, or 1 when a workflow was there and was not to be replaced.
 * @throws ConfigError when an answer is missing, or is none.
 */
export async function init({ flags, folder, isForced, stdin, stdout }: InitOptions): Promise<number> {
  const dns = openDns({ servers: flags["dns-servers"]?.split(/[\s,]+/) });
  const prompt = stdin.isTTY ? createInterface({ input: stdin, output: stdout }) : undefined;
  try {
    const ask: Ask = async (name, question, usual) => {
      const given = flags[name] ?? (prompt && (await prompt.question(`${question}${usual ? ` [${usual}]` : ""}: `)));
      if (given === undefined && usual === undefined) throw new ConfigError(`init needs --${name}: ${question}.`);
      return given?.trim() || usual || "";
    };
    const answers = await answersOf(ask, async (name) => {
      const answer = await dns.resolve(name, "MX");
      return answer.kind === "found" ? answer.records : [];
    });
    const { text, secrets } = workflowFor(answers);
    const before = await readFile(join(folder, workflowPath), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    const isOther = before !== undefined && before !== text;
    if (isOther && !isForced && !(await agrees(prompt))) {
      stdout.write(`${workflowPath} is there already, and was left as it is. --force replaces it.\n`);
      return 1;
    }
    await mkdir(dirname(join(folder, workflowPath)), { recursive: true });
    await writeFile(join(folder, workflowPath), text);
    const { domains, user } = answers;
    const places = domains.map((domain) => ({ domain, address: user, isReported: false, keys: [] }));
    const checks = await Promise.all(places.map((place) => checkDomain(place, dns.resolve)));
    stdout.write(nextSteps(answers, secrets, checks.flat()));
    return 0;
  } finally {
    prompt?.close();
    dns.close();
  }
}

type Ask = (name: (typeof initFlags)[number], question: string, usual?: string) => Promise<string>;

async function agrees(prompt: ReturnType<typeof createInterface> | undefined): Promise<boolean> {
  return /^y(es)?$/i.test((await prompt?.question(`${workflowPath} is there already. Replace it? [no]: `)) ?? "");
}

async function answersOf(ask: Ask, exchangesOf: (domain: string) => Promise<readonly string[]>): Promise<SetupAnswers> {
  const named = await ask("domains", "Your domains, separated by blanks or commas");
  const domains = named.split(/[\s,]+/).flatMap((name) => (name === "" ? [] : domainIn(name)));
  const [first] = domains;
  if (first === undefined) throw new ConfigError("init needs a domain: --domains example.com");
  const user = await ask("imap-user", "Address of the mailbox for reports", `dmarc@${first}`);
  const at = domainIn(user.slice(user.lastIndexOf("@") + 1));
  if (!/^[^@\s]+@[^@\s]+$/.test(user)) throw new ConfigError(`${user} is no address. Example: dmarc@example.com`);
  const host = await ask("imap-host", "Its IMAP server", hostOf(at, await exchangesOf(at)));
  if (!/^[\w.-]+$/.test(host)) throw new ConfigError(`${host} is no host name. Example: imap.example.com`);
  const channel = await ask("slack-channel", "Slack channel, by id (C0123456789); empty for none", "");
  if (!/^#?[\w-]*$/.test(channel)) throw new ConfigError(`${channel} is no channel. Example: C0123456789`);
  const language = await ask("language", "Language of the messages, en or ja", "en");
  if (language !== "en" && language !== "ja")
    throw new ConfigError(`There is no language ${language}. There are en and ja.`);
  return { domains, user, host, channel: channel || undefined, language };
}

function domainIn(name: string): string {
  const domain = normalDomain(name);
  if (domain?.includes(".")) return domain;
  throw new ConfigError(`${name} is no domain. Example: example.com`);
}

/** What remains to be done by hand, in its order. */
function nextSteps({ host, channel }: SetupAnswers, secrets: readonly string[], checks: readonly SetupCheck[]): string {
  const toDo = checks.filter(({ finding }) => setupVerdict(finding) !== "ok");
  const page = setupPage(toDo, {}, wordsOf("en"));
  const lists = printTerminal(
    { ...page, headline: "DNS, as it is now and as it should be:" },
    { colour: false, width: 4000 },
  );
  const steps = [
    ...(channel === undefined ? [] : ["make the Slack app and invite it to the channel: docs/slack.md"]),
    ...(host === microsoftHost
      ? ["register the application, and put its client id into the workflow: docs/mailboxes.md"]
      : []),
    ...(secrets.length === 0
      ? []
      : [["set the secrets:", ...secrets.map((name) => `     gh secret set ${name}`)].join("\n")]),
    `commit and push it:\n     git add ${workflowPath} && git commit -m "Start dmarc-digest" && git push`,
    "look over the set-up:\n     gh workflow run dmarc.yml -f mode=doctor",
    "start:\n     gh workflow run dmarc.yml",
  ];
  const numbered = steps.map((step, index) => `  ${index + 1}. ${step}\n`).join("");
  return `Wrote ${workflowPath}. What remains:\n${numbered}\n${toDo.length === 0 ? "DNS is good as it is.\n" : lists}`;
}
