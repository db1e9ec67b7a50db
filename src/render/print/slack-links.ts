import { slackText } from "../escape.ts";
import type { Link } from "../links.ts";

/** A link in Slack's mrkdwn. */
export function slackLink({ url, label }: Link): string {
  return `<${url}|${slackText(label, 80)}>`;
}
