import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as x509 from '@peculiar/x509';
import type { Certificates } from './sandbox';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
const LIFETIME_DAYS = 365;
const CA_NAME = 'CN=Bitrix24 sandbox on this computer';

/**
 * Makes a certificate authority and a certificate of it for these names, and writes the authority's certificate to a
 * file for clients to trust. Both private keys stay in memory, so that nobody can make further certificates with an
 * authority that somebody trusts.
 * @param names host names and IP addresses
 * @param caFile where to write; by default into a new temporary folder, which `dispose` removes
 * @throws Error if `caFile` is something else than the certificate of an earlier sandbox
 */
export async function makeCertificates(
  names: readonly string[],
  caFile?: string,
): Promise<Certificates> {
  const { ca, key, cert } = await makeChain(names);
  const folder =
    caFile === undefined ? await mkdtemp(path.join(tmpdir(), 'bitrix24-sandbox-')) : null;
  const file = path.resolve(caFile ?? path.join(folder ?? '', 'ca.pem'));
  if (!(await mayWrite(file))) {
    throw new Error(`${file} exists and is not a sandbox's certificate. Choose another file.`);
  }
  await writeFile(file, ca);
  return {
    key,
    cert,
    caFile: file,
    dispose: async () => {
      if (folder !== null) {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Lets a file be replaced only if an earlier sandbox wrote it, so that a slip cannot destroy a computer's own bundle. */
async function mayWrite(file: string): Promise<boolean> {
  const present = await readFile(file).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return null;
    }
    throw error;
  });
  if (present === null) {
    return true;
  }
  try {
    const isOne = present.toString('latin1').split('-----BEGIN ').length === 2;
    return isOne && new X509Certificate(present).subject === CA_NAME;
  } catch {
    return false;
  }
}

/** Makes the chain as PEM. Newer OpenSSL refuses chains without the two key identifiers, as RFC 5280 section 4.2.1 does. */
async function makeChain(names: readonly string[]) {
  const caKeys = await makeKeys();
  const leafKeys = await makeKeys();
  const notBefore = new Date(Date.now() - DAY_MS);
  const dates = { notBefore, notAfter: new Date(notBefore.getTime() + LIFETIME_DAYS * DAY_MS) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...dates,
    name: CA_NAME,
    keys: caKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const leaf = await x509.X509CertificateGenerator.create({
    ...dates,
    subject: 'CN=Bitrix24 sandbox',
    issuer: ca.subject,
    publicKey: leafKeys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({
          type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const),
          value,
        })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(leafKeys.publicKey),
    ],
  });
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', leafKeys.privateKey));
  return {
    ca: `${ca.toString('pem')}\n`,
    key: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
      .export({ format: 'pem', type: 'pkcs8' })
      .toString(),
    cert: leaf.toString('pem'),
  };
}

function makeKeys() {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}
