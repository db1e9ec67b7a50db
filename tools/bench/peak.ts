import { readFile } from "node:fs/promises";

/** The peak memory in MB of this process alone: what `resourceUsage` tells begins with the peak of the process that started it. */
export async function peakMegabytes(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const kilobytes = /^VmHWM:\s*(\d+) kB/m.exec(status)?.[1];
  return Number(kilobytes ?? process.resourceUsage().maxRSS) / 1024;
}
