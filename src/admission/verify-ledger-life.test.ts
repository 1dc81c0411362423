import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
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
