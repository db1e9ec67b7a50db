import { marked } from "marked";
import { textWithEmoji } from "./emoji.ts";
import { escapeHtml } from "./html.ts";

/** An issue as it stands after a run. */
export interface ShownIssue {
  title: string;
  state: "open" | "closed";
  /** Markdown, as sent. */
  body: string;
  comment?: string | undefined;
}

/** A page that shows an issue as GitHub does: Markdown by its rules, without anything from outside, light or dark as the reader has it. */
export function issuePage({ title, state, body, comment }: ShownIssue): string {
  return pageOf(
    "Issue",
    `<h1>${escapeHtml(title)} <span>#7</span></h1>
<p class="state ${state}">${state === "open" ? "Open" : "Closed"}</p>
${boxOf("<b>github-actions</b> opened", body)}
${comment === undefined ? "" : boxOf("<b>github-actions</b> commented", comment)}`,
  );
}

/**
 * A page that shows a README with its pictures as GitHub does.
 *
 * @param pictures - The SVGs by the names that the Markdown has for them.
 */
export function readmePage(markdown: string, pictures: Record<string, string>): string {
  const html = Object.entries(pictures).reduce(
    (text, [name, svg]) => text.replaceAll(name, `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`),
    markdown,
  );
  return pageOf("README", boxOf("<b>README</b>", html));
}

function pageOf(title: string, body: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${style}</style>
${body}
`;
}

function boxOf(header: string, markdown: string): string {
  const html = textWithEmoji(marked.parse(markdown, { async: false }), String);
  return `<section><header>${header}</header><article>${html}</article></section>`;
}

const style = `
:root { --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --ground: #fff; --shade: #f6f8fa; --link: #0969da; }
@media (prefers-color-scheme: dark) { :root { --text: #f0f6fc; --soft: #9198a1; --line: #3d444d; --ground: #0d1117; --shade: #151b23; --link: #4493f8; } }
body { margin: 0; padding: 24px; background: var(--ground); font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK JP", Helvetica, Arial, sans-serif; color: var(--text); }
h1 { margin: 0 0 8px; font-size: 26px; font-weight: 400; line-height: 1.25; }
h1 span { color: var(--soft); font-weight: 300; }
.state { display: inline-block; margin: 0 0 16px; padding: 4px 12px; border-radius: 2em; color: #fff; font-weight: 600; }
.open { background: #1f883d; } .closed { background: #8250df; }
section { margin-bottom: 16px; border: 1px solid var(--line); border-radius: 6px; }
header { padding: 8px 16px; color: var(--soft); background: var(--shade); border-bottom: 1px solid var(--line); border-radius: 6px 6px 0 0; }
header b { color: var(--text); }
@media (max-width: 600px) { body { padding: 12px; } }
article { padding: 16px; overflow-wrap: break-word; }
img { max-width: 100%; }
h1 { overflow-wrap: anywhere; }
article > :first-child { margin-top: 0; } article > :last-child { margin-bottom: 0; }
article h1 { padding-bottom: .3em; border-bottom: 1px solid var(--line); font-size: 28px; font-weight: 600; }
h2 { margin: 24px 0 16px; padding-bottom: .3em; border-bottom: 1px solid var(--line); font-size: 21px; }
h3 { margin: 24px 0 16px; font-size: 17.5px; }
ul { padding-left: 2em; }
table { display: block; width: max-content; max-width: 100%; overflow: auto; border-spacing: 0; border-collapse: collapse; }
th, td { padding: 6px 13px; border: 1px solid var(--line); }
tr:nth-child(2n) { background: var(--shade); }
code { padding: .2em .4em; font: 85% ui-monospace, "DejaVu Sans Mono", monospace; background: #818b981f; border-radius: 6px; white-space: break-spaces; }
pre { padding: 16px; background: var(--shade); border-radius: 6px; } pre code { padding: 0; background: none; }
a { color: var(--link); text-decoration: none; }
sub { color: var(--soft); font-size: 12px; vertical-align: baseline; }
details { margin: 16px 0; }
.emoji { width: 1.2em; height: 1.2em; vertical-align: -0.2em; }
`;
