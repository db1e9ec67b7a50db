import { chartColours, type Theme } from "../chart/chart.ts";

/** The colours of the dashboard's chart. */
function coloursOf(theme: Theme): string {
  const { passed, own, unknown, other } = chartColours[theme];
  return `--pass:${passed};--own:${own};--unknown:${unknown};--other:${other}`;
}

/** The page's style; the first lines are those that uPlot needs. */
export const exploreStyle = `
.uplot,.uplot *{box-sizing:border-box}.uplot{width:100%}.u-wrap{position:relative;user-select:none}
.u-over,.u-under{position:absolute}.u-under{overflow:hidden}.uplot canvas{display:block;position:relative;width:100%;height:100%}
.u-axis{position:absolute}.u-legend{display:none}.u-select{background:var(--soft);position:absolute;pointer-events:none}
.u-cursor-x,.u-cursor-y{position:absolute;left:0;top:0;pointer-events:none}.u-cursor-x{height:100%;border-right:1px dashed var(--faint)}
.u-cursor-y,.u-cursor-pt,.u-hz .u-cursor-y{display:none}.u-off{display:none}
:root{color-scheme:light dark;--back:#fff;--card:#f6f8fa;--text:#1f2328;--faint:#59636e;--line:#d1d9e0;--soft:#0969da22;--link:#0969da;
${coloursOf("light")}}
@media (prefers-color-scheme:dark){:root{--back:#0d1117;--card:#151b23;--text:#f0f6fc;--faint:#9198a1;--line:#3d444d;--soft:#4493f833;
--link:#4493f8;${coloursOf("dark")}}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans JP","Noto Sans CJK JP",sans-serif}
main{max-width:1080px;margin:0 auto;padding:16px}
h1{font-size:20px;margin:0 0 12px}h2{font-size:16px;margin:0}
.faint{color:var(--faint);font-size:13px}
.filters{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:8px 12px;margin-bottom:12px}
label{display:grid;gap:2px;font-size:13px;color:var(--faint)}
select,input,button{font:inherit;color:var(--text);background:var(--back);border:1px solid var(--line);border-radius:6px;padding:6px 8px;min-height:36px;width:100%;min-width:0}
input:invalid{border-color:var(--own)}button{width:auto;cursor:pointer}button:hover{border-color:var(--faint)}
:focus-visible{outline:2px solid var(--link);outline-offset:1px}
.bar{display:flex;flex-wrap:wrap;gap:6px;align-items:center;justify-content:space-between;margin:12px 0 8px}
.group{display:flex;flex-wrap:wrap;gap:6px;align-items:center}
[aria-pressed=true],[aria-selected=true]{background:var(--link);border-color:var(--link);color:#fff}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(120px,1fr));gap:8px;margin-bottom:8px}
.figure{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:8px 12px}
.figure b{display:block;font-size:20px;line-height:1.3;font-variant-numeric:tabular-nums}
.figure span{font-size:13px;color:var(--faint)}
.chart{border:1px solid var(--line);border-radius:8px;padding:8px 4px 4px;position:relative}
.legend{display:flex;flex-wrap:wrap;gap:2px 14px;padding:0 8px 4px;font-size:13px;color:var(--faint)}
.legend i{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:5px}
.pass{background:var(--pass)}.own{background:var(--own)}.unknown{background:var(--unknown)}.other{background:var(--other)}
.tabs{display:flex;flex-wrap:wrap;gap:6px;margin:16px 0 8px}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{padding:6px 10px;text-align:left;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}
tr:last-child td{border-bottom:0}th{font-weight:600;background:var(--card)}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
td.name{min-width:130px;max-width:420px;white-space:normal;overflow-wrap:anywhere}
td button{border:0;background:none;color:var(--link);padding:0;min-height:0;text-align:left;overflow-wrap:anywhere}
td button[aria-pressed=true]{background:none;color:var(--link)}td button[aria-pressed=true]::before{content:"✓ "}
td svg{display:block;color:var(--faint)}a{color:var(--link)}
.share{display:inline-block;width:56px;height:6px;border-radius:3px;background:var(--own);margin-left:8px;overflow:hidden;vertical-align:middle}
.share i{display:block;height:100%;background:var(--pass)}
section.day{border:1px solid var(--link);border-radius:8px;padding:12px;margin:12px 0}
section.day .scroll{margin-top:8px;max-height:420px;overflow:auto}
section.day th{position:sticky;top:0}section.day td{white-space:nowrap;max-width:none}section.day>.bar:first-child{margin-top:0}section.day h2{margin-top:8px}
.sign{display:inline-block;border-radius:4px;padding:0 6px;color:#fff;font-size:12px}.act{background:#bc4c00}.look{background:#e3b341;color:#1f2328}
@media (max-width:560px){main{padding:12px}.filters{grid-template-columns:1fr 1fr}th,td{padding:6px 8px}}
`;
