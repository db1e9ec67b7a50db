import { dayAfter, daysUpTo } from "../../../src/history/dates.ts";
import { makeRandom } from "../../../src/sample/random.ts";
import {
  calendar,
  hostsOf,
  mail,
  noise,
  ofList,
  passedOn,
  postmark,
  service,
  signed,
  tenant,
  weeks,
} from "./family.ts";
import type { IncidentName } from "./incidents.ts";
import type { Life, LifeDomain, LifeSender, Mail, Policy, Role, Signature, Trouble } from "./life.ts";

/** How a life changes from a day on. */
type Change = (life: Life, start: string) => Life;

/** What becomes of a sender of a domain. */
type Remake = (sender: LifeSender, domain: string) => LifeSender;

/** An incident as it is played: a life with it, and its twin that is the same but for the incident. */
export interface Played {
  name: IncidentName;
  life: Life;
  twin: Life;
  /** The day on which it begins, and the last one that is looked at. */
  start: string;
  last: string;
  /** The domains that it befalls; empty for one that befalls the reporters, or all of them. */
  domains: string[];
}

/** An incident in a quiet life; unless told otherwise it begins two to three weeks after the first day that is judged. */
export function playIncident(
  name: IncidentName,
  quiet: Life,
  start: string = dayAfter(quiet.judged, 14 + makeRandom(`start ${name} ${quiet.first}`).below(7)),
): Played {
  const { where, change, before } = changes[name];
  const twin = before?.(quiet, quiet.first) ?? quiet;
  const domains = quiet.domains.flatMap(({ role, name: domain }) => (role === where ? domain : []));
  return { name, life: change(twin, start), twin, start, last: dayAfter(start, daysPlayed - 1), domains };
}

const daysPlayed = 28;

interface Play {
  /** The domain that it befalls; absent where it is no domain's. */
  where?: Role;
  change: Change;
  /** What was so long before, in the twin, too. */
  before?: Change;
}

/** Changes a sender of a domain from a day on, for so many days if given. */
function at(where: Role, name: string, change: Remake, days?: number): Play {
  return {
    where,
    change: onDomain(where, (domain, start) => ({
      ...domain,
      senders: domain.senders.flatMap((sender) => {
        if (sender.name !== name || (sender.until ?? "9") <= start) return [sender];
        const end = days === undefined ? undefined : dayAfter(start, days);
        const changed = { ...change(sender, domain.name), from: start, ...(end && { until: end }) };
        return [{ ...sender, until: start }, changed, ...(end === undefined ? [] : [{ ...sender, from: end }])];
      }),
    })),
  };
}

/** A new sender of a domain, for so many days if given. */
function joins(where: Role, make: (domain: string) => LifeSender, days?: number): Play {
  return {
    where,
    change: onDomain(where, (domain, start) => {
      const end = days === undefined ? {} : { until: dayAfter(start, days) };
      return { ...domain, senders: [...domain.senders, { ...make(domain.name), from: start, ...end }] };
    }),
  };
}

function publishes(where: Role, policy: Policy): Play {
  return {
    where,
    change: onDomain(where, (domain, start) => ({
      ...domain,
      policies: [...domain.policies, { from: start, policy }],
    })),
  };
}

/** Trouble of a domain, or of all domains, for so many days if given. */
function suffers(where: Role | undefined, trouble: Kind, days?: number): Play {
  const add = (domain: LifeDomain, start: string): LifeDomain => {
    const end = days === undefined ? {} : { until: dayAfter(start, days) };
    return { ...domain, troubles: [...domain.troubles, { ...trouble, from: start, ...end }] };
  };
  return where === undefined ? { change: onAll(add) } : { where, change: onDomain(where, add) };
}

type Kind = Trouble extends infer One ? (One extends Trouble ? Omit<One, "from" | "until"> : never) : never;

function onDomain(where: Role, change: (domain: LifeDomain, start: string) => LifeDomain): Change {
  return (life, start) => ({
    ...life,
    domains: life.domains.map((domain) => (domain.role === where ? change(domain, start) : domain)),
  });
}

