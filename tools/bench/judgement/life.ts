import type { ReporterName } from "./reporters.ts";

/** What some domains send and suffer over some months: all that their reports are made of. */
export interface Life {
  /** The first day that is reported, and the last one, `YYYY-MM-DD`. */
  first: string;
  last: string;
  /** The first day that is judged: what comes before is there to learn from. */
  judged: string;
  domains: LifeDomain[];
}

/** The domains that every life has; see `family.ts`. */
export type Role = "shop" | "office" | "labs" | "tiny" | "parked";

/** A policy domain. Its reports hang on what stands here alone, so that what is not changed stays the same. */
export interface LifeDomain extends Pick<Life, "first" | "last"> {
  /** Other seeds give other volumes, delays and troubles. */
  seed: string;
  role: Role;
  name: string;
  /** The oldest first; the first one holds from the beginning. */
  policies: { from: string; policy: Policy }[];
  /** Who receives its mail, and which part of it. */
  audience: { reporter: ReporterName; share: number }[];
  /** `YYYY-MM-DD` */
  holidays: readonly string[];
  senders: LifeSender[];
  troubles: Trouble[];
}

/** A DMARC record, in the words of `policyPublished`. */
export interface Policy {
  p: string;
  /** As `p` when absent. */
  sp?: string;
  pct?: number;
  adkim?: "s";
  aspf?: "s";
}

/** Somebody who sends, or passes on, mail with the domain in From. */
export interface LifeSender {
  name: string;
  /** The days on which it sends: from one to before another; the whole life when absent. */
  from?: string;
  until?: string;
  /** Messages on a day of weight 1, over all receivers. */
  mean: number;
  /** See `drawCount`. */
  spread: number;
  /** Weight of each weekday, from Sunday. */
  week: readonly number[];
  /** Weight of holidays. */
  holiday: number;
  hosts: readonly string[];
  /** The domain in From; the domain itself when absent, one of several by chance. */
  headerFrom?: readonly string[];
  mails: Mail[];
}

/** A kind of mail of a sender. */
export interface Mail {
  /** Its part of the sender's mail, by weight. */
  weight: number;
  dkim: Signature[];
  spf: { domain: string; result: string };
  /** Why a receiver makes an exception, where it does such things. */
  reason?: "mailing_list" | "local_policy";
}

export interface Signature {
  domain: string;
  selector: string;
  /** `missing`: no key in DNS, `altered`: the body changed on the way; each reporter has its own word for them. */
  result: string;
  /** What it is at some reporters in place of that. */
  resultAt?: Partial<Record<ReporterName, string>>;
}

/** What goes wrong with reporters, or with look-ups. */
export type Trouble = {
  from: string;
  /** It is over on this day. */
  until?: string;
  /** All of them when absent. */
  reporter?: ReporterName;
} & (
  | { kind: "silent" }
  | { kind: "unauthenticated" }
  | { kind: "late"; days: number }
  /** This share of the look-ups of our keys and SPF fails. */
  | { kind: "temperror"; share: number }
);

/** Whether a day is in the time of something. */
export function isWithinTime({ from = "", until = "9" }: { from?: string; until?: string }, day: string): boolean {
  return from <= day && day < until;
}
