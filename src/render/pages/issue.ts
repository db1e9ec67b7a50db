import type { DomainDigest } from "../../digest/digest.ts";
import {
  bodyMarks,
  type ExistingIssue,
  type IssueDay,
  type IssueIncident,
  type IssuePlan,
  isAlive,
  issueMark,
  overviewName,
} from "../../digest/issues/issues.ts";
import { tlsSubject } from "../../digest/tls/tls.ts";
import { dayFilePath } from "../../history/day-file/day-file.ts";
import { type Answer, answerLines, muteAnswer, type SaidSoFar, senderAnswer } from "../answers.ts";
import { plainText } from "../escape.ts";
import { type DigestLinks, dayFileLinks, digestLinks, makeLink } from "../links.ts";
import { named, numberColumns, type Page, type Part, textColumns, titled } from "../page.ts";
import { hostsTogether, toldIncidents } from "../problems.ts";
import type { Words } from "../words/words.ts";
import { sourceParts } from "./sources.ts";

/** Incidents, links to day files, and lines to paste, that are shown. */
const most = { incidents: 100, files: 20, answers: 100 };

/** What an issue is made of. */
export interface IssueFacts {
  plan: IssuePlan;
  /** The domain on the last day that failed; absent where it is about many. */
  domain?: DomainDigest | undefined;
  /** The day of that, and the days up to the newest. */
  day: string;
  days: readonly IssueDay[];
  /** Who answers for the domain. */
  owner?: string | undefined;
  /** The path of the configuration file. */
  file: string;
  /** What it says of senders. */
  said: SaidSoFar;
}

/** The title of an issue, by its worst incident; as it is when nothing is open any more. */
export function issueTitle({ name, incidents, issue, do: action }: IssuePlan, words: Words): string {
  if (issue !== undefined && (action === "close" || issue.state === "closed") && action !== "reopen")
    return issue.title;
  const alive = incidents.filter(isAlive);
  const [worst] = toldIncidents(alive, ({ level, day, likeness }) => (likeness ? [level] : [level, day]));
  const problems = toldIncidents(alive, () => []).length;
  const title = words.issue.title(worst, problems - 1, (text) => plainText(text, 100));
  const inAlarm = new Set(alive.map(({ domain }) => domain));
  return name === overviewName ? words.issue.overviewTitle(inAlarm.size, title) : title;
}

/**
 * The issue of a domain, with the hidden marks by which it is found again and by which the next run knows what it has told:
 * the same wording each time, so that an update changes figures only.
 */
export function issuePage(facts: IssueFacts, { words, links }: { words: Words; links: DigestLinks }): Page {
  const { plan, domain, day, owner } = facts;
  const { issue } = words;
  const tls = plan.incidents.filter(isOfTls);
  // What failed DMARC has nothing to do with an issue that is about inbound TLS alone.
  const ofMail = tls.length > 0 && tls.length === plan.incidents.length ? undefined : domain;
  const sources = ofMail === undefined ? [] : sourceParts(withKnown(ofMail, plan.incidents), { words });
  const files = [...(ofMail?.dayFiles ?? []), ...(domain === undefined ? [] : new Set(tls.map(tlsFile)))];
  const parts: Part[] = [
    ...(owner === undefined ? [] : [{ kind: "mention", weight: "must", label: issue.owner, name: owner } as const]),
    { ...stateTable(plan.incidents, words), title: issue.incidents },
    ...(ofMail === undefined ? [] : failureParts(sources, day, words)),
    ...stepParts(facts, sources, words),
    ...titled(issue.days, dayTable(facts.days, plan.incidents, words)),
    { kind: "links", weight: "must", title: issue.lookUp, links: dayFileLinks(files.slice(0, most.files), links) },
    ...answerParts(plan.incidents, { words, today: facts.days[0]?.day ?? day, ...facts }),
    { kind: "note", weight: "must", style: "small", text: issue.life },
  ];
  return { ...bare(parts, words), mark: issueMark(plan.name, plan.record) };
}

function bare(parts: readonly Part[], words: Words): Page {
  return { verdict: "act", headline: "", isBare: true, parts, more: words.more };
}

