import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { imapSource } from "../../../src/io/imap/imap.ts";
import type { SignIn } from "../../../src/io/sign-in/sign-in.ts";
import { SourceError } from "../../../src/io/source.ts";
import { reasonText } from "../../../src/render/words/words.ts";
import { defaultLimits } from "../../../src/report/limits.ts";
import { type Dovecot, haveDovecot, startDovecot } from "../../servers/imap/dovecot.ts";
import { startTokenEndpoints, type TokenEndpoints } from "../../servers/token-endpoints.ts";

const user = "reports@example.com";

function sourceAt(port: number, signIn: SignIn, host = "127.0.0.1") {
  const place = { name: "imap", host, port, security: "none", user, folder: "INBOX" } as const;
  return imapSource({ ...place, signIn, since: new Date(0), limits: defaultLimits });
}

async function mailsOf(source: ReturnType<typeof sourceAt>): Promise<number> {
  let mails = 0;
  for await (const _mail of source.mails(undefined)) mails += 1;
  return mails;
}

async function refusalOf(source: ReturnType<typeof sourceAt>): Promise<string> {
  const error = await mailsOf(source).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SourceError);
  return reasonText((error as SourceError).reason);
}

describe.runIf(haveDovecot).each(["xoauth2", "oauthbearer"] as const)(
  "a mailbox of a Dovecot server with %s",
  (mechanism) => {
    let endpoints: TokenEndpoints;
    let dovecot: Dovecot;

    beforeAll(async () => {
      endpoints = await startTokenEndpoints(({ path, query }) => {
        if (path === "/introspect") {
          const isGood = query.token === "good-token" || query.access_token === "good-token";
          return { json: isGood ? { active: true, username: user } : { active: false } };
        }
        return path === "/tenant/oauth2/v2.0/token" ? { json: { access_token: "good-token" } } : undefined;
      });
      const introspectionUrl = `${endpoints.url}/introspect?access_token=`;
      dovecot = await startDovecot({ tokens: { mechanism, introspectionUrl } });
      dovecot.deliver("INBOX", "Subject: a report\r\n\r\nText\r\n");
    });

    afterAll(async () => {
      await dovecot.stop();
      await endpoints[Symbol.asyncDispose]();
    });

    test("is read with a token that an earlier step has fetched", async () => {
      expect(await mailsOf(sourceAt(dovecot.port, { kind: "token", accessToken: "good-token" }))).toBe(1);
    });

    test("is read with a token that the run fetches itself", async () => {
      const signIn = {
        kind: "microsoft",
        tenant: "tenant",
        clientId: "app",
        clientSecret: "s",
        endpoint: endpoints.url,
      };
      expect(await mailsOf(sourceAt(dovecot.port, { ...signIn, kind: "microsoft" }))).toBe(1);
    });

    test("refuses another token, and the token is not shown", async () => {
      const message = await refusalOf(sourceAt(dovecot.port, { kind: "token", accessToken: "bad-token" }));
      expect(message).toMatch(/the mail server refused the access token.* Check imap-user/);
      expect(message).not.toContain("bad-token");
    });
  },
);
