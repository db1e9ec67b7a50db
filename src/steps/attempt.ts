import { NotifierError } from "../io/notifier.ts";

/** What came of asking a notifier for something. */
export interface Attempt<T> {
  /** What it gave; absent when it failed. */
  value?: T;
  error?: NotifierError;
  /** What failed, in words for people. */
  problems: string[];
}

/** Asks a notifier for something; what the service says against it is data. */
export async function attempt<T>(send: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await send(), problems: [] };
  } catch (error) {
    if (error instanceof NotifierError) return { error, problems: [error.message] };
    throw error;
  }
}
