export {
  isFailedBy,
  resultOf,
  type TlsFigures,
  type TlsHost,
  type TlsResult,
  type TlsWindowLine,
  tlsHosts,
  tlsOn,
  tlsResults,
  tlsSubject,
} from "./sessions.ts";
export { makeTlsRules } from "./tls-rules.ts";
