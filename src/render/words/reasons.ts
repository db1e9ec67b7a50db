import type { MailState } from "../../report/mail-state.ts";
import type { Reason, ReasonValues, Said } from "../../report/reason.ts";
import { fillIn } from "./format.ts";
import type { Phrases } from "./phrases.ts";

/**
 * The texts of a language for reasons: by the code of a reason, and the parts that its flow (`flows`) puts into it. `{name}` is
 * a value or another text, and `{#name}` a number with separators.
 */
export type ReasonTexts = Phrases["reasons"];

type TextName = keyof ReasonTexts;

/** Gives a reason its words; the empty text for none, and for a code that only a newer release knows. */
export type ReasonWords = (reason: Reason | undefined) => string;

type Values = Readonly<Record<string, unknown>>;

/** What a flow puts its texts together with. */
interface Language {
  /** A text with its values in it. */
  say: (name: TextName, values?: Values) => string;
  words: ReasonWords;
  /** What a server or a library said, but for a secret. */
  shown: (said: Said) => string;
  stateName: (state: MailState) => string;
}

/** What gives reasons the words of a language; `mailState` is what it calls the states of mails. */
export function reasonWith(texts: ReasonTexts, mailState: Readonly<Record<MailState, string>>): ReasonWords {
  const say = (name: TextName, values: Values = {}): string =>
    fillIn(texts[name], (key) => plain(key, values[key] ?? texts[key as TextName]));
  const plain = (key: string, value: unknown): string | number => {
    if (value === undefined || value === false) return "";
    if (key === "said") return say("server-says", { words: shown(value as Said) });
    if (typeof value === "object" && value !== null)
      return "code" in value ? words(value as Reason) : shown(value as Said);
    return value as string | number;
  };
  const shown = (said: Said): string => (typeof said === "string" ? said : texts.hidden);
  const language: Language = { say, words, shown, stateName: (state) => mailState[state] };
  function words(reason: Reason | undefined): string {
    if (reason === undefined || !Object.hasOwn(texts, reason.code)) return "";
    const { code, ...values } = reason;
    const flow = Object.hasOwn(flows, code) ? flows[code as keyof typeof flows] : undefined;
    return flow === undefined ? say(code, values) : flow(values as never, language);
  }
  return words;
}

