import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where Chromium is: `CHROMIUM`, or where Debian puts it; `undefined` when it is not installed. */
export function findChromium(): string | undefined {
  return [process.env.CHROMIUM ?? "", ...places].find((place) => place !== "" && existsSync(place));
}

/**
 * Nothing that talks to anybody, and no process but those of pages: what an address bar suggests is a page, too, and takes
 * longer than ours. `--no-sandbox`, since a container's root has none to give.
 */
const flags =
  "--headless --no-sandbox --disable-gpu --in-process-gpu --disable-extensions --no-startup-window --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --hide-scrollbars --disable-features=WebUIOmniboxPopup,WebUIOmniboxFullPopup,WebUIOmniboxAimPopup".split(
    " ",
  );

/** Milliseconds. */
const longest = 60_000;

/** Milliseconds for which a browser that nobody uses is kept. */
const kept = 2000;

/** A page in Chromium. */
export interface OpenPage {
  /** What an expression in the page comes to; a promise is waited for. */
  evaluate(expression: string): Promise<unknown>;
  /** Sends a command of the DevTools. */
  send(method: string, params?: object): Promise<Record<string, unknown>>;
  /** The addresses of all that the page has asked for, itself first. */
  requests(): string[];
  /** A picture in its whole height: the bytes of a PNG. */
  picture(): Promise<Buffer>;
}

/** How a page is looked at. */
export interface Look {
  /** CSS pixels; 1,000 when left out. A picture of a phone has twice as many. */
  width?: number;
  theme?: "light" | "dark";
  /** What stands behind the `#` of its address. */
  hash?: string;
  /** As those see it who see no green. */
  isWithoutGreen?: boolean;
}

/** Opens a page, for as long as it is used, which knows nothing of those before it. */
export async function openPage<T>(
  html: string,
  { width = 1000, theme = "light", hash = "", isWithoutGreen = false }: Look,
  use: (page: OpenPage) => Promise<T>,
): Promise<T> {
  return await withFile(
    html,
    async (url) =>
      await withTab(async ({ send, requests }) => {
        const screen = { width, height: 600, deviceScaleFactor: 1, mobile: false };
        await send("Network.enable");
        await send("Emulation.setDeviceMetricsOverride", screen);
        await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: theme }] });
        if (isWithoutGreen) await send("Emulation.setEmulatedVisionDeficiency", { type: "deuteranopia" });
        await send("Page.navigate", { url: hash === "" ? url : `${url}#${hash}` });
        await untilLoaded(send, url);
        await send("Page.resetNavigationHistory");
        return await use({
          send,
          requests: () => requests,
          evaluate: async (expression) => {
            const answer = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
            if (answer.exceptionDetails !== undefined) throw new Error(JSON.stringify(answer.exceptionDetails));
            return (answer.result as { value?: unknown }).value;
          },
          picture: async () => {
            const { cssContentSize } = (await send("Page.getLayoutMetrics")) as {
              cssContentSize: { height: number };
            };
            await send("Emulation.setDeviceMetricsOverride", { ...screen, height: Math.ceil(cssContentSize.height) });
            const { data } = await send("Page.captureScreenshot", { format: "png" });
            return Buffer.from(String(data), "base64");
          },
        });
      }),
  );
}

/** An expression that comes to an end once the page to explore has drawn itself. */
export const untilDrawn =
  "new Promise((done) => { const look = () => (document.body.dataset.ready ? done(1) : setTimeout(look, 10)); look(); })";

/** A picture of a page in its whole height. */
export async function photograph(html: string, how: Look = {}): Promise<Buffer> {
  return await openPage(html, how, async (page) => await page.picture());
}

/** A page as Chromium understood it, after all that could run in it has run. */
export async function dumpDom(html: string): Promise<string> {
  return String(await openPage(html, {}, (page) => page.evaluate("document.documentElement.outerHTML")));
}

