import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A key and its certificate, as PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** Whom a certificate names, and when it is good. */
export interface CertOptions {
  readonly cn?: string;
  /** The subject in OpenSSL's form: `/O=Acme/CN=alice`. */
  readonly subject?: string;
  /** In OpenSSL's form: `DNS:a,URI:spiffe://b`. */
  readonly san?: string;
  /** As `[not_before, not_after]` in `YYYYMMDDHHMMSSZ`; good for a year from now on where it is left out. */
  readonly dates?: readonly [string, string];
}

/** A certificate authority of a test, by the command openssl. */
export interface TestAuthority extends KeyPair {
  issue(options?: CertOptions): KeyPair;
}

/** Why tests with certificates are skipped; false where there is openssl. */
export const noOpenssl: string | false = hasOpenssl() ? false : "no command openssl";

function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Makes an authority, whose files go with the test. */
export function testAuthority(t: TestContext, cn = "test authority"): TestAuthority {
  const folder = mkdtempSync(join(tmpdir(), "fastify-grpc-certs-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  };
  const text = (name: string): string => readFileSync(path(name), "utf8");
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    ...["req", "-x509", ...newKey, "-keyout", path("ca.key"), "-out", path("ca.crt")],
    ...["-days", "365", "-subj", `/CN=${cn}`, "-utf8"],
  );
  let serial = 0;
  return {
    key: text("ca.key"),
    cert: text("ca.crt"),
    issue({ cn = "localhost", subject = `/CN=${cn}`, san, dates } = {}) {
      serial += 1;
      const name = `c${serial}`;
      writeFileSync(path(`${name}.ext`), san === undefined ? "\n" : `subjectAltName=${san}\n`);
      openssl(
        ...["req", ...newKey, "-keyout", path(`${name}.key`), "-out", path(`${name}.csr`)],
        ...["-subj", subject, "-utf8"],
      );
      writeFileSync(path("index.txt"), "");
      writeFileSync(path("ca.cnf"), authorityConfig(folder));
      const validity =
        dates === undefined ? ["-days", "365"] : ["-startdate", dates[0], "-enddate", dates[1]];
      openssl(
        ...["ca", "-batch", "-config", path("ca.cnf"), "-in", path(`${name}.csr`), "-notext"],
        ...["-out", path(`${name}.crt`), "-extfile", path(`${name}.ext`)],
        ...["-utf8", ...validity],
      );
      return { key: text(`${name}.key`), cert: text(`${name}.crt`) };
    },
  };
}

function authorityConfig(folder: string): string {
  return `[ca]
default_ca = d
[d]
database = ${folder}/index.txt
new_certs_dir = ${folder}
certificate = ${folder}/ca.crt
private_key = ${folder}/ca.key
default_md = sha256
policy = p
unique_subject = no
rand_serial = yes
[p]
countryName = optional
organizationName = optional
commonName = optional
`;
}
