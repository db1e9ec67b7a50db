import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where Chromium is: `CHROMIUM`, or where Debian puts it; `undefined` when it is not installed. */
export function findChromium(): string | undefined {
  return [process.env.CHROMIUM ?? "", ...places].find((place) => place !== "" && existsSync(place));
}

/** Nothing that talks to anybody; `--no-sandbox`, since a container's root has none to give. */
const flags =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --hide-scrollbars".split(
    " ",
  );

/** Milliseconds. */
const longest = 60_000;

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

/** Opens a page, for as long as it is used. */
export async function openPage<T>(
  html: string,
  { width = 1000, theme = "light", hash = "", isWithoutGreen = false }: Look,
  use: (page: OpenPage) => Promise<T>,
): Promise<T> {
  return await withPage(html, async (url, start) => {
    const chromium = start(["--remote-debugging-pipe"]);
    const [, , , commands, answers] = chromium.stdio;
    const asked: string[] = [];
    const browser = talkTo(commands as Writable, answers as Readable, (method, params) => {
      if (method === "Network.requestWillBeSent") asked.push((params as { request: { url: string } }).request.url);
    });
    const { targetId } = await browser("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser("Target.attachToTarget", { targetId, flatten: true });
    const send = (method: string, params: object = {}) => browser(method, params, String(sessionId));
    const screen = { width, height: 600, deviceScaleFactor: 1, mobile: false };
    await send("Network.enable");
    await send("Emulation.setDeviceMetricsOverride", screen);
    await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: theme }] });
    if (isWithoutGreen) await send("Emulation.setEmulatedVisionDeficiency", { type: "deuteranopia" });
    await send("Page.navigate", { url: hash === "" ? url : `${url}#${hash}` });
    await untilLoaded(send);
    const used = await use({
      send,
      requests: () => asked,
      evaluate: async (expression) => {
        const answer = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
        if (answer.exceptionDetails !== undefined) throw new Error(JSON.stringify(answer.exceptionDetails));
        return (answer.result as { value?: unknown }).value;
      },
      picture: async () => {
        const { cssContentSize } = (await send("Page.getLayoutMetrics")) as { cssContentSize: { height: number } };
        await send("Emulation.setDeviceMetricsOverride", { ...screen, height: Math.ceil(cssContentSize.height) });
        const { data } = await send("Page.captureScreenshot", { format: "png" });
        return Buffer.from(String(data), "base64");
      },
    });
    await browser("Browser.close");
    return used;
  });
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
  return await withPage(html, async (url, start) => {
    const chromium = start(["--dump-dom", url]);
    return await text(chromium.stdout as Readable);
  });
}

/** Puts a page into a folder of its own, with Chromium's profile, for as long as Chromium runs. */
async function withPage<T>(html: string, use: (url: string, start: Start) => Promise<T>): Promise<T> {
  const chromium = findChromium();
  if (chromium === undefined) throw new Error("Chromium is not installed: apt-get install chromium, or set CHROMIUM.");
  const folder = await mkdtemp(join(tmpdir(), "picture-"));
  const file = join(folder, "page.html");
  await writeFile(file, html);
  const running: ReturnType<Start>[] = [];
  try {
    return await use(pathToFileURL(file).href, (more) => {
      const profile = `--user-data-dir=${join(folder, "profile")}`;
      const process = startChromium(chromium, [...flags, profile, ...more]);
      running.push(process);
      return process;
    });
  } finally {
    for (const process of running) await ended(process);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

type Start = (more: string[]) => ReturnType<typeof startChromium>;

function startChromium(path: string, args: string[]) {
  return spawn(path, args, { stdio: ["ignore", "pipe", "ignore", "pipe", "pipe"], timeout: longest });
}

async function ended(process: ReturnType<Start>): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const exit = once(process, "exit");
  const patience = setTimeout(() => process.kill("SIGKILL"), 5_000);
  await exit;
  clearTimeout(patience);
}

async function untilLoaded(page: (method: string, params?: object) => Promise<Record<string, unknown>>): Promise<void> {
  for (const end = Date.now() + longest; Date.now() < end; await wait(20)) {
    const expression = 'document.readyState === "complete" && location.href !== "about:blank"';
    const { result } = (await page("Runtime.evaluate", { expression })) as { result: { value: unknown } };
    if (result.value === true) return;
  }
  throw new Error("Chromium did not load the page.");
}

/**
 * Chromium's DevTools over a pipe: JSON that ends with a zero byte.
 *
 * @see https://chromedevtools.github.io/devtools-protocol/
 */
function talkTo(commands: Writable, answers: Readable, onEvent: (method: string, params: unknown) => void) {
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
      const { id, method, params, result = {}, error } = JSON.parse(message) as Answer;
      if (method !== undefined) onEvent(method, params);
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
  params?: unknown;
  result?: Record<string, unknown>;
  error?: { message: string };
}
