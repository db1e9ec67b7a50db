import { type Fields, fieldsOf } from "./body.ts";
import { checkLength, itemsOf, type Report } from "./checks.ts";

const inlineTypes = new Set("text link emoji color date user usergroup team channel broadcast".split(" "));

/** @see https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
export function checkRichText(block: Fields, pointer: string, report: Report): void {
  for (const [index, element] of elementsOf(block, pointer, report)) {
    const place = `${pointer}/elements/${index}`;
    switch (element.type) {
      case "rich_text_section":
      case "rich_text_quote":
      case "rich_text_preformatted":
        checkInline(element, place, report);
        break;
      case "rich_text_list":
        if (!["bullet", "ordered"].includes(String(element.style)))
          report("must be bullet or ordered", `${place}/style`);
        for (const [item, section] of elementsOf(element, place, report)) {
          checkInline(section, `${place}/elements/${item}`, report);
        }
        break;
      default:
        report(`unsupported type: ${String(element.type)}`, `${place}/type`);
    }
  }
}

function checkInline(section: Fields, pointer: string, report: Report): void {
  for (const [index, element] of elementsOf(section, pointer, report)) {
    const place = `${pointer}/elements/${index}`;
    if (!inlineTypes.has(String(element.type))) report(`unsupported type: ${String(element.type)}`, `${place}/type`);
    if (element.type === "text") checkLength(element.text, `${place}/text`, Number.POSITIVE_INFINITY, report);
    if (element.type === "emoji") checkLength(element.name, `${place}/name`, 100, report);
    if (element.type === "link") checkLength(element.url, `${place}/url`, 3000, report);
  }
}

function elementsOf({ elements }: Fields, pointer: string, report: Report): [number, Fields][] {
  return itemsOf(elements, `${pointer}/elements`, { most: 1000 }, report).map((item, index) => [index, fieldsOf(item)]);
}