/** What ends the body of an issue: what changes with each run, and the line above what a person may write. */
export function issueEnd({ words, links }: { words: Words; links: DigestLinks }): Page {
  const parts: Part[] = [
    { kind: "links", weight: "must", links: digestLinks(links, words) },
    { kind: "note", weight: "must", style: "small", text: words.issue.yours },
  ];
  return { ...bare(parts, words), mark: bodyMarks.run };
}

/** The comment that says what has happened to incidents of an issue, and why it is closed. */
export function issueComment(plan: IssuePlan, words: Words): Page | undefined {
  const told = toldIncidents(plan.news, ({ news, level, hasStopped, since, day, goodDays, likeness }) => {
    if (likeness) return [news, level, hasStopped, news === "better" && goodDays];
    // What is worse or back is told without its first day, and what is better by its good days.
    const isLasting = news === "worse" || news === "back" || news === "better";
    return [news, level, ...(isLasting ? [] : [since]), news === "better" ? goodDays : day];
  });
  const items = told.map((one) => ({
    text: words.withAsides(words.issue.news(one, named), one.domains?.length ? [words.domainList(one, named)] : []),
  }));
  const end: Part[] = plan.do === "close" ? [{ kind: "note", weight: "must", text: words.issue.closing(plan) }] : [];
  if (items.length + end.length === 0) return undefined;
  const list: Part[] = items.length === 0 ? [] : [{ kind: "list", weight: "must", items }];
  return bare([...list, ...end], words);
}

/**
 * The comment with which an issue is closed that goes on in another one: in another repository, if that is why; or nowhere, since
 * its domain was taken out.
 */
export function movedComment(
  why: { domain: string } | { repository: string | undefined; issue: ExistingIssue | undefined },
  words: Words,
): Page {
  if ("domain" in why)
    return bare([{ kind: "note", weight: "must", text: words.issue.removed(named(why.domain)) }], words);
  const { repository, issue } = why;
  const links = issue === undefined ? [] : makeLink(words.issue.link(issue.number), issue.url);
  const text = repository === undefined ? words.issue.twin : words.issue.moved(named(repository));
  const parts: Part[] = [
    { kind: "note", weight: "must", text },
    { kind: "links", weight: "must", links },
  ];
  return bare(parts, words);
}

/** The incidents, the worst first, and how many more there are: a body has an end. */
function stateTable(incidents: readonly IssueIncident[], words: Words): Part {
  const { columns } = words.issue;
  const told = hostsTogether(incidents, ({ level, state, muted, ended, goodDays }) => [
    level,
    state,
    muted,
    ended,
    goodDays,
  ]);
  const left = told.length - most.incidents;
  const amounts = incidents.every(isOfTls) ? words.explore.columns.sessions : words.labels.messages;
  const rows = told
    .slice(0, most.incidents)
    .map((one) => [
      words.issue.incident(one, named),
      `${words.issue.state(one, named)}\n${words.issue.failed(one)}`,
      isOfTls(one) ? words.tls.sessions(one.messages) : words.count(one.messages),
    ]);
  return {
    kind: "table",
    weight: "must",
    columns: [...textColumns(columns.incident, columns.state), ...numberColumns(amounts)],
    rows: [...rows, ...(left > 0 ? [[words.more(left), "", ""]] : [])],
  };
}

/** A domain whose sources have the names of their networks, and what failure reports have said since the incident began. */
function withKnown(domain: DomainDigest, incidents: readonly IssueIncident[]): DomainDigest {
  const sources = domain.sources.map((source) => {
    const same = incidents.find(
      (one) => one.source?.source === source.source && one.source.mailClass === source.mailClass,
    );
    const { reported, network } = same?.source ?? {};
    return { ...source, ...(reported && { reported }), ...(network && { network }) };
  });
  return { ...domain, sources };
}

function failureParts(sources: readonly Part[], day: string, words: Words): Part[] {
  const tables = sources.filter(({ kind }) => kind !== "list");
  if (tables.length === 0) return [{ kind: "note", weight: "must", text: words.issue.noFailures(day) }];
  return titled(words.issue.sources(words.day(day)), tables);
}

