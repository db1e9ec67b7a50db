import { dayAfter } from "../../../src/history/dates.ts";
import { makeRandom } from "../../../src/sample/random.ts";
import type { Life, LifeDomain, LifeSender, Mail, Policy, Role, Signature } from "./life.ts";
import type { ReporterName } from "./reporters.ts";

/** Days that are judged, after those that are there to learn from. */
export const daysJudged = 60;
const daysToLearn = 42;

/** Monday to Friday, little on weekends; every day; Tuesdays alone; all days alike. From Sunday. */
export const weeks = {
  office: [0.04, 1, 1.05, 1.05, 1, 0.9, 0.06],
  daily: [0.75, 1, 1.05, 1.05, 1, 1, 0.8],
  tuesday: [0, 0, 1, 0, 0, 0, 0],
  flat: [1, 1, 1, 1, 1, 1, 1],
} as const;

/**
 * A life in which nothing happens that anybody need do anything about: five domains with their services, hosts,
 * forwarders, lists and the noise of every day. Its volumes, spreads, holidays and delays hang on the seed.
 *
 * @param of - One of several lives at the same time: what its domains are called behind their role, its first day, and the days
 *   that are judged.
 */
export function quietLife(seed: string, of: { suffix?: string; first?: string; days?: number } = {}): Life {
  const random = makeRandom(`life ${seed}`);
  const some = dayAfter("2026-06-01", random.below(28));
  const { suffix = "", first = some, days = daysJudged } = of;
  const judged = dayAfter(first, daysToLearn);
  const last = dayAfter(judged, days - 1);
  const holidays = [0, 0, 0].map(() => dayAfter(first, random.below(daysToLearn + days)));
  const roles: Role[] = ["shop", "office", "labs", "tiny", "parked"];
  const domains = roles.map((role): LifeDomain => {
    const { policy, audience, senders } = plans[role];
    const name = `${role}${suffix}.example`;
    return {
      first,
      last,
      seed,
      role,
      name,
      holidays,
      policies: [{ from: "", policy }],
      audience: Object.entries(audience).map(([reporter, share]) => ({ reporter: reporter as ReporterName, share })),
      senders: senders(name).map((sender) => withTemper(sender, makeRandom(`temper ${seed} ${name} ${sender.name}`))),
      troubles: [],
    };
  });
  return { first, last, judged, domains };
}

/** A sender with the size and the spread that it has in this life: from half to twice as large, 20 to 58 %. */
function withTemper(sender: LifeSender, random: { between(low: number, high: number): number }): LifeSender {
  const [size, spread] = [2 ** random.between(-1, 1), random.between(0.2, 0.58)];
  return { ...sender, mean: sender.mean * size, spread };
}

interface Plan {
  policy: Policy;
  audience: Partial<Record<ReporterName, number>>;
  senders: (domain: string) => LifeSender[];
}