/** Puts a page into a folder of its own, for as long as it is used. */
async function withFile<T>(html: string, use: (url: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "picture-"));
  const file = join(folder, "page.html");
  await writeFile(file, html);
  try {
    return await use(pathToFileURL(file).href);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

interface Browser {
  process: ChildProcess;
  command: ReturnType<typeof talkTo>;
  /** The addresses that pages have asked for, by the session of each. */
  asked: Map<string, string[]>;
  /** Tabs that nobody uses. */
  free: string[];
  stop(): void;
}

let running: Browser | undefined;
let users = 0;
let ending: NodeJS.Timeout | undefined;

/**
 * One Chromium for all pages of this process that follow each other, since its start takes longer than what is done with most.
 * While nobody uses it, it draws its last page all the same: it ends soon.
 */
async function withBrowser<T>(use: (browser: Browser) => Promise<T>): Promise<T> {
  clearTimeout(ending);
  const browser = running?.process.exitCode === null ? running : startBrowser();
  running = browser;
  const { process } = browser;
  users += 1;
  keepsAlive(process, true);
  try {
    return await use(browser);
  } finally {
    users -= 1;
    if (users === 0) {
      keepsAlive(process, false);
      ending = setTimeout(stopBrowser, kept).unref();
    }
  }
}

function stopBrowser(): void {
  running?.stop();
  running = undefined;
}

/**
 * A tab takes longer to open than most pages to draw: the next page has it after this one. What was set for a page, such as
 * its width, ends with its session, and its variables with the page.
 */
async function withTab<T>(use: (tab: Pick<OpenPage, "send"> & { requests: string[] }) => Promise<T>): Promise<T> {
  return await withBrowser(async ({ command, asked, free }) => {
    const targetId = free.pop() ?? String((await command("Target.createTarget", { url: "about:blank" })).targetId);
    const sessionId = String((await command("Target.attachToTarget", { targetId, flatten: true })).sessionId);
    const requests: string[] = [];
    asked.set(sessionId, requests);
    try {
      return await use({ send: (method, params = {}) => command(method, params, sessionId), requests });
    } finally {
      asked.delete(sessionId);
      await command("Target.detachFromTarget", { sessionId });
      free.push(targetId);
    }
  });
}

/** Starts Chromium with a profile of its own. */
function startBrowser(): Browser {
  const chromium = findChromium();
  if (chromium === undefined) throw new Error("Chromium is not installed: apt-get install chromium, or set CHROMIUM.");
  const folder = mkdtempSync(join(tmpdir(), "chromium-"));
  const args = [...flags, `--user-data-dir=${folder}`, "--remote-debugging-pipe"];
  const browser = spawn(chromium, args, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const stop = (): void => {
    process.off("exit", stop);
    browser.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  process.once("exit", stop);
  const [, , , commands, answers] = browser.stdio;
  const asked: Browser["asked"] = new Map();
  const command = talkTo(commands as Writable, answers as Readable, ({ method, params, sessionId = "" }) => {
    if (method === "Network.requestWillBeSent") asked.get(sessionId)?.push(params?.request?.url ?? "");
  });
  return { process: browser, command, asked, free: [], stop };
}

/** Whether this process waits for another, and for what it says. */
function keepsAlive(process: ChildProcess, isAwaited: boolean): void {
  for (const handle of [process, ...process.stdio.filter((stream) => stream instanceof Socket)]) {
    if (isAwaited) handle.ref();
    else handle.unref();
  }
}

async function untilLoaded(send: OpenPage["send"], url: string): Promise<void> {
  const expression = `document.readyState === "complete" && location.href.startsWith(${JSON.stringify(url)})`;
  for (const end = Date.now() + longest; Date.now() < end; await wait(20)) {
    const { result } = (await send("Runtime.evaluate", { expression })) as { result: { value: unknown } };
    if (result.value === true) return;
  }
  throw new Error("Chromium did not load the page.");
}

/**
 * Chromium's DevTools over a pipe: JSON that ends with a zero byte.
 *
 * @see https://chromedevtools.github.io/devtools-protocol/
 */
function talkTo(commands: Writable, answers: Readable, onEvent: (event: Answer) => void) {
  const waiting = new Map<
    number,
    { resolve: (result: Record<string, unknown>) => void; reject: (error: Error) => void }
  >();
  let unread = "";
  let count = 0;
  answers.setEncoding("utf8");
  answers.on("data", (chunk: string) => {
    const messages = (unread + chunk).split("\0");
    unread = messages.pop() ?? "";
    for (const message of messages) {
      const answer = JSON.parse(message) as Answer;
      const { id, method, result = {}, error } = answer;
      if (method !== undefined) onEvent(answer);
      if (error === undefined) waiting.get(id)?.resolve(result);
      else waiting.get(id)?.reject(new Error(`Chromium: ${error.message}`));
      waiting.delete(id);
    }
  });
  answers.on("close", () => {
    for (const { reject } of waiting.values()) reject(new Error("Chromium ended before it answered."));
  });
  return (method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> => {
    count += 1;
    const id = count;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      commands.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  };
}

interface Answer {
  id: number;
  /** Of an event, which is no answer. */
  method?: string;
  params?: { request?: { url: string } };
  sessionId?: string;
  result?: Record<string, unknown>;
  error?: { message: string };
}