/** What to do about each source; about incidents of which no source is known, by their rule. */
function stepParts({ plan, domain }: IssueFacts, sources: readonly Part[], words: Words): Part[] {
  const lists = sources.filter((part) => part.kind === "list");
  // No source of mail has the step of inbound TLS.
  const open = plan.incidents.filter((one) => isAlive(one) && (lists.length === 0 || isOfTls(one)));
  const items = toldIncidents(open, () => []).map((one) => {
    const domains = words.domainList(one, named);
    const text = one.source === undefined ? words.incidentStep(one, named) : words.step(one.source, domains, named);
    return domain === undefined ? { label: domains, text } : { text };
  });
  return titled(words.issue.steps, [
    ...lists,
    ...(items.length === 0 ? [] : [{ kind: "list", weight: "must", items } as const]),
  ]);
}

/** What is not known. */
const none = "–";

/** Messages where an incident is about mail, and sessions where one is about inbound TLS. */
function dayTable(days: readonly IssueDay[], incidents: readonly IssueIncident[], words: Words): Part[] {
  if (days.length === 0) return [];
  const { dashboard, explore, labels } = words;
  const mail = {
    titles: [labels.messages, labels.ownFail, labels.dmarcFail],
    cells: ({ reported }: IssueDay) => {
      if (reported === undefined) return [dashboard.noReports, none, none];
      const { messages, ownFail, dmarcFail } = reported;
      return [words.count(messages), words.part(ownFail, messages), words.count(dmarcFail)];
    },
  };
  const sessions = {
    titles: [explore.figures.sessions, explore.figures.failed],
    cells: ({ tls }: IssueDay) =>
      tls === undefined
        ? [dashboard.noReports, none]
        : [words.count(tls.sessions), words.part(tls.failed, tls.sessions)],
  };
  const [isMail, isTls] = [incidents.length === 0 || !incidents.every(isOfTls), incidents.some(isOfTls)];
  const shown = [...(isMail ? [mail] : []), ...(isTls ? [sessions] : [])];
  const numbers = numberColumns(...shown.flatMap(({ titles }) => titles));
  const rows = days.map((one) => [words.day(one.day), ...shown.flatMap(({ cells }) => cells(one))]);
  return [{ kind: "table", weight: "must", columns: [...textColumns(words.issue.columns.day), ...numbers], rows }];
}

/** Whether an incident counts sessions with TLS, and not messages. */
function isOfTls({ rule }: IssueIncident): boolean {
  return rule === "tls-fails";
}

/** The day file of what an incident of inbound TLS is about. */
function tlsFile({ subject, day }: IssueIncident): string {
  return dayFilePath({ kind: "tls", domain: tlsSubject(subject).domain, day });
}

/** What to paste into the configuration's file about each incident: a block for each answer. */
function answerParts(
  incidents: readonly IssueIncident[],
  { words, today, file, said: soFar }: { words: Words; today: string } & Pick<IssueFacts, "file" | "said">,
): Part[] {
  const { ours, notOurs, mute, how, why } = words.issue.answers;
  const open = incidents.filter(isAlive);
  const saying = (said: "ours" | "not-ours"): Answer[] =>
    open.flatMap(({ domain, rule, subject, source }) => {
      const sender = rule === "sender-fails" ? subject : rule === "threshold" ? source?.source : undefined;
      return sender === undefined
        ? []
        : senderAnswer(said, { domain, sender, shows: source && [source.mailClass] }, soFar);
    });
  const blocks: [string, Answer[]][] = [
    [ours, saying("ours")],
    [notOurs, saying("not-ours")],
    [mute, open.map((one) => muteAnswer(one, today, why))],
  ];
  return blocks.flatMap(([title, all]): Part[] => {
    if (all.length === 0) return [];
    const more = all.length > most.answers ? [`# ${words.more(all.length - most.answers)}`] : [];
    const lines = [`# ${how(file)}`, ...answerLines(all.slice(0, most.answers)), ...more];
    return [{ kind: "code", weight: "must", title, isFolded: true, language: "yaml", lines }];
  });
}
