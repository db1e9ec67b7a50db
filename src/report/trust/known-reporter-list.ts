/** An organization that sends aggregate reports, as it is known from public evidence. */
export interface KnownReporter {
  /** What people call it. */
  name: string;
  /**
   * The From domains of its report mails, each exactly; `*.` in front stands for every name below, and not the domain
   * itself. Empty where the evidence names none, or one where a stranger can have an address.
   */
  domains: readonly string[];
  /** What it writes into `<org_name>`, as it comes. Only names of its own: none that its software gives to everybody. */
  orgNames: readonly string[];
  /**
   * Further organizational domains of its own. Its name on a mail from there is no impersonation, and the mail is
   * no known reporter's either: strangers may have addresses there, or no report was seen from there.
   */
  related: readonly string[];
  /** Where that is known from: a repository and path, an address of a page, or what public code says. */
  source: string;
}

/*
 * A wrong domain lets a stranger in, a missing one only lets a reporter wait. So:
 *
 * - A mailbox provider's own domain is never in `domains`, since all its customers send from there; a subdomain that
 *   only the provider uses is (`dmarc.yahoo.com`). A full address would not help: it says nothing unless the provider
 *   checks the From field of what its customers send.
 * - A service that signs customers' mail as itself (Amazon SES) is, since it is the From domain that counts, and a
 *   customer can verify any From domain with it but that one. Only the exact domain: customers' envelopes are below.
 * - A hoster under whose domain customers' servers are named (`*.secureserver.net`) is not: those pass SPF aligned with
 *   any From of that domain.
 * - Appliances that many organizations run (`*.iphmx.com`, `dmarc@spamtitan.com`) are no reporter.
 * - Where a source shows `<email>` but no From field, the domain is listed if only the organization itself sends from it.
 * - Private mail servers are left out, known reporters though they may be: their domains change hands.
 */

const abusix = "github.com/abusix/inbound-parsers parsers/dmarc_xml/dmarc_xml.go";
const viewer = "github.com/cry-inc/dmarc-report-viewer testdata/dmarc-reports";
const parsedmarc = "github.com/domainaware/parsedmarc samples";
const mailAuth = "github.com/stalwartlabs/mail-auth resources/dmarc-feedback";
const rubies = "github.com/rubyshines/rubies-automation, its list of report senders";
const lasclay = "github.com/lasclay/missive-automations, its list of senders seen";
const tickets = "public code of a help desk, its list of senders that open no ticket";

