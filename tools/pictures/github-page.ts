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

/** A page that shows an issue as GitHub does: Markdown by its rules, without anything from outside. */
export function githubPage({ title, state, body, comment }: ShownIssue): string {
  return `<!doctype html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Issue</title>
<style>${style}</style>
<h1>${escapeHtml(title)} <span>#7</span></h1>
<p class="state ${state}">${state === "open" ? "Open" : "Closed"}</p>
${boxOf("opened", body)}
${comment === undefined ? "" : boxOf("commented", comment)}
`;
}

function boxOf(done: string, markdown: string): string {
  const html = textWithEmoji(marked.parse(markdown, { async: false }), String);
  return `<section><header><b>github-actions</b> ${done}</header><article>${html}</article></section>`;
}

const style = `
body { margin: 0; padding: 24px; font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK JP", Helvetica, Arial, sans-serif; color: #1f2328; }
h1 { margin: 0 0 8px; font-size: 26px; font-weight: 400; line-height: 1.25; }
h1 span { color: #59636e; font-weight: 300; }
.state { display: inline-block; margin: 0 0 16px; padding: 4px 12px; border-radius: 2em; color: #fff; font-weight: 600; }
.open { background: #1f883d; } .closed { background: #8250df; }
section { margin-bottom: 16px; border: 1px solid #d1d9e0; border-radius: 6px; }
header { padding: 8px 16px; color: #59636e; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; }
header b { color: #1f2328; }
article { padding: 16px; }
article > :first-child { margin-top: 0; } article > :last-child { margin-bottom: 0; }
h3 { margin: 24px 0 16px; font-size: 17.5px; }
ul { padding-left: 2em; }
table { display: block; width: max-content; max-width: 100%; overflow: auto; border-spacing: 0; border-collapse: collapse; }
th, td { padding: 6px 13px; border: 1px solid #d1d9e0; }
tr:nth-child(2n) { background: #f6f8fa; }
code { padding: .2em .4em; font: 85% ui-monospace, "DejaVu Sans Mono", monospace; background: #818b981f; border-radius: 6px; white-space: break-spaces; }
pre { padding: 16px; background: #f6f8fa; border-radius: 6px; } pre code { padding: 0; background: none; }
a { color: #0969da; text-decoration: none; }
sub { color: #59636e; font-size: 12px; vertical-align: baseline; }
details { margin: 16px 0; }
.emoji { width: 1.2em; height: 1.2em; vertical-align: -0.2em; }
`;
