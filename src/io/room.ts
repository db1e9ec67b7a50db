/** Bytes that the mailbox in turn may hold, and as many those whose turn is to come, all of them together. */
const mostBytes = 16 * 1024 * 1024;

/** Room in memory for the mails of one mailbox, from when they are asked for until they are handed over. */
export interface Room {
  /** Comes back when there is room for so many bytes, one after the other; never when the room was left. */
  take(bytes: number): Promise<void>;
  give(bytes: number): void;
  /** Says that its mailbox is in turn. One mail is then let in whatever its size. */
  enter(): void;
  leave(): void;
}

interface Held {
  bytes: number;
  waiting: { bytes: number; go: () => void }[];
}

/**
 * Makes rooms for mailboxes that are read side by side: what is fetched ahead is bounded over all of them, so that memory
 * does not grow with their number. The first is in turn until another is.
 */
export function openRooms(): () => Room {
  const all = new Set<Held>();
  let inTurn: Held | undefined;

  function fits(one: Held, bytes: number): boolean {
    if (one === inTurn) return one.bytes === 0 || one.bytes + bytes <= mostBytes;
    const ahead = [...all].reduce((sum, other) => sum + (other === inTurn ? 0 : other.bytes), 0);
    return ahead + bytes <= mostBytes;
  }

  function admit(): void {
    for (const one of all) {
      for (let [first] = one.waiting; first !== undefined && fits(one, first.bytes); [first] = one.waiting) {
        one.waiting.shift();
        one.bytes += first.bytes;
        first.go();
      }
    }
  }

  return () => {
    const one: Held = { bytes: 0, waiting: [] };
    all.add(one);
    inTurn ??= one;
    return {
      take: (bytes) =>
        new Promise((go) => {
          one.waiting.push({ bytes, go });
          admit();
        }),
      give(bytes) {
        one.bytes -= bytes;
        admit();
      },
      enter() {
        inTurn = one;
        admit();
      },
      leave() {
        all.delete(one);
        admit();
      },
    };
  };
}
