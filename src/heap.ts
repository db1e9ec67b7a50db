import { setFlagsFromString } from "node:v8";

/**
 * Lets the young generation of the heap stay as large as it is: once all is loaded that is 8 MB or less, and what is read is either
 * kept or let go of at once, so that the 32 MB to which it would grow gain no time. Its greatest size is a flag of Node's command
 * line, which an action does not have.
 */
export function stopHeapGrowth(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
