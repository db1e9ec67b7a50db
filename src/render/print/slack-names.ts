import { plainText } from "../escape.ts";

/** A name of a stranger, as it stands in Slack's plain text. */
export function slackName(name: string): string {
  return plainText(name, 60);
}
