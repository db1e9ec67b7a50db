/** Slack's desktop client: sizes, colours and spaces as they were measured there. */
export const slackStyle = `
:root {
  --ground: #ffffff; --ink: #1d1c1d; --soft: #616061; --link: #1264a3; --code: #c01343;
  --edge: rgba(29, 28, 29, 0.13); --tint: rgba(29, 28, 29, 0.04); --badge: rgba(29, 28, 29, 0.13);
  --mention: rgba(29, 155, 209, 0.1);
  --s0: #1264a3; --s1: #e8912d; --s2: #2eb67d; --s3: #e01e5a; --s4: #7c4dbd; --s5: #36a3c5;
}
[data-theme="dark"] {
  --ground: #1a1d21; --ink: #d1d2d3; --soft: #ababad; --link: #1d9bd1; --code: #e8912d;
  --edge: rgba(232, 232, 232, 0.13); --tint: rgba(232, 232, 232, 0.04); --badge: rgba(232, 232, 232, 0.13);
  --mention: rgba(29, 155, 209, 0.1);
  --s0: #4aa3df; --s1: #f2a654; --s2: #4fc993; --s3: #f2608d; --s4: #a98be0; --s5: #62c4de;
}
* { box-sizing: border-box; }
body { margin: 0; padding: 12px 0; background: var(--ground); color: var(--ink); overflow-wrap: anywhere;
  font: 15px/1.46668 "Slack-Lato", Lato, "Helvetica Neue", "Liberation Sans", Arial, sans-serif; }
a { color: var(--link); text-decoration: none; }
b { font-weight: 700; }
p { margin: 0; }
p, li, blockquote, .context span { white-space: pre-wrap; }
.message { display: grid; grid-template-columns: 36px minmax(0, 1fr); column-gap: 8px; padding: 8px 20px; }
.avatar { width: 36px; height: 36px; border-radius: 8px; display: block; }
.by { line-height: 22px; }
.by b { font-weight: 900; }
.app { margin: 0 4px 0 4px; padding: 1px 3px; border-radius: 2px; background: var(--badge); color: var(--soft);
  font-size: 10px; font-weight: 700; vertical-align: 2px; line-height: 1.25; }
.time, .edited { color: var(--soft); font-size: 12px; }
.in-thread { color: var(--soft); font-size: 13px; }
.block { margin: 0 0 8px; max-width: 600px; }
.block:last-child { margin-bottom: 4px; }
.block.header { margin: 8px 0; font-size: 18px; line-height: 1.33334; font-weight: 900; }
.block.context { font-size: 13px; line-height: 1.38463; color: var(--soft); display: flex; flex-wrap: wrap; gap: 4px 8px; }
.block.divider { border-top: 1px solid var(--edge); margin: 12px 0; }
.block.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; }
.block.wide { max-width: none; }
ul, ol { margin: 0; padding-left: 28px; }
ul { list-style: none; }
ul > li::before { content: "•"; display: inline-block; width: 20px; margin-left: -20px; text-align: left; }
.indent-1 { padding-left: 56px; } .indent-2 { padding-left: 84px; }
code { padding: 2px 3px 1px; border: 1px solid var(--edge); border-radius: 3px; background: var(--tint); color: var(--code);
  font: 12px/1.5 Monaco, Menlo, Consolas, "Liberation Mono", monospace; }
pre { margin: 4px 0; padding: 8px; border: 1px solid var(--edge); border-radius: 4px; background: var(--tint);
  font: 12px/1.50001 Monaco, Menlo, Consolas, "Liberation Mono", monospace; white-space: pre-wrap; }
blockquote { margin: 4px 0; padding-left: 16px; position: relative; }
blockquote::before { content: ""; position: absolute; inset: 0 auto 0 0; width: 4px; border-radius: 8px; background: var(--edge); }
.mention { padding: 0 2px 1px; border-radius: 3px; background: var(--mention); color: var(--link); }
.emoji { width: 1.33em; height: 1.33em; vertical-align: -0.28em; margin: 0 1px; }
.table { overflow: hidden; display: inline-block; max-width: 100%; border: 1px solid var(--edge); border-radius: 8px; }
table { border-collapse: collapse; font-size: 13px; line-height: 1.38463; }
td { padding: 6px 12px; border: solid var(--edge); border-width: 1px 0 0 1px; vertical-align: top; white-space: nowrap; }
td.wrapped { white-space: normal; overflow-wrap: break-word; }
tr:first-child td { border-top: 0; font-weight: 700; background: var(--tint); }
td:first-child { border-left: 0; }
.left { text-align: left; } .center { text-align: center; } .right { text-align: right; }
/* A phone's client has less room around messages and in cells. */
@media (max-width: 480px) { .message { padding: 8px 12px; } td { padding: 6px 8px; } }
.chart { margin: 0; padding: 12px 16px; max-width: 680px; border: 1px solid var(--edge); border-radius: 8px; }
.chart figcaption { font-weight: 700; margin-bottom: 8px; }
.chart svg { display: block; width: 100%; }
.chart svg text { fill: var(--soft); font-size: 12px; }
.axis-title { color: var(--soft); font-size: 12px; }
.grid { stroke: var(--edge); }
.line { fill: none; stroke: var(--colour); stroke-width: 2; stroke-linejoin: round; }
.chart circle, .chart rect { fill: var(--colour); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin-top: 4px; font-size: 12px; color: var(--soft); }
.legend i { display: inline-block; width: 10px; height: 10px; margin-right: 6px; border-radius: 2px; background: var(--colour); }
.series-0 { --colour: var(--s0); } .series-1 { --colour: var(--s1); } .series-2 { --colour: var(--s2); }
.series-3 { --colour: var(--s3); } .series-4 { --colour: var(--s4); } .series-5 { --colour: var(--s5); }
.unknown { display: inline-block; padding: 2px 6px; border: 2px dashed #e01e5a; color: #e01e5a; font-weight: 700; }
.replies { margin: 4px 0 0 64px; padding-right: 20px; }
.replies > h2 { display: flex; align-items: center; gap: 12px; margin: 0 0 4px; font-size: 13px; font-weight: 400; color: var(--soft); }
.replies > h2::after { content: ""; flex: 1; border-top: 1px solid var(--edge); }
.replies .message { padding: 6px 0; }
.file { display: flex; align-items: center; gap: 12px; width: 360px; max-width: 100%; margin: 4px 0; padding: 10px 12px;
  border: 1px solid var(--edge); border-radius: 8px; }
.file svg { width: 36px; height: 36px; flex: none; }
.file b { display: block; font-size: 15px; line-height: 20px; } .file span { color: var(--soft); font-size: 13px; line-height: 18px; }
`;
