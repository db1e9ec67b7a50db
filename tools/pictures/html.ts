/** Text as HTML shows it, in an attribute as well: nothing of it becomes a tag. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A link that shows HTML of ours; only the web and mail can be reached by it. */
export function linkTo(url: string, html: string): string {
  const href = /^(https?:\/\/|mailto:)/i.test(url) ? ` href="${escapeHtml(url)}" rel="noreferrer"` : "";
  return `<a${href}>${html}</a>`;
}
