/** How sure it is that a report comes from whom its mail's From field names. The better ones first. */
export const authenticityVerdicts = ["verified", "given", "unverified"] as const;

/**
 * `verified`: the mail is authenticated. `given`: a file that somebody put there by hand, without a mail. `unverified`:
 * a mail of which nothing shows whether it is authentic.
 */
export type AuthenticityVerdict = (typeof authenticityVerdicts)[number];

/** What is known of who sent a report. */
export interface Authenticity {
  verdict: AuthenticityVerdict;
  /** What verified the mail: the receiving host's Authentication-Results, or our own check of the DKIM signature. */
  by?: "header" | "dkim";
  /**
   * The domain of the mail's From field, whole: authenticated if verified, else only claimed. Of a file that was given,
   * that of the report's `email`.
   */
  domain?: string;
  /** Of a verified report alone: why its domain may, or may not yet, move a number. */
  standing?: Standing;
}

/** Why a domain that sends verified reports is believed, or not: only the first two are. The better ones first. */
export const standings = ["known", "trusted", "seasoned", "new"] as const;

/**
 * `known`: in the list of known reporters. `trusted`: in `trusted-reporters`. `new`: neither. `seasoned` stands only in
 * files of earlier releases, which believed a stranger after 14 days with reports; it is read as `new`.
 */
export type Standing = (typeof standings)[number];

/** `standings`, and the verdicts of reports that have none. */
export const authenticityWords = ["given", ...standings, "unverified"] as const;

/** How far a report is believed, in one word. */
export function authenticityWord({ verdict, standing = "new" }: Authenticity): (typeof authenticityWords)[number] {
  return verdict === "verified" ? standing : verdict;
}
