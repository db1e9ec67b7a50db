import { describe, expect, test } from "vitest";
import setup from "../../../src/render/words/setup/setup.json" with { type: "json" };
import { setupOf } from "../../../src/render/words/setup/setup.ts";
import { sendingServices } from "../../../src/report/source/source.ts";

describe("how services are set up", () => {
  test("every service of the shipped list has its sentence, and no other has one", () => {
    expect(Object.keys(setup.services)).toEqual(sendingServices.map(({ name }) => name));
  });

  test("a sentence that holds for many is used", () => {
    const keys = Object.values<unknown>(setup.services).filter((found) => typeof found === "string");
    expect([...new Set(keys)].sort()).toEqual(Object.keys(setup.sentences).sort());
  });

  test.each(sendingServices)("$name is set up in both languages, by the same records", ({ name }) => {
    const [english, japanese] = [setupOf(name, "en"), setupOf(name, "ja")];
    expect(english).toMatch(/^[A-Z].{4,247}[^.]$/);
    expect(japanese).toMatch(/^.{4,197}[^。]$/u);
    expect(japanese).toMatch(/\p{Script=Hiragana}/u);
    const records = (text: string) => text.match(/[\w-]+\._domainkey|include:\w+([.-]\w+)+/g) ?? [];
    expect(records(english)).toEqual(expect.arrayContaining(records(japanese)));
  });
});