function onAll(change: (domain: LifeDomain, start: string) => LifeDomain): Change {
  return (life, start) => ({ ...life, domains: life.domains.map((domain) => change(domain, start)) });
}

/** A sender whose signatures by one key come out otherwise. */
function keyGives(selector: string, given: Partial<Signature>): Remake {
  return eachMail((one) => ({
    ...one,
    dkim: one.dkim.map((it) => (it.selector === selector ? { ...it, ...given } : it)),
  }));
}

const missing = { result: "missing" };

function eachMail(change: (mail: Mail, domain: string) => Mail): Remake {
  return (sender, domain) => ({ ...sender, mails: sender.mails.map((one) => change(one, domain)) });
}

const spfGives = (result: string) => eachMail((one) => ({ ...one, spf: { ...one.spf, result } }));

const times =
  (factor: number) =>
  (sender: LifeSender): LifeSender => ({ ...sender, mean: sender.mean * factor });

const silent = times(0);

/** A service's mail once our name is out of its signatures and envelope. */
function asItself(envelope: string): Remake {
  return eachMail((one, domain) => ({
    ...one,
    dkim: one.dkim.filter((signature) => !signature.domain.endsWith(domain)),
    spf: { domain: envelope, result: "pass" },
  }));
}

/** Spoofing from some hundred hosts, without a signature. */
function wave(name: string, mean: number, headerFrom?: (domain: string) => string[]): (domain: string) => LifeSender {
  return (domain) => ({
    ...noise(domain, mean),
    name,
    spread: 0.4,
    hosts: hostsOf(256, 400),
    ...(headerFrom && { headerFrom: headerFrom(domain) }),
  });
}

const invented = (domain: string): string[] => Array.from({ length: 40 }, (_, index) => `billing${index}.${domain}`);

function spoofer(mean: number, hosts: readonly string[]): (domain: string) => LifeSender {
  return () => ({
    ...service("a spoofer with a key", mean, hosts, [
      mail([signed("cheap-pills.example", "p1")], "cheap-pills.example"),
    ]),
    week: weeks.flat,
    holiday: 1,
  });
}

/** A mail host that signs as its tenant alone, and passes by our SPF record. */
function mailHost(domain: string): LifeSender {
  return service("a mail host", 250, hostsOf(46, 8), [
    mail([signed("officegroup.onmicrosoft.com", "selector1")], domain),
  ]);
}

/** A service that nobody has set up: it passes as itself. */
function hubSpot(): LifeSender {
  return service("HubSpot", 90, hostsOf(50, 4), [mail([signed("hubspotemail.net", "hs")], "bf.hubspotemail.net")]);
}

/** All that SendGrid sends goes by Postmark from a day on. */
const moves: Change = onDomain("shop", (domain, start) => ({
  ...domain,
  senders: domain.senders.flatMap((sender) => {
    if (sender.name !== "SendGrid") return [sender];
    return [
      { ...sender, until: start },
      { ...postmark(domain.name, sender.mean), spread: sender.spread, from: start },
    ];
  }),
}));

const restsFor = (days: number): Change =>
  onAll((domain, start) => ({
    ...domain,
    holidays: [...domain.holidays, ...daysUpTo(dayAfter(start, days - 1), days)],
  }));

/** The look-ups of a domain's SPF record are too many: bounce domains that services publish have records of their own. */
const tooManyLookups: Change = onDomain("shop", (domain, start) => ({
  ...domain,
  senders: domain.senders.flatMap((sender) => {
    const changed = eachMail((one) => {
      const isOurs = one.spf.domain === domain.name || one.spf.domain === `billing.${domain.name}`;
      return isOurs ? { ...one, spf: { ...one.spf, result: "permerror" } } : one;
    })(sender, domain.name);
    return [
      { ...sender, until: start },
      { ...changed, from: start },
    ];
  }),
}));

