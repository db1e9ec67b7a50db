import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { ConfigError, microsoftHost } from "../../config/config.ts";
import type { InputName } from "../../config/settings.ts";
import { readSources, valuesOf } from "../../config/sources.ts";
import { checkDomain, type Resolve, recordsIn, type SetupCheck, setupVerdict } from "../../digest/setup/setup.ts";
import { openDns } from "../../io/dns.ts";
import { setupPage } from "../../render/pages/pages.ts";
import { printTerminal } from "../../render/print/print.ts";
import { wordsOf } from "../../render/words/words.ts";
import { normalDomain } from "../../report/domain.ts";
import { filesFor, hostOf, type SetupAnswers } from "./files.ts";

/** What is asked for at a terminal when no flag says it. */
const asked = ["domains", "imap-user", "imap-host", "slack-channel", "language"] as const satisfies InputName[];

/** What `dmarc-digest init` is asked for. */
export interface InitOptions {
  /** Text by the names of `setupInputs`. */
  flags: Readonly<Record<string, string | undefined>>;
  /** The folder of the repository to set up. */
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
  const prompt = stdin.isTTY ? createInterface({ input: stdin, output: stdout }) : undefined;
  try {
    const ask: Ask = async (name, question, usual) => {
      const given = flags[name] ?? (prompt && (await prompt.question(`${question}${usual ? ` [${usual}]` : ""}: `)));
      if (given === undefined && usual === undefined) throw new ConfigError(`init needs --${name}: ${question}.`);
      return valuesOf(readSources({ [name]: given?.trim() || usual || "" }).top)[name];
    };
    const told = new Set<string>([...asked, "dns-servers"]);
    const more = [...top].filter(([name, { from }]) => from === "input" && !told.has(name));
    const answers = { ...(await answersOf(ask, dns.resolve)), more: new Map(more) };
    const { files, secrets } = filesFor(answers);
    const others = await otherThan(files, folder);
    if (others.length > 0 && !isForced && !(await agrees(prompt, others))) {
      stdout.write(`${others.join(" and ")} is there already, and was left as it is. --force replaces it.\n`);
      return 1;
    }
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const { domains, user } = answers;
    const places = domains.map((domain) => ({ domain, address: user, isReported: false, keys: [] }));
    const checks = await Promise.all(places.map((place) => checkDomain(place, dns.resolve)));
    stdout.write(nextSteps(answers, { paths: [...files.keys()], secrets, checks: checks.flat() }));
    return 0;
  } finally {
    prompt?.close();
    dns.close();
  }
}

type Ask = <Name extends (typeof asked)[number]>(
  name: Name,
  question: string,
  usual?: string,
) => Promise<ReturnType<typeof valuesOf>[Name]>;

/** The files that are there and say something else. */
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

async function agrees(prompt: ReturnType<typeof createInterface> | undefined, paths: string[]): Promise<boolean> {
  const question = `${paths.join(" and ")} is there already. Replace it? [no]: `;
  return /^y(es)?$/i.test((await prompt?.question(question)) ?? "");
}

async function answersOf(ask: Ask, resolve: Resolve): Promise<Omit<SetupAnswers, "more">> {
  const domains = (await ask("domains", "Your domains, separated by blanks or commas")) ?? [];
  const [first] = domains;
  if (first === undefined) throw new ConfigError("init needs a domain: --domains example.com");
  const user = (await ask("imap-user", "Address of the mailbox for reports", `dmarc@${first}`)) ?? "";
  const at = normalDomain(/^[^@\s]+@([^@\s]+)$/.exec(user)?.[1] ?? "");
  if (!at?.includes(".")) throw new ConfigError(`${user} is no address. Example: dmarc@example.com`);
  const host = (await ask("imap-host", "Its IMAP server", hostOf(at, recordsIn(await resolve(at, "MX"))))) ?? "";
  const channel = await ask("slack-channel", "Slack channel, by id (C0123456789); empty for none", "");
  const language = await ask("language", "Language of the messages, en or ja", "en");
  const parked = await Promise.all(domains.map(async (domain) => ((await isParked(domain, resolve)) ? [domain] : [])));
  return { domains, parked: parked.flat(), user, host, channel, language };
}

/** Whether DNS says that no mail is sent from a domain, and none received (RFC 7208, RFC 7505). */
async function isParked(domain: string, resolve: Resolve): Promise<boolean> {
  const [texts, exchanges] = [await resolve(domain, "TXT"), await resolve(domain, "MX")];
  const spf = recordsIn(texts).filter((text) => /^v=spf1( |$)/i.test(text));
  const receives = exchanges.kind === "no-answer" || recordsIn(exchanges).some((name) => name.replace(".", "") !== "");
  return !receives && spf.length > 0 && spf.every((text) => /^v=spf1 +-all *$/i.test(text));
}

/** What remains to be done by hand, in its order. */
function nextSteps(
  { host, channel }: SetupAnswers,
  { paths, secrets, checks }: { paths: readonly string[]; secrets: readonly string[]; checks: readonly SetupCheck[] },
): string {
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
    `commit and push it:\n     git add ${paths.join(" ")} && git commit -m "Start dmarc-digest" && git push`,
    "look over the set-up:\n     gh workflow run dmarc.yml -f mode=doctor",
    "start:\n     gh workflow run dmarc.yml",
  ];
  const numbered = steps.map((step, index) => `  ${index + 1}. ${step}\n`).join("");
  return `Wrote ${paths.join(" and ")}. What remains:\n${numbered}\n${toDo.length === 0 ? "DNS is good as it is.\n" : lists}`;
}
