import 'reflect-metadata';
import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  Pkcs10CertificateRequestGenerator,
  type PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { AppError } from '#base/index.ts';

/** Certificates (RFC 5280) and requests for them (PKCS #10, RFC 2986), all of ECDSA keys on the curve P-256. */

export type KeyPair = webcrypto.CryptoKeyPair;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** Certificates hold from a day before they are made, for hosts whose clock is behind. */
export const backdate = 24 * 60 * 60_000;

/** From when to when a certificate holds. */
export interface Life {
  readonly from: Date;
  readonly to: Date;
}

/** Who signs: the key of an authority, and its certificate as PEM. */
export interface Issuer {
  readonly key: webcrypto.CryptoKey;
  readonly certificate: string;
}

export async function newKeyPair(): Promise<KeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

/** PKCS #8, PEM. */
export function privateKeyText({ privateKey }: KeyPair): string {
  return String(KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' }));
}

/** PKCS #8, DER. */
export function privateKeyBytes({ privateKey }: KeyPair): Buffer {
  return KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'der' });
}

export async function signingKeyOf(bytes: Buffer): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']);
}

/** A request that proves that its sender holds the key. It names nothing: the console decides what the key is called. */
export async function makeRequest(keys: KeyPair): Promise<string> {
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=agent',
    keys: keys,
    signingAlgorithm: algorithm,
  });
  return request.toString('pem');
}

/** The key of a request, and nothing else of it. Throws `AppError` `bad-request` for a wrong signature or kind of key. */
export async function keyOfRequest(text: string): Promise<PublicKey> {
  const request = await readRequest(text).catch((cause: unknown) => {
    throw new AppError('bad-request', 'csr: is not a certificate request that can be read.', { cause });
  });
  if (request === undefined) throw new AppError('bad-request', 'csr: is not signed by its own key on the curve P-256.');
  return request.publicKey;
}

async function readRequest(text: string): Promise<Pkcs10CertificateRequest | undefined> {
  const request = new Pkcs10CertificateRequest(text);
  const { name, namedCurve } = request.publicKey.algorithm as { readonly name: string; readonly namedCurve?: string };
  if (name !== algorithm.name || namedCurve !== algorithm.namedCurve) return undefined;
  return (await request.verify()) ? request : undefined;
}

/** A certificate that signs others; `name` tells several of one console apart. */
export async function issueAuthority(keys: KeyPair, name: string, life: Life): Promise<string> {
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...common(life),
    name: [{ CN: [name] }],
    keys: keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return certificate.toString('pem');
}

/** For a console, under all names that it is asked by. */
export async function issueServer(
  issuer: Issuer,
  { keys, names, life }: { readonly keys: KeyPair; readonly names: readonly string[]; readonly life: Life },
): Promise<string> {
  return issue(issuer, {
    key: keys.publicKey,
    name: names[0] ?? '',
    usage: ExtendedKeyUsage.serverAuth,
    alternatives: names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
    life,
  });
}

/** For an agent, whose id stands in it as `urn:seawall:agent:UUID`. */
export async function issueAgent(
  issuer: Issuer,
  { key, agent, life }: { readonly key: PublicKey; readonly agent: string; readonly life: Life },
): Promise<string> {
  return issue(issuer, {
    key,
    name: agent,
    usage: ExtendedKeyUsage.clientAuth,
    alternatives: [{ type: 'url', value: `urn:seawall:agent:${agent}` }],
    life,
  });
}

/** For a key of the console that signs content. `usage` is an OID of its own, which no other certificate carries. */
export async function issueSigner(
  issuer: Issuer,
  {
    key,
    name,
    usage,
    life,
  }: { readonly key: webcrypto.CryptoKey; readonly name: string; readonly usage: string; readonly life: Life },
): Promise<string> {
  return issue(issuer, { key, name, usage, alternatives: [{ type: 'url', value: `urn:seawall:${name}` }], life });
}

interface Wanted {
  readonly key: PublicKey | webcrypto.CryptoKey;
  readonly name: string;
  /** OID. */
  readonly usage: string;
  readonly alternatives: JsonGeneralNames;
  readonly life: Life;
}

async function issue(issuer: Issuer, { key, name, usage, alternatives, life }: Wanted): Promise<string> {
  const certificate = await X509CertificateGenerator.create({
    ...common(life),
    subject: [{ CN: [name] }],
    issuer: new X509Certificate(issuer.certificate).subjectName,
    publicKey: key,
    signingKey: issuer.key,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([usage], true),
      new SubjectAlternativeNameExtension(alternatives),
    ],
  });
  return certificate.toString('pem');
}

function common({ from, to }: Life) {
  return {
    serialNumber: serialNumber(),
    notBefore: new Date(from.getTime() - backdate),
    notAfter: to,
    signingAlgorithm: algorithm,
  };
}

/** Positive, 127 random bits, never starting with a zero byte. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