const plans: Record<Role, Plan> = {
  shop: {
    policy: { p: "reject" },
    audience: { google: 48, microsoft: 24, yahoo: 12, gmx: 6, mimecast: 4, fastmail: 3, kddi: 3 },
    senders: (domain) => [
      ownServers(domain, 900, ["192.0.2.10", "192.0.2.11"]),
      sendGrid(domain, 1800),
      service(
        "AWeber",
        450,
        hostsOf(2, 6),
        ["aweber_key_a", "aweber_key_b", "aweber_key_c"].map((key) =>
          mail([signed(domain, key), signed("send.aweber.com", "aw1")], "bounce.aweber.com"),
        ),
      ),
      service("CRM", 260, hostsOf(3, 3), [
        mail([signed(domain, "crm1"), signed("crm-vendor.example", "v1")], "bounce.crm-vendor.example"),
      ]),
      newsletter("Mailchimp", domain, 2400),
      // Its own envelope, by an include in our SPF record, and no key of ours.
      service("invoices", 130, hostsOf(5, 2), [mail([], `billing.${domain}`)]),
      ...everywhere(domain, { size: 40, noise: 6, network: 20 }),
    ],
  },
  office: {
    policy: { p: "quarantine" },
    audience: { google: 42, microsoft: 38, yahoo: 8, mimecast: 8, fastmail: 4 },
    senders: (domain) => [
      {
        ...service("Microsoft 365", 520, hostsOf(64, 12), [mail([signed(domain, "selector1")], domain)]),
        week: weeks.office,
      },
      service("Zendesk", 110, hostsOf(7, 4), [
        mail([signed(domain, "zendesk1"), signed("zendesk.com", "zendesk1")], "zendesk.com"),
      ]),
      { ...service("scanners", 55, ["192.0.2.40"], [mail([], domain)]), week: weeks.office },
      service("survey", 70, hostsOf(8, 2), [
        mail([signed(`survey.${domain}`, "sv1"), signed("surveys.example", "x")], "b.surveys.example"),
      ]),
      ...everywhere(domain, { size: 25, noise: 4, network: 26 }),
    ],
  },
  labs: {
    policy: { p: "none" },
    audience: { google: 55, microsoft: 22, yahoo: 8, gmx: 8, fastmail: 7 },
    senders: (domain) => [
      {
        ...service("Google Workspace", 240, hostsOf(80, 20), [
          mail([signed(domain, "google"), signed("labs-example.20230601.gappssmtp.com", "20230601")], domain),
        ]),
        week: weeks.office,
      },
      postmark(domain, 300),
      service("build server", 60, ["192.0.2.90"], [mail([], domain)]),
      service("Help Scout", 90, hostsOf(11, 3), [
        mail([signed(domain, "strong1"), signed("helpscout.net", "strong1")], "helpscout.net"),
      ]),
      ...everywhere(domain, { size: 30, noise: 3, network: 32 }),
      // Posts to lists go on when the office rests.
      { ...passedOn("posts to the IETF's lists", 14, hostsOf(13, 3)), mails: [ofList(domain, "google", "ietf.org")] },
      {
        ...passedOn("calendar invitations", 5, hostsOf(14, 6)),
        mails: [calendar()],
        week: weeks.office,
      },
    ],
  },
  tiny: {
    policy: { p: "quarantine" },
    audience: { google: 1 },
    senders: (domain) =>
      [
        service("shop platform", 22, hostsOf(15, 2), [mail([signed(domain, "shop1")], "bounce.platform.example")]),
        ownServers(domain, 8, ["192.0.2.130"]),
        noise(domain, 0.4),
      ].map((sender) => (sender.name === "noise" ? sender : { ...sender, week: weeks.daily })),
  },
  parked: {
    policy: { p: "reject" },
    audience: { google: 60, microsoft: 25, yahoo: 15 },
    senders: (domain) => [noise(domain, 3)],
  },
};

/** What all domains have: who passes their mail on, who changes it, and who sends in their name. */
function everywhere(
  domain: string,
  { size, noise: spoofed, network }: { size: number; noise: number; network: number },
) {
  const key = { shop: "s2026", office: "selector1", labs: "google" }[domain.split(".")[0] ?? ""] ?? "s2026";
  return [
    {
      ...passedOn("mailboxes at a university", size, hostsOf(network, 3)),
      mails: [mail([signed(domain, key)], domain, "softfail")],
    },
    {
      ...passedOn("mailboxes at Gmail that forward", size / 4, hostsOf(64 + 3 * network, 20)),
      mails: [
        mail([signed(domain, key)], "gmail.com"),
        { ...mail([signed(domain, key, "altered")], "gmail.com"), weight: 0.08, reason: "local_policy" as const },
      ],
    },
    {
      ...passedOn("a gateway that alters a third", size / 3, hostsOf(network + 2, 2)),
      mails: [
        { ...mail([signed(domain, key)], domain, "softfail"), weight: 2 },
        mail([signed(domain, key, "altered")], domain, "softfail"),
      ],
    },
    {
      ...passedOn("a tenant that forwards", size / 8, hostsOf(network + 3, 8)),
      mails: [tenant(domain, key)],
    },
    {
      ...passedOn("a list of a club", size / 8, hostsOf(network + 4, 1)),
      mails: [ofList(domain, key, "lists.club.example")],
    },
    noise(domain, spoofed),
  ];
}

