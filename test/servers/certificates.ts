import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "./starter/run.ts";

/** Paths of the PEM files of a server. */
export interface ServerCertificate {
  certFile: string;
  keyFile: string;
}

/** A certification authority made for a test. */
export interface Authority {
  /** Path of its certificate, for `NODE_EXTRA_CA_CERTS`. */
  caFile: string;
  /**
   * Makes a certificate for a server.
   *
   * @param names - Subject alternative names as OpenSSL writes them: `DNS:localhost`, `IP:127.0.0.1`.
   * @param validity - The time it is valid; by default from now for two days.
   */
  sign(names: string[], validity?: { from: Date; to: Date }): ServerCertificate;
}

/**
 * Makes a certification authority in an empty folder, by the `openssl` command.
 *
 * @throws when there is no `openssl`.
 */
export function makeAuthority(folder: string): Authority {
  mkdirSync(folder, { recursive: true });
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => runProgram("openssl", args, { cwd: folder });
  // OpenSSL's `ca` is the one command that takes both ends of the validity in all versions; it wants files to keep its books in.
  writeFileSync(path("index.txt"), "");
  writeFileSync(path("serial"), "01\n");
  writeFileSync(path("openssl.cnf"), authorityConfig(folder));
  openssl(
    ...key("ca.key"),
    "-x509",
    "-out",
    "ca.pem",
    "-days",
    "3650",
    "-subj",
    "/CN=Test authority",
    "-config",
    "openssl.cnf",
  );
  let count = 0;
  return {
    caFile: path("ca.pem"),
    sign(names, validity = { from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 2 * 86_400_000) }) {
      const name = `server${++count}`;
      writeFileSync(path(`${name}.ext`), `subjectAltName=${names.join(",")}\nextendedKeyUsage=serverAuth\n`);
      openssl(...key(`${name}.key`), "-out", `${name}.csr`, "-subj", `/CN=${name}`, "-config", "openssl.cnf");
      const dates = ["-startdate", formatAsn1Time(validity.from), "-enddate", formatAsn1Time(validity.to)];
      const files = ["-in", `${name}.csr`, "-out", `${name}.pem`, "-extfile", `${name}.ext`];
      openssl("ca", "-batch", "-notext", "-config", "openssl.cnf", ...dates, ...files);
      return { certFile: path(`${name}.pem`), keyFile: path(`${name}.key`) };
    },
  };
}

function key(file: string): string[] {
  return ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file];
}

function authorityConfig(folder: string): string {
  return `[ca]
default_ca = test
[test]
database = ${folder}/index.txt
serial = ${folder}/serial
new_certs_dir = ${folder}
certificate = ${folder}/ca.pem
private_key = ${folder}/ca.key
default_md = sha256
policy = policy
unique_subject = no
[policy]
commonName = supplied
[req]
distinguished_name = name
x509_extensions = authority
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
`;
}

/** `YYYYMMDDHHMMSSZ` */
function formatAsn1Time(date: Date): string {
  return `${date.toISOString().replace(/\D/g, "").slice(0, 14)}Z`;
}
