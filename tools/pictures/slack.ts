import { readFile, writeFile } from "node:fs/promises";
import type { SeenMessage } from "../../test/servers/slack/workspace.ts";
import { photograph } from "./photograph.ts";
import { slackPage } from "./slack-page.ts";

const [file, picture, theme = "light"] = process.argv.slice(2);
if (file === undefined || picture === undefined || (theme !== "light" && theme !== "dark")) {
  throw new Error("Usage: node tools/pictures/slack.ts FILE.json OUT.png [light|dark]: a message, or a list of them");
}
const given = JSON.parse(await readFile(file, "utf8")) as SeenMessage | SeenMessage[];
await writeFile(picture, await photograph(slackPage([given].flat(), { theme })));