/** Servers of ours with both legs. */
function ownServers(domain: string, mean: number, hosts: readonly string[]): LifeSender {
  return {
    ...service("own servers", mean, hosts, [mail([signed(domain, "s2026")], domain)]),
    week: weeks.office.map((weight) => Math.max(weight, 0.2)),
    holiday: 0.3,
  };
}

function sendGrid(domain: string, mean: number): LifeSender {
  const keys = [signed(domain, "s1"), signed("sendgrid.info", "smtpapi")];
  return service("SendGrid", mean, hostsOf(1, 8), [mail(keys, `em1234.${domain}`)]);
}

export function postmark(domain: string, mean: number): LifeSender {
  const keys = [signed(domain, "20260101120000pm"), signed("pm.mtasv.net", "pm20")];
  return service("Postmark", mean, hostsOf(10, 6), [mail(keys, `pm-bounces.${domain}`)]);
}

function newsletter(name: string, domain: string, mean: number): LifeSender {
  const keys = [signed(domain, "k2"), signed("mcsv.net", "k1")];
  return {
    ...service(name, mean, hostsOf(100, 10), [mail(keys, "mail12.suw.mcsv.net")]),
    week: weeks.tuesday,
    holiday: 1,
  };
}

/** Spoofing of every day: from all over, without a signature. */
export function noise(domain: string, mean: number): LifeSender {
  return {
    ...service("noise", mean, hostsOf(256, 250), [mail([], domain, "fail")]),
    week: weeks.flat,
    holiday: 1,
  };
}

/** A list that adds a footer and signs as itself. */
export function ofList(domain: string, key: string, list: string): Mail {
  return { ...mail([signed(domain, key, "altered"), signed(list, "l1")], list), reason: "mailing_list" };
}

/** Forwarded by a tenant of Microsoft 365, under its own signature and with ours broken. */
export function tenant(domain: string, key: string, name = "fabrikam"): Mail {
  return mail([signed(domain, key, "altered"), signed(`${name}.onmicrosoft.com`, "selector1")], `${name}.example`);
}

/** Google Calendar writes in the name of whoever invites. */
export function calendar(): Mail {
  return mail([signed("google.com", "20230601")], "calendar-server.bounces.google.com");
}

/** Whoever sends every day, less on holidays. */
export function service(name: string, mean: number, hosts: readonly string[], mails: Mail[]): LifeSender {
  return { name, mean, spread: 0.3, week: weeks.daily, holiday: 0.4, hosts, mails };
}

/** Our mail from others' hosts. */
export function passedOn(name: string, mean: number, hosts: readonly string[]): LifeSender {
  return { ...service(name, mean, hosts, []), holiday: 0.6 };
}

export function mail(dkim: Signature[], envelope: string, result = "pass"): Mail {
  return { weight: 1, dkim, spf: { domain: envelope, result } };
}

export function signed(domain: string, selector: string, result = "pass"): Signature {
  return { domain, selector, result };
}

/**
 * Hosts of the networks set aside for benchmarks (RFC 2544): up to eight in one network, else each in a network of its
 * own.
 */
export function hostsOf(network: number, count: number): string[] {
  const isOne = count <= 8;
  return Array.from({ length: count }, (_, index) => {
    const at = isOne ? network : network + (index % 256);
    return `198.${18 + (at >> 8)}.${at & 255}.${isOne ? 10 + index : 7 + (index % 240)}`;
  });
}