/** The shipped list, sorted by name. */
export const knownReporters: readonly KnownReporter[] = [
  {
    name: "Air France",
    domains: ["airfrance.fr"],
    orgNames: [],
    related: [],
    source: `${tickets}: dmarcfeedback@airfrance.fr`,
  },
  {
    name: "Amazon SES",
    domains: ["amazonses.com"],
    orgNames: ["AMAZON-SES"],
    related: ["amazon.com"],
    source: `${mailAuth}/104.eml: From postmaster@amazonses.com, signed d=amazonses.com`,
  },
  {
    name: "Aruba",
    domains: [],
    orgNames: ["aruba.it"],
    related: ["aruba.it"],
    source: "public code, lists of report senders: dmarcreport@aruba.it; customers have addresses there too",
  },
  {
    name: "Asitur",
    domains: ["asitur.es"],
    orgNames: [],
    related: [],
    source: `${tickets}: dmarcreports@asitur.es`,
  },
  {
    name: "Bell Canada",
    domains: [],
    orgNames: ["bell.ca"],
    related: ["bell.ca", "bell.net"],
    source: `${rubies}: bell.ca; whether customers have addresses there is not known`,
  },
  {
    name: "Centera Security",
    domains: ["centerasecurity.com"],
    orgNames: [],
    related: [],
    source: "https://github.com/domainaware/parsedmarc/issues/607: From dmarc-report@centerasecurity.com",
  },
  {
    name: "Cisco",
    domains: ["alln-inbound-h.cisco.com"],
    orgNames: [],
    related: [],
    source: `${rubies}: alln-inbound-h.cisco.com`,
  },
  {
    name: "Comcast",
    domains: ["alerts.comcast.net"],
    orgNames: ["Comcast"],
    related: ["comcast.com"],
    source: `${abusix}: dmarc-support@alerts.comcast.net`,
  },
  {
    name: "DENIC",
    domains: ["denic.de"],
    orgNames: [],
    related: [],
    source: `${tickets}: dmarcrep@denic.de`,
  },
  {
    name: "DMARC.org",
    domains: ["dmarc.org"],
    orgNames: [],
    related: [],
    source: `${abusix}: postmaster@dmarc.org`,
  },
  {
    name: "Fastmail",
    domains: ["fastmaildmarc.com"],
    orgNames: ["Fastmail", "Fastmail Pty Ltd", "fastmail.com"],
    related: ["fastmail.com"],
    source: "https://github.com/tierpod/dmarc-report-converter/issues/73: From reports@fastmaildmarc.com",
  },
  {
    name: "Fonacot",
    domains: ["estadocuenta1.infonacot.gob.mx"],
    orgNames: [],
    related: [],
    source: `${parsedmarc}/aggregate/estadocuenta1.infonacot.gob.mx!example.com!1536853302!1536939702!2940.xml.zip`,
  },
  {
    name: "GMX",
    domains: ["sicher.gmx.net"],
    orgNames: ["GMX"],
    related: ["gmx.at", "gmx.ch", "gmx.com", "gmx.de", "mail.com", "web.de"],
    source: `${viewer}/gmxnet.xml: noreply-dmarc@sicher.gmx.net`,
  },
  {
    name: "GoDaddy",
    domains: [],
    orgNames: ["GoDaddy", "secureserver.net"],
    related: ["godaddy.com", "secureserver.net"],
    source:
      "public code, lists of report senders: dmarcreports@secureserver.net; customers' servers are named below it",
  },
  {
    name: "Google",
    domains: ["google.com"],
    orgNames: ["Google", "Google Inc.", "Google LLC"],
    related: [],
    source: `${mailAuth}/100.eml: From noreply-dmarc-support@google.com, signed d=google.com`,
  },
  {
    name: "IKEA",
    domains: ["ikea.com"],
    orgNames: [],
    related: [],
    source: `${parsedmarc}/aggregate/ikea.com!example.de!1538690400!1538776800.xml: double-bounce@ikea.com`,
  },
  {
    name: "Infomaniak",
    domains: ["infomaniak.com"],
    orgNames: ["Infomaniak"],
    related: [],
    source: `https://github.com/ian-codes/connectbern/issues/105; ${lasclay}: dmarc@infomaniak.com`,
  },
  {
    name: "JAB",
    domains: ["jab.de"],
    orgNames: [],
    related: [],
    source: "public code, a test of a mail classifier: From dmarc-noreply@jab.de, Submitter: jab.de",
  },
  {
    name: "KDDI",
    domains: ["kddi.com"],
    orgNames: ["KDDI"],
    related: ["au.com", "ezweb.ne.jp"],
    source: "https://github.com/cry-inc/dmarc-report-viewer/issues/21: noreply-dmarc-support@kddi.com",
  },
  {
    name: "LinkedIn",
    domains: ["linkedin.com"],
    orgNames: ["LinkedIn"],
    related: [],
    source: `${abusix}; ${parsedmarc}/failure/dmarc_ruf_report_linkedin.eml: From dmarc-noreply@linkedin.com`,
  },
  {
    name: "LOLIPOP",
    domains: [],
    orgNames: ["lolipop.jp"],
    related: ["lolipop.jp"],
    source: `${rubies}: lolipop.jp; customers have names below it`,
  },
  {
    name: "mail.com",
    domains: ["corp.mail.com"],
    orgNames: [],
    related: ["gmx.com", "gmx.net"],
    source: `${rubies}: corp.mail.com; a test of public code, from its log: noreply-dmarc@corp.mail.com`,
  },
  {
    name: "Mail.Ru",
    domains: ["corp.mail.ru"],
    orgNames: [],
    related: ["vk.company"],
    source: `${mailAuth}/102.eml: From dmarc_support@corp.mail.ru, signed d=corp.mail.ru`,
  },
  {
    name: "Microsoft",
    domains: ["microsoft.com"],
    orgNames: ["Enterprise Outlook", "Microsoft", "Microsoft Corp.", "Microsoft Corporation", "Outlook.com"],
    related: ["hotmail.com", "live.com", "msn.com", "outlook.com"],
    source: `${mailAuth}/103.eml: From dmarcreport@microsoft.com, signed d=microsoft.com`,
  },
  {
    name: "Mimecast",
    domains: ["*.mimecastreport.com"],
    orgNames: ["Mimecast", "mimecast.org"],
    related: ["mimecast.com", "mimecast.org"],
    source: `${parsedmarc}/aggregate/mimecast-weird-gzip.eml: From no-reply@au-1.mimecastreport.com, signed as that`,
  },
  {
    name: "NetEase",
    domains: [],
    orgNames: ["126.com", "163.com", "NetEase", "yeah.net"],
    related: ["126.com", "163.com", "netease.com", "yeah.net"],
    source: `${abusix}: abuse@126.com, abuse@163.com, abuse@yeah.net; customers have addresses there too`,
  },
  {
    name: "NTT docomo",
    domains: ["dmarc25.jp"],
    orgNames: ["docomo.ne.jp"],
    related: ["docomo.ne.jp"],
    source: "https://taskmother.jp/column/717: by TwoFive's DMARC/25, reporting@dmarc25.jp",
  },
  {
    name: "Polytechnique Montréal",
    domains: [],
    orgNames: ["polymtl.ca"],
    related: ["polymtl.ca"],
    source: `${lasclay}: dmarc.report@polymtl.ca; students have addresses there too`,
  },
  {
    name: "Rackspace Email",
    domains: ["reports.emailsrvr.com"],
    orgNames: [],
    related: ["rackspace.com"],
    source:
      "public code, lists of report senders: dmarc_reports@reports.emailsrvr.com, Submitter: reports.emailsrvr.com",
  },
  {
    name: "Seznam",
    domains: [],
    orgNames: ["seznam.cz", "seznam.cz a.s."],
    related: ["email.cz", "post.cz", "seznam.cz"],
    source:
      "github.com/communitales/dmarc-report-parser tests/Unit/Domain/Report/ReportMapperTest.php: abuse@seznam.cz; customers have addresses there too",
  },
  {
    name: "Soverin",
    domains: [],
    orgNames: ["soverin.net"],
    related: ["soverin.net"],
    source: `${rubies}: soverin.net; whether customers have addresses there is not known`,
  },
  {
    name: "USSSA",
    domains: ["usssa.com"],
    orgNames: [],
    related: [],
    source: `${parsedmarc}/aggregate/usssa.com!example.com!1538784000!1538870399.xml: postmaster@usssa.com`,
  },
  {
    name: "Veeam",
    domains: ["veeam.com"],
    orgNames: [],
    related: [],
    source: `${parsedmarc}/aggregate/veeam.com!example.com!1530133200!1530219600.xml: noreply.it.dmarc@veeam.com`,
  },
  {
    name: "Veltins",
    domains: ["mail1.veltins.de"],
    orgNames: [],
    related: [],
    source: `${abusix}: MAILER-DAEMON@mail1.veltins.de`,
  },
  {
    name: "WEB.DE",
    domains: ["sicher.web.de"],
    orgNames: [],
    related: ["gmx.net"],
    source: `${viewer}/webde.xml: noreply-dmarc@sicher.web.de`,
  },
  {
    name: "Wirtualna Polska",
    domains: [],
    orgNames: ["o2.pl", "wp.pl"],
    related: ["o2.pl", "wp.pl"],
    source: `${tickets}: dmarc-support@wp.pl; customers have addresses there too`,
  },
  {
    name: "XS4ALL",
    domains: ["dmarc-reports.xs4all.net"],
    orgNames: ["XS4ALL", "xs4all.nl"],
    related: ["xs4all.nl"],
    source: `${abusix}: noreply@dmarc-reports.xs4all.net`,
  },
  {
    name: "XSALTO",
    domains: [],
    orgNames: ["xsalto.com"],
    related: ["xsalto.com"],
    source: "https://github.com/domainaware/parsedmarc/issues/607: Submitter xsalto.com; the From field is not shown",
  },
  {
    name: "Yahoo",
    domains: ["abuse.aol.com", "dmarc.yahoo.com"],
    orgNames: ["AOL", "Yahoo", "Yahoo! Inc.", "yahooinc.com"],
    related: ["yahoo-inc.com", "yahooinc.com"],
    source: `${abusix}: noreply@dmarc.yahoo.com, abuse_dmarc@abuse.aol.com; ${viewer}/yahoo.xml`,
  },
  {
    name: "Zoho",
    domains: [],
    orgNames: ["Zoho", "zoho.com"],
    related: ["zoho.com", "zoho.com.au", "zoho.eu", "zoho.in", "zoho.jp", "zohocorp.com", "zohomail.com"],
    source:
      "https://github.com/debricked/dmarc-visualizer/issues/18; public code: noreply-dmarc@zoho.com; customers have addresses there too",
  },
];
