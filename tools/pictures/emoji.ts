import { escapeHtml } from "./html.ts";

/**
 * Emoji by Slack's names. Slack draws them as pictures of its own, and a machine without an emoji font draws none;
 * so those that messages of ours use are drawn here, on a field of 24 by 24.
 */
const emoji: Record<string, { character: string; drawing: string }> = {
  no_entry: {
    character: "⛔",
    drawing:
      '<circle cx="12" cy="12" r="11" fill="#d8232f"/><rect x="5" y="9.8" width="14" height="4.4" rx="1" fill="#fff"/>',
  },
  white_check_mark: {
    character: "✅",
    drawing:
      '<rect x="1" y="1" width="22" height="22" rx="4" fill="#5fa83d"/><path d="M6 12.5l4 4.5L18.5 7" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>',
  },
  x: {
    character: "❌",
    drawing: '<path d="M4 4l16 16M20 4L4 20" stroke="#dd2e44" stroke-width="4.5" stroke-linecap="round"/>',
  },
  warning: {
    character: "⚠",
    drawing:
      '<path d="M12 2L23 22H1z" fill="#f7c948" stroke="#f7c948" stroke-linejoin="round"/><path d="M12 9v6M12 18.2v.6" stroke="#31373d" stroke-width="2.4" stroke-linecap="round"/>',
  },
  eyes: {
    character: "👀",
    drawing:
      '<ellipse cx="6.5" cy="12" rx="5.5" ry="8" fill="#fff" stroke="#9aa6ad"/><ellipse cx="17.5" cy="12" rx="5.5" ry="8" fill="#fff" stroke="#9aa6ad"/><circle cx="4.8" cy="13" r="3" fill="#31373d"/><circle cx="15.8" cy="13" r="3" fill="#31373d"/>',
  },
  rotating_light: {
    character: "🚨",
    drawing:
      '<path d="M5 18v-5a7 7 0 0 1 14 0v5z" fill="#e0283f"/><path d="M9 13a3 3 0 0 1 3-3" fill="none" stroke="#fff" stroke-width="1.8" stroke-linecap="round"/><rect x="3" y="18" width="18" height="5" rx="1.5" fill="#66757f"/><path d="M12 1v2.4M4 4l1.6 1.6M20 4l-1.6 1.6" stroke="#f0883a" stroke-width="2" stroke-linecap="round"/>',
  },
  hourglass_flowing_sand: {
    character: "⏳",
    drawing:
      '<path d="M6 3h12l-1 5-5 4 5 4 1 5H6l1-5 5-4-5-4z" fill="#bdd7ee"/><path d="M8.5 19.5c0-2 1.5-3 3.5-4.5 2 1.5 3.5 2.5 3.5 4.500z" fill="#f0a030"/><path d="M5 2.500h14M5 21.500h14" stroke="#8a5a2b" stroke-width="2.4" stroke-linecap="round"/>',
  },
  bell: {
    character: "🔔",
    drawing:
      '<path d="M12 2a7 7 0 0 1 7 7v6l2 3H3l2-3V9a7 7 0 0 1 7-7z" fill="#f7c948"/><circle cx="12" cy="20.5" r="2.3" fill="#c98f1d"/>',
  },
  no_bell: {
    character: "🔕",
    drawing:
      '<path d="M12 2a7 7 0 0 1 7 7v6l2 3H3l2-3V9a7 7 0 0 1 7-7z" fill="#f7c948"/><circle cx="12" cy="20.5" r="2.3" fill="#c98f1d"/><path d="M3 3l18 18" stroke="#d8232f" stroke-width="2.4"/>',
  },
};

/** An emoji as Slack shows it; a name that it does not know stays as it was written. */
export function emojiNamed(name: string): string {
  const found = Object.hasOwn(emoji, name) ? emoji[name] : undefined;
  if (found === undefined) return escapeHtml(`:${name}:`);
  return `<svg class="emoji" viewBox="0 0 24 24" role="img" aria-label="${found.character}">${found.drawing}</svg>`;
}

/** Text as HTML, the emoji in it drawn; HTML stays as it is with `String` for what is between them. */
export function textWithEmoji(text: string, between: (text: string) => string = escapeHtml): string {
  const names = new Map(Object.entries(emoji).map(([name, { character }]) => [character, name]));
  return text
    .split(/(\p{Extended_Pictographic}\uFE0F?)/u)
    .map((part) => {
      const name = names.get(part.replace("\uFE0F", ""));
      return name === undefined ? between(part) : emojiNamed(name);
    })
    .join("");
}
