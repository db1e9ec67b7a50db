import { type GoogleSignIn, googleToken } from "./google.ts";
import { type MicrosoftSignIn, microsoftToken } from "./microsoft.ts";

export { type MicrosoftSignIn, microsoftToken } from "./microsoft.ts";
export { SignInError } from "./token-request.ts";

/** How a mailbox is signed in to. */
export type SignIn =
  | { kind: "password"; password: string }
  /** A token that an earlier step of the workflow has fetched. */
  | { kind: "token"; accessToken: string }
  | MicrosoftSignIn
  | GoogleSignIn;

/** What a mailbox is signed in to with: the password, or an access token that is fetched where need be. */
export async function credentialsOf(signIn: SignIn, user: string): Promise<{ pass: string } | { accessToken: string }> {
  switch (signIn.kind) {
    case "password":
      return { pass: signIn.password };
    case "token":
      return { accessToken: signIn.accessToken };
    case "microsoft":
      return { accessToken: await microsoftToken(signIn) };
    case "google":
      return { accessToken: await googleToken(signIn, user) };
    default:
      return signIn satisfies never;
  }
}
