import type { Digest } from "../../digest/digest.ts";
import { plainTable } from "../print/print.ts";
import type { DigestMessage, SlackTelling } from "./slack.ts";
import { allDomainsTable } from "./slack-domains.ts";

/** Characters of a message of one table; Slack takes 10,000 in a table. */
const mostCharacters = 9_000;

/** What stands in the thread of a digest: all domains as a table; nothing where there is but one. */
export function threadMessage(digest: Digest, { words }: SlackTelling): DigestMessage | undefined {
  if (digest.domains.length < 2) return undefined;
  const table = allDomainsTable(digest, { words, room: mostCharacters });
  const text = `${words.labels.allDomains}, ${words.day(digest.day)}`;
  return { text, blocks: [table], fallbackBlocks: [plainTable(table)] };
}