/** What each incident changes, and where. */
const changes: Record<IncidentName, Play> = {
  "key removed, called permerror": at("shop", "CRM", keyGives("crm1", { result: "permerror" })),
  "key removed, called temperror": at("shop", "CRM", keyGives("crm1", { result: "temperror" })),
  "key removed, called fail": at("shop", "CRM", keyGives("crm1", { result: "fail" })),
  "key removed, one reporter says temperror": at(
    "shop",
    "CRM",
    keyGives("crm1", { ...missing, resultAt: { google: "temperror" } }),
  ),
  "key rotated, the wrong one published": at("shop", "CRM", keyGives("crm1", { selector: "crm2", result: "fail" })),
  "one of three keys removed": at("shop", "AWeber", keyGives("aweber_key_b", missing)),
  "key removed under p=none": at("labs", "Help Scout", keyGives("strong1", missing)),
  "key of a newsletter on Tuesdays removed": at("shop", "Mailchimp", keyGives("k2", missing)),
  "key of a domain of 30 a day removed": at("tiny", "shop platform", keyGives("shop1", missing)),

  "own DNS does not answer": suffers("shop", { kind: "temperror", share: 0.9 }, 2),
  "one of three name servers is gone": suffers("shop", { kind: "temperror", share: 0.25 }),
  "a receiver's DNS has a bad day": suffers(undefined, { kind: "temperror", reporter: "microsoft", share: 0.2 }, 1),

  "SPF include removed": at("shop", "invoices", spfGives("softfail")),
  "SPF include of a mail host removed": {
    ...at("office", "a mail host", spfGives("softfail")),
    before: joins("office", mailHost).change,
  },
  "SPF include of 30 networks removed": {
    ...at("shop", "a provider", spfGives("softfail")),
    before: joins("shop", (domain) => service("a provider", 240, hostsOf(80, 30), [mail([], domain)])).change,
  },
  "SPF include removed under p=none": at("labs", "build server", spfGives("softfail")),
  "SPF permerror by too many look-ups": { where: "shop", change: tooManyLookups },
  "aspf set to strict": publishes("shop", { p: "reject", aspf: "s" }),
  "adkim set to strict": publishes("office", { p: "quarantine", adkim: "s" }),

  "new service, set up well": joins("shop", (domain) => postmark(domain, 150)),
  "new service, not set up, rejected": joins("shop", hubSpot),
  "new service, not set up, delivered": joins("labs", hubSpot),
  "service loses its set-up": at("shop", "SendGrid", asItself("u12.wl.sendgrid.net")),
  "service loses its set-up, delivered": at("labs", "Postmark", asItself("pm.mtasv.net")),
  "a third of a service's mail fails": at("shop", "SendGrid", (sender, domain) => ({
    ...sender,
    mails: [
      ...sender.mails.map((one) => ({ ...one, weight: 2 })),
      ...asItself("u12.wl.sendgrid.net")(sender, domain).mails,
    ],
  })),
  "service stops": at("shop", "CRM", silent),
  "newsletter on Tuesdays stops": at("shop", "Mailchimp", silent),
  "service moved to another": { where: "shop", change: moves },
  "service mended": {
    ...at("office", "survey", (sender, domain) => ({
      ...sender,
      mails: sender.mails.map((one) => ({ ...one, dkim: [signed(`survey.${domain}`, "sv1"), ...one.dkim] })),
    })),
    before: at("office", "survey", asItself("b.surveys.example")).change,
  },

  "own host stops": at("shop", "own servers", silent),
  "own host moved to IPv6": at("shop", "own servers", (sender) => ({ ...sender, hosts: ["2001:db8:5::25"] })),
  "own host moved to addresses that SPF does not know": at("office", "scanners", (sender, domain) => ({
    ...spfGives("softfail")(sender, domain),
    hosts: ["198.18.60.25"],
  })),
  "own hosts stop signing": at("shop", "own servers", (sender, domain) => ({ ...sender, mails: [mail([], domain)] })),
  "service loses its bounce domain": at(
    "shop",
    "SendGrid",
    eachMail((one) => ({ ...one, spf: { domain: "u12.wl.sendgrid.net", result: "pass" } })),
  ),
  "an office behind NAT sends by itself": joins("office", (domain) => ({
    ...service("an office behind NAT", 15, ["198.18.61.7"], [mail([], domain, "softfail")]),
    week: weeks.office,
  })),

  "own mail leaps": at("shop", "own servers", times(8)),
  "newsletter twice as large": at("shop", "Mailchimp", times(2)),
  "a week of holidays": { change: restsFor(5) },
  "three messages of a small domain fail": joins(
    "tiny",
    (domain) => ({ ...service("unsigned", 3, ["192.0.2.130"], [mail([], domain, "softfail")]), spread: 0.01 }),
    1,
  ),

  "policy weakened": publishes("shop", { p: "none" }),
  "subdomain policy weakened": publishes("shop", { p: "reject", sp: "none" }),
  "pct lowered": publishes("shop", { p: "reject", pct: 10 }),
  "policy strengthened": publishes("labs", { p: "quarantine" }),

  "more noise": at("shop", "noise", times(6)),
  "spoofing wave, refused": joins("shop", wave("a wave", 3000), 4),
  "spoofing wave, delivered": joins("labs", wave("a wave", 2500), 4),
  "spoofer that signs as himself, one host": joins("shop", spoofer(40, ["198.18.62.9"])),
  "spoofer that signs as himself, 500 hosts": joins("shop", spoofer(600, hostsOf(256, 500))),
  "spoofing of subdomains that do not exist": joins("shop", wave("a wave", 300, invented), 7),
  "spoofing of subdomains, delivered": {
    ...joins("shop", wave("a wave", 1500, invented), 4),
    before: publishes("shop", { p: "reject", sp: "none" }).change,
  },
  "parked domain spoofed": joins("parked", wave("a wave", 800), 4),

  "newsletter forwarded by a list": joins(
    "shop",
    (domain) => ({
      ...passedOn("a list of customers", 400, hostsOf(40, 2)),
      mails: [ofList(domain, "k2", "lists.customers.example")],
    }),
    1,
  ),
  "list posts for a week": at("labs", "posts to the IETF's lists", times(10), 7),
  "gateway that alters": joins("office", (domain) => ({
    ...passedOn("another gateway", 60, hostsOf(41, 2)),
    mails: [
      { ...mail([signed(domain, "selector1")], domain, "softfail"), weight: 2 },
      mail([signed(domain, "selector1", "altered")], domain, "softfail"),
    ],
  })),
  "tenant that forwards": joins("shop", (domain) => ({
    ...passedOn("another tenant", 40, hostsOf(42, 8)),
    mails: [tenant(domain, "s2026", "contoso")],
  })),
  "calendar invitations": joins(
    "shop",
    () => ({ ...passedOn("calendar invitations", 40, hostsOf(43, 6)), mails: [calendar()] }),
    14,
  ),
  "mailboxes forwarded untouched": at("shop", "mailboxes at a university", times(6)),
  "mail without a key of ours, forwarded untouched": {
    ...joins("office", (domain) => ({
      ...passedOn("mailboxes that forward it", 25, hostsOf(45, 3)),
      mails: eachMail((one) => ({ ...one, spf: { ...one.spf, result: "softfail" } }))(mailHost(domain), domain).mails,
    })),
    before: joins("office", mailHost).change,
  },

  "a reporter falls silent": suffers(undefined, { kind: "silent", reporter: "yahoo" }),
  "a domain is not reported any more": suffers("office", { kind: "silent" }),
  "no report at all": suffers(undefined, { kind: "silent" }),
  "a reporter's mails are not authenticated": suffers(undefined, { kind: "unauthenticated", reporter: "microsoft" }),
  "a reporter is five days late": suffers(undefined, { kind: "late", reporter: "microsoft", days: 5 }, 7),

  "parked domain sends, and passes": {
    ...joins("parked", (domain) => service("a project", 40, hostsOf(44, 1), [mail([signed(domain, "p1")], domain)])),
    // Nothing passed for 90 days: so long it has to be known.
    before: onDomain("parked", (domain) => ({ ...domain, first: dayAfter(domain.first, -50) })),
  },
};
