import { createRequire } from "node:module";
import type * as AdaptiveCards from "adaptivecards";

// What the package has for `import` does not run in Node: its paths lack endings.
const { AdaptiveCard, SerializationContext, Versions } = createRequire(import.meta.url)(
  "adaptivecards/dist/adaptivecards.js",
) as typeof AdaptiveCards;

/** The most bytes of a message that Teams takes, about (learn.microsoft.com/connectors/teams, "Message size limit"). */
const mostBytes = 28 * 1024;

/**
 * What is wrong with a message for a workflow of Teams: with its envelope, its size, or the card in it, as Microsoft's own
 * reader of Adaptive Cards 1.5 says, the version that Teams shows. That reader passes over fields that it does not know,
 * so that what it has read is compared with what was given.
 *
 * @returns Empty when it is fine.
 */
export function teamsMessageTrouble(body: string): string[] {
  const message = JSON.parse(body);
  const [attachment, ...more] = message.attachments ?? [];
  if (message.type !== "message" || attachment === undefined || more.length > 0)
    return ["expected a message of one card"];
  if (attachment.contentType !== "application/vnd.microsoft.card.adaptive") return ["expected an Adaptive Card"];
  const size = Buffer.byteLength(body);
  return [
    ...(size > mostBytes ? [`${size} bytes are more than ${mostBytes}`] : []),
    ...cardTrouble(attachment.content),
  ];
}

function cardTrouble(content: object): string[] {
  const card = new AdaptiveCard();
  const context = new SerializationContext(Versions.v1_5);
  card.parse(content, context);
  const events = Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index).message);
  const faults = card.validateProperties().validationEvents.map(({ message }) => message);
  const isRead = sortedJson(card.toJSON()) === sortedJson(content);
  return [...events, ...faults, ...(isRead ? [] : [`of the card only this is known: ${sortedJson(card.toJSON())}`])];
}

/** JSON with the keys in the order of their names. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
