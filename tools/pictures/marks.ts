import type { Words } from "../../src/render/words/words.ts";

/** Where the marks on a message stand, in its order; the list in docs/digest.md says what each of them is. */
function placesOf(labels: Words["labels"]): string[] {
  const { cause, step, seenBy, messages, dmarcFail, spfOrDkimFail, complete, intake, asOf } = labels;
  const lines = [cause, step, seenBy, messages, dmarcFail, spfOrDkimFail, complete, intake];
  return [
    '<div class="block header">',
    '<div class="block context"><span>',
    ...lines.map((label) => `<b>${label}</b>`),
    asOf,
    '<div class="table">',
    '<div class="file">',
  ];
}

/** A page of Slack that shows a digest with a problem and its thread, with numbered marks at its left side. */
export function withMarks(page: string, labels: Words["labels"]): string {
  let [marked, rest] = ["", page];
  for (const [index, place] of placesOf(labels).entries()) {
    const at = rest.indexOf(place);
    if (at === -1) throw new Error(`The message has no ${place} for mark ${index + 1}.`);
    const end = place.startsWith("<div") ? at + place.length : at;
    marked += `${rest.slice(0, end)}<i class="mark">${index + 1}</i>`;
    rest = rest.slice(end);
  }
  return (marked + rest).replace("</style>", `${style}</style>`);
}

const style = `
body { position: relative; padding-left: 32px; }
.table { overflow: visible; }
.mark { position: absolute; left: 14px; width: 20px; height: 20px; border-radius: 50%; background: #1f6f5c; color: #fff;
  font: 700 11px/20px "Liberation Sans", Arial, sans-serif; text-align: center; }
.context .mark { margin-top: -2px; }
`;
