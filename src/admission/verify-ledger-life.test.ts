// First: the library below needs it.
import 'reflect-metadata';
import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { issueAuthority, issueSigner, type Issuer, newKeyPair, privateKeyText } from '#link/certificates.ts';
import type { Ledger, SignedLedger } from './contract.ts';
import { ledgerPurpose, signLedger, verifySignedLedger } from './index.ts';

/** Certificates tell time in seconds. */
const second = 1000;
const base = Date.parse('2026-11-24T12:00:00Z');
const at = (seconds: number): Date => new Date(base + seconds * second);
const ledger: Ledger = {
  form: 1,
  host: 'pier-1',
  sequence: 7,
  issuedAt: at(0).toISOString(),
  expiresAt: at(86_400).toISOString(),
  entries: [],
  rules: [],
  collections: [],
};
interface Life {
  readonly from: number;
  readonly to: number;
}

/** An authority, and a ledger that a key certified by it signed. */
async function made(
  authority: Life,
  key: Life,
): Promise<{ readonly authority: string; readonly signed: SignedLedger }> {
  const [own, keys] = [await newKeyPair(), await newKeyPair()];
  const lifeOf = ({ from, to }: Life) => ({ from: at(from), to: at(to) });
  const certificate = await issueAuthority(own, 'Seawall link', lifeOf(authority));
  const issuer: Issuer = { key: own.privateKey, certificate };
  const signer = await issueSigner(issuer, { key: keys.publicKey, ...ledgerPurpose, life: lifeOf(key) });
  const privateKey = createPrivateKey(privateKeyText(keys));
  const signed = signLedger(ledger, { certificate: signer, sign: (content) => sign('sha256', content, privateKey) });
  return { authority: certificate, signed };
}

/** Whether the ledger is taken at this moment, else why not. */
function taken(signed: SignedLedger, pinned: readonly string[], seconds: number): string {
  try {
    return verifySignedLedger(signed, pinned, at(seconds)).host === 'pier-1' ? 'taken' : 'another';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What the certificate says: its beginning may be set a little earlier than was asked. */
function lifeIn(certificate: string): Life {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  const seconds = (date: Date): number => (date.getTime() - base) / second;
  return { from: seconds(validFromDate), to: seconds(validToDate) };
}

/** Just before the beginning, at it, within, and just before and at the end. */
const moments = ({ from, to }: Life): readonly number[] => [from - 1, from, from + 1, to - 1, to, to + 1];
const within = ({ from, to }: Life, seconds: number): boolean => from <= seconds && seconds < to;

describe('the life of what signed a ledger', () => {
  /** Of the authority and of the key. */
  const lives: readonly (readonly [authority: Life, key: Life])[] = [
    [
      { from: 0, to: 5000 },
      { from: 1000, to: 3000 },
    ],
    [
      { from: 0, to: 2000 },
      { from: 1000, to: 9000 },
    ],
    [
      { from: 2000, to: 9000 },
      { from: 0, to: 5000 },
    ],
    [
      { from: 0, to: 1000 },
      { from: 2000, to: 3000 },
    ],
  ];

  it.each(lives)('authority %o and key %o: both have to hold at the moment', async (authority, key) => {
    const { authority: pinned, signed } = await made(authority, key);
    const [real, realKey] = [lifeIn(pinned), lifeIn(signed.certificate)];
    for (const seconds of [...moments(real), ...moments(realKey)]) {
      const holds = within(real, seconds) && within(realKey, seconds);
      expect(taken(signed, [pinned], seconds) === 'taken', `at ${seconds}`).toBe(holds);
    }
  });

  let ended: Awaited<ReturnType<typeof made>>;
  let living: Awaited<ReturnType<typeof made>>;
  beforeAll(async () => {
    ended = await made({ from: -5000, to: -10 }, { from: -5000, to: 5000 });
    living = await made({ from: -5000, to: 5000 }, { from: -5000, to: 5000 });
  });

  it('an authority that ended is not made up for by another that holds', () => {
    expect(taken(ended.signed, [ended.authority, living.authority], 0)).toContain(
      'no authority that this agent pinned',
    );
    expect(taken(living.signed, [ended.authority], 0)).toContain('no authority that this agent pinned');
    expect(taken(living.signed, [ended.authority, living.authority], 0)).toBe('taken');
    expect(taken(living.signed, [`${ended.authority}\n${living.authority}`], 0)).toBe('taken');
  });

  it('a certificate that is pinned itself is no authority', () => {
    expect(taken(living.signed, [living.signed.certificate], 0)).toContain('no authority that this agent pinned');
  });
});

describe('a certificate that is almost one for ledgers', () => {
  const life = { notBefore: at(-5000), notAfter: at(5000) };
  const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const name = 'CN=Seawall link';
  const other = '1.3.6.1.5.5.7.3.2';
  const keysOf = async () => ({ authority: await newKeyPair(), signer: await newKeyPair() });
  type Keys = Awaited<ReturnType<typeof keysOf>>;

  const selfSigned = async ({ authority }: Keys, as: string, extensions: Extension[]) =>
    (
      await X509CertificateGenerator.createSelfSigned({
        ...life,
        name: as,
        keys: authority,
        signingAlgorithm,
        extensions,
      })
    ).toString('pem');
  const certified = async ({ authority, signer }: Keys, extensions: Extension[]) =>
    (
      await X509CertificateGenerator.create({
        ...life,
        subject: 'CN=admission-ledger',
        issuer: name,
        publicKey: signer.publicKey,
        signingKey: authority.privateKey,
        signingAlgorithm,
        extensions,
      })
    ).toString('pem');
  const signedBy = ({ signer }: Keys, certificate: string): SignedLedger => {
    const key = createPrivateKey(privateKeyText(signer));
    return signLedger(ledger, { certificate, sign: (content) => sign('sha256', content, key) });
  };
  const authorityOf = [new BasicConstraintsExtension(true, 0, true)];
  const forLedgers = [new ExtendedKeyUsageExtension([ledgerPurpose.usage], true)];

  it('is taken when it is one', async () => {
    const keys = await keysOf();
    const signed = signedBy(keys, await certified(keys, forLedgers));
    expect(taken(signed, [await selfSigned(keys, name, authorityOf)], 0)).toBe('taken');
  });

  it('is refused from a pinned certificate that is no authority, and from one of another name with the same key', async () => {
    const keys = await keysOf();
    const signed = signedBy(keys, await certified(keys, forLedgers));
    for (const pinned of [await selfSigned(keys, name, []), await selfSigned(keys, 'CN=Another', authorityOf)])
      expect(taken(signed, [pinned], 0)).toContain('no authority that this agent pinned');
  });

  it.each([
    ['is an authority too', [...forLedgers, new BasicConstraintsExtension(true, 0, true)]],
    ['is for something else too', [new ExtendedKeyUsageExtension([ledgerPurpose.usage, other], true)]],
    ['is for something else first', [new ExtendedKeyUsageExtension([other, ledgerPurpose.usage], true)]],
    ['is for something else', [new ExtendedKeyUsageExtension([other], true)]],
    ['is for nothing', []],
  ])('is refused when it %s', async (_, extensions) => {
    const keys = await keysOf();
    const signed = signedBy(keys, await certified(keys, extensions));
    expect(taken(signed, [await selfSigned(keys, name, authorityOf)], 0)).toContain('is not one for ledgers');
  });
});
