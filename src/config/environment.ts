import { isSafeUrl } from "./values.ts";

/** What GitHub's runner says of a workflow run ("Variables reference" of GitHub Actions). */
export interface GithubEnvironment {
  /** `owner/name` */
  repository: string;
  /** `https://api.github.com`, or that of GitHub Enterprise Server. */
  apiUrl: string;
  /** `https://api.github.com/graphql`, or that of GitHub Enterprise Server; the one that goes with `apiUrl` when absent. */
  graphqlUrl?: string;
  /** `https://github.com` */
  serverUrl: string;
  /** Id of the workflow run; the same for its re-runs. */
  runId?: string;
  /** The file of the workflow, such as `digest.yml`. */
  workflow?: string;
}

/** The workflow run that this process is part of, or `undefined` outside of GitHub Actions. */
export function githubEnvironment(environment: NodeJS.ProcessEnv): GithubEnvironment | undefined {
  const {
    GITHUB_REPOSITORY,
    GITHUB_API_URL,
    GITHUB_GRAPHQL_URL,
    GITHUB_SERVER_URL,
    GITHUB_RUN_ID,
    GITHUB_WORKFLOW_REF,
  } = environment;
  if (!GITHUB_REPOSITORY) return undefined;
  return {
    repository: GITHUB_REPOSITORY,
    apiUrl: GITHUB_API_URL || "https://api.github.com",
    graphqlUrl: GITHUB_GRAPHQL_URL || undefined,
    serverUrl: GITHUB_SERVER_URL || "https://github.com",
    runId: GITHUB_RUN_ID || undefined,
    // `octo-org/mail/.github/workflows/digest.yml@refs/heads/main`
    workflow: /\/([^/@]+)@/.exec(GITHUB_WORKFLOW_REF ?? "")?.[1],
  };
}

/** Where a job asks for its identity token (OIDC). */
export interface WorkflowIdentity {
  url: string;
  token: string;
}

/** How this job may ask GitHub for its identity token; `undefined` without `permissions: id-token: write`. */
export function workflowIdentity(environment: NodeJS.ProcessEnv): WorkflowIdentity | undefined {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = environment;
  return url && token && URL.canParse(url) && isSafeUrl(url) ? { url, token } : undefined;
}

/** How requests to AWS are signed, and its usual region, as aws-actions/configure-aws-credentials leaves them. */
export interface AwsEnvironment {
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  region?: string;
}

/** The names of variables with a secret in them. */
export const secretVariables = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] as const;

/** What the environment says of AWS, by the names that its SDKs read. */
export function awsEnvironment(environment: NodeJS.ProcessEnv): AwsEnvironment {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  const { AWS_SESSION_TOKEN, AWS_REGION, AWS_DEFAULT_REGION } = environment;
  const region = AWS_REGION || AWS_DEFAULT_REGION;
  return {
    ...(accessKeyId &&
      secretAccessKey && {
        credentials: { accessKeyId, secretAccessKey, ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }) },
      }),
    ...(region && { region }),
  };
}

/** Slack's API address from `SLACK_API_URL` (GovSlack has its own), or `undefined` for the usual one. */
export function slackApiUrl({ SLACK_API_URL }: NodeJS.ProcessEnv): string | undefined {
  return SLACK_API_URL && isSafeUrl(SLACK_API_URL) ? SLACK_API_URL : undefined;
}

/** The inputs as GitHub's runner hands them over: `INPUT_<NAME>`, upper case, hyphens kept. */
export function actionInputs(environment: NodeJS.ProcessEnv): Record<string, string> {
  const given = Object.entries(environment).filter(([name, value]) => name.startsWith("INPUT_") && value);
  return Object.fromEntries(given.map(([name, value]) => [name.slice("INPUT_".length).toLowerCase(), value ?? ""]));
}

/** The variable that stands for an input: `DMARC_DIGEST_IMAP_PASSWORD` for `imap-password`. */
export function variableOf(name: string): string {
  return `DMARC_DIGEST_${name.replaceAll("-", "_").toUpperCase()}`;
}

/** Inputs from variables such as `DMARC_DIGEST_IMAP_PASSWORD`, which keep secrets out of the command line. */
export function variableInputs(environment: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  const given = names.map((name) => [name, environment[variableOf(name)]]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== ""));
}
