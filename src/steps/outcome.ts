import { NotifierError } from "../io/notifier.ts";

/** What a step ended in. */
export interface Outcome<T = undefined> {
  /** What it gave; absent when it failed, or there was nothing to give. */
  value?: T;
  /** What failed, in words for people. */
  problems: string[];
}

/** Asks a notifier for something; what the service says against it is data, in `error`, too. */
export async function attempt<T>(ask: () => Promise<T>): Promise<Outcome<T> & { error?: NotifierError }> {
  try {
    return { value: await ask(), problems: [] };
  } catch (error) {
    if (error instanceof NotifierError) return { error, problems: [error.message] };
    throw error;
  }
}
