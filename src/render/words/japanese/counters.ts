import { formatCount } from "../format.ts";

/** Messages with their counter: `3,104通`. */
export function messagesOf(count: number): string {
  return `${formatCount(count)}通`;
}

/** Reports, mails and the like with their counter: `611件`. */
export function itemsOf(count: number): string {
  return `${formatCount(count)}件`;
}