/** How the text of a reason comes about, where it is more than its values in their places; the same in all languages. */
const flows: { [Code in keyof ReasonValues]?: (values: ReasonValues[Code], language: Language) => string } = {
  "of-files": ({ reasons, more, others, ...values }, { say, words, stateName }) => {
    const whys = [...reasons.map(words), ...(more > 0 ? [say("of-files.more", { more })] : [])];
    const rest = others.map(({ state, count }) => say("of-files.other", { state, stateName: stateName(state), count }));
    return say("of-files", {
      ...values,
      why: whys.length > 0 && `: ${whys.join(say("of-files.separator"))}`,
      rest: rest.length > 0 && say("of-files.rest", { others: rest.join(say("comma")) }),
    });
  },
  limit: ({ inText, ...values }, { say }) =>
    say("limit", { ...values, what: say(inText ? "limit.archiveEntries.text" : `limit.${values.limit}`, values) }),
  unreadable: ({ what, message }, { say }) => say("unreadable", { what: say(`unreadable.${what}`), message }),
  "failure-report": ({ failure, domain, key, network }, { say }) => {
    const about = [failure, domain, key, network].filter((part) => part !== undefined);
    return say("failure-report", { about: about.join(say("comma")) });
  },
  "format-not-read": ({ format }, { say }) => say("format-not-read", { format: say(`format.${format}`) }),
  "feedback-report": ({ type }, { say }) =>
    say(type === undefined ? "feedback-report.untyped" : "feedback-report", { type }),
  "not-well-formed": ({ why, line }, { say }) =>
    say("not-well-formed", { why, at: line !== undefined && say("not-well-formed.at", { line }) }),
  "xml-end-tag": (values, { say }) =>
    say("xml-end-tag", { ...values, opened: values.line !== undefined && say("xml-end-tag.opened", values) }),
  "element-wrong": ({ element, expected, got }, { say }) =>
    say("element-wrong", { element, kind: say(`element-wrong.${expected}`), got: JSON.stringify(got) }),
  "better-kept": ({ hasNoId }, { say }) => say("better-kept", { which: say(hasNoId ? "kept-of.no-id" : "kept-of.id") }),
  "larger-kept": ({ hasNoId }, { say }) => say("larger-kept", { which: say(hasNoId ? "kept-of.no-id" : "kept-of.id") }),
  "signed-by-others": ({ domains, more }, { say }) =>
    say("signed-by-others", { domains: domains.join(say("comma")), rest: restOf(more, say) }),
  signature: ({ domain, outcome, why }, { say }) =>
    say("signature", { domain, outcome: say(`signature.${outcome}`), why }),
  "signature-tags": ({ tags }, { say }) =>
    say("signature-tags", { tags: tags.map((tag) => `${tag}=`).join(say("comma")) }),
  "no-mailbox-read": ({ why }, { say, words }) => say("no-mailbox-read", { whys: why.map(words).join(" ") }),
  "no-mail": ({ places }, { say }) => say("no-mail", { places: places.join(say("and")) }),
  "no-file": ({ places }, { say }) => say("no-file", { places: places.join(say("and")) }),
  "no-greeting": ({ isTls }, { say }) => say(isTls ? "no-greeting.tls" : "no-greeting"),
  starttls: ({ isDisturbed }, { say }) =>
    say("starttls", { why: say(isDisturbed ? "starttls.disturbed" : "starttls.missing") }),
  "login-refused": ({ said, provider }, { say }) =>
    say("login-refused", { said, advice: say(`login.${provider ?? "other"}`) }),
  "token-refused": ({ said, provider }, { say }) =>
    say("token-refused", { said, advice: say(`token.${provider ?? "other"}`) }),
  "folder-missing": ({ folder, folders, more }, { say, shown }) => {
    const names = folders.map((name) => `"${shown(name)}"`).join(", ");
    return say(names === "" ? "folder-missing.none" : "folder-missing", { folder, names, rest: restOf(more, say) });
  },
  "command-refused": ({ step, said }, { say }) =>
    say("command-refused", { doing: say(`doing.${step}`), said, next: say(`next.${step}`) }),
  "connection-lost": ({ step, error, message }, { say, shown }) => {
    const what = [error, shown(message)].filter(Boolean).join(": ");
    return say("connection-lost", { doing: say(`doing.${step}`), what, next: say(`next.${step}`) });
  },
  "not-deleted": ({ folder, why }, { say }) => say("not-deleted", { folder, why: say(`not-deleted.${why}`) }),
  "bucket-no-answer": ({ step, why }, { say }) => say("bucket-no-answer", { step: say(`bucket-step.${step}`), why }),
  "bucket-encrypted": ({ objects }, { say }) => {
    const amount = say(objects === 1 ? "bucket-encrypted.one" : "bucket-encrypted.more", { objects });
    return say("bucket-encrypted", { amount });
  },
  "bucket-refused": ({ step, status, error, said, cause, region }, { say }) => {
    const where = cause === "region" && region === undefined ? "bucket-cause.region.unknown" : `bucket-cause.${cause}`;
    const advice = cause === undefined ? say("nothingLost") : say(where as TextName, { region });
    const words = [error, said].filter((text) => text !== "").join(": ");
    return say("bucket-refused", {
      step: say(`bucket-step.${step}`),
      status,
      words: words && `${say("comma")}${words}`,
      advice,
    });
  },
  "sign-in-no-answer": ({ step, host, why }, { say }) =>
    say("sign-in-no-answer", { step: say(`sign-in-step.${step}`), host, why }),
  "sign-in-refused": ({ step, host, status, said, cause, sent }, { say }) => {
    const advice = say(`sign-in-cause.${cause ?? "none"}`, { sent: sent || say("sent-unknown") });
    return say("sign-in-refused", {
      step: say(`sign-in-step.${step}`),
      host,
      status,
      words: said && `: ${said}`,
      advice,
    });
  },
  "graph-refused": ({ status, error, said, user, cause }, { say }) => {
    const words = [error, said].filter((text) => text !== "").join(": ");
    const advice = cause === undefined ? say("nothingLost") : say(`graph-cause.${cause}`, { user });
    return say("graph-refused", { status, words: words && `, ${words}`, advice });
  },
};

/** `and 3 more`; nothing for none. */
function restOf(more: number, say: Language["say"]): string {
  return more > 0 ? say("and-more", { more }) : "";
}
