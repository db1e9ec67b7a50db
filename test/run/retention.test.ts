import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { imapSource } from "../../src/io/imap/imap.ts";
import { defaultLimits } from "../../src/report/limits.ts";
import { reportXml } from "../report/report-files.ts";
import { type Dovecot, haveDovecot, startDovecot } from "../servers/imap/dovecot.ts";
import { imapAccount, subjects } from "../servers/place.ts";
import { type MemoryPlace, makeRunPlace, runAt } from "./place.ts";

const mail = (subject: string, body: string): Buffer =>
  Buffer.from(`From: reports@example.net\nSubject: ${subject}\nContent-Type: text/xml\n\n${body}\n`);

describe.runIf(haveDovecot)("mails that are done with", () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
    setDefaultCACertificates([...getCACertificates("default"), readFileSync(dovecot.caFile, "utf8")]);
  });
  afterAll(async () => await dovecot.stop());

  async function runOn(place: MemoryPlace, folder: string, now: string, inputs: Record<string, string> = {}) {
    return await runAt(place, now, { "mail-path": "", ...imapAccount(dovecot, folder), ...inputs });
  }

  test("are deleted when they are old enough and that is asked for; what people should look at stays", async () => {
    const place = makeRunPlace();
    const deliver = (day: string, subject: string, body: string): void =>
      dovecot.deliver("Old", mail(subject, body), new Date(`2026-11-${day}T08:00:00Z`));
    deliver("01", "stored", reportXml({ reportId: "1" }));
    deliver("02", "again", reportXml({ reportId: "1" }));
    deliver("03", "broken", "<feedback><report_metadata>");
    deliver("04", "words", "see you at lunch");
    deliver("19", "young", reportXml({ reportId: "2", domain: "example.org" }));
    const subjectsLeft = async (): Promise<string[]> => {
      const { host, tlsPort: port, user, password } = dovecot;
      const signIn = { kind: "password", password } as const;
      const account = { name: "imap", host, port, user, signIn, folder: "Old", security: "tls" } as const;
      const mails = imapSource({ ...account, since: new Date(0), limits: defaultLimits }).mails(undefined);
      const subjects: string[] = [];
      for await (const { bytes = "" } of mails)
        subjects.push(/^Subject: (.*?)\r?$/m.exec(String(Buffer.from(bytes)))?.[1] ?? "");
      return subjects;
    };

    expect((await runOn(place, "Old", "2026-11-20T09:00:00Z")).problems).toEqual([]);
    expect(await subjectsLeft()).toHaveLength(5);
    const commits = subjects(place);
    const dry = await runOn(place, "Old", "2026-11-20T09:00:00Z", { "mail-retention-days": "7", "dry-run": "true" });
    expect(dry.problems).toEqual([]);
    expect(await subjectsLeft()).toHaveLength(5);

    const { problems, published } = await runOn(place, "Old", "2026-11-20T09:00:00Z", { "mail-retention-days": "7" });
    expect(problems).toEqual([]);
    expect(published.lines).toContain("Mailbox imap: 2 mails older than 7 days deleted, 2 left to people");
    expect(await subjectsLeft()).toEqual(["broken", "words", "young"]);
    expect(subjects(place)).toEqual(commits);

    const again = await runOn(place, "Old", "2026-11-20T10:00:00Z", { "mail-retention-days": "7" });
    expect(again.problems).toEqual([]);
    expect(await subjectsLeft()).toEqual(["broken", "words", "young"]);
  });
});
