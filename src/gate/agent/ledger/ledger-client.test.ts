import { createPrivateKey, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { silentLog } from '#base/index.ts';
import { issueAuthority, issueSigner, newKeyPair, privateKeyText } from '#link/certificates.ts';
import type { Ledger } from '#admission/contract.ts';
import { ledgerPurpose, signLedger, verifySignedLedger } from '#admission/index.ts';
import { openLedgerClient } from './ledger-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-book-'));
afterAll(() => rmSync(folder, { recursive: true }));

const day = 24 * 60 * 60_000;
const daysAgo = (days: number): Date => new Date(Date.now() - days * day);

/** A ledger of forty days ago, and of a key that held until thirty days ago. */
async function storedLedger(expiresAt: Date): Promise<{ readonly file: string; readonly authority: string }> {
  const [keys, authority] = [await newKeyPair(), await newKeyPair()];
  const whole = { from: daysAgo(90), to: daysAgo(-90) };
  const issuer = { key: authority.privateKey, certificate: await issueAuthority(authority, 'Harbour', whole) };
  const life = { from: daysAgo(60), to: daysAgo(30) };
  const certificate = await issueSigner(issuer, { key: keys.publicKey, ...ledgerPurpose, life });
  const key = createPrivateKey(privateKeyText(keys));
  const ledger: Ledger = {
    form: 1,
    host: 'pier-1',
    sequence: 7,
    issuedAt: daysAgo(40).toISOString(),
    expiresAt: expiresAt.toISOString(),
    entries: [],
    rules: [],
    collections: [],
  };
  const file = join(folder, `ledger-${expiresAt.getTime()}.json`);
  const signed = signLedger(ledger, { certificate, sign: (content: Buffer) => sign('sha256', content, key) });
  writeFileSync(file, JSON.stringify(signed));
  return { file, authority: issuer.certificate.toString() };
}

async function sequenceOf(expiresAt: Date, clock?: Date): Promise<number | undefined> {
  const { file, authority } = await storedLedger(expiresAt);
  if (clock !== undefined) vi.setSystemTime(clock);
  const book = openLedgerClient({
    ask: async () => Promise.reject(new Error('The console is away.')),
    verify: (signed, at) => verifySignedLedger(signed, [authority], at),
    host: 'pier-1',
    file,
    changed: () => undefined,
    refused: () => undefined,
    log: silentLog,
  });
  const sequence = book.ledger()?.sequence;
  await book.close();
  vi.useRealTimers();
  return sequence;
}

test('a stored ledger that ended still gives its rules when its key has gone', async () => {
  expect(await sequenceOf(daysAgo(39))).toBe(7);
});

test('one that has not ended is not believed by a key that has gone', async () => {
  expect(await sequenceOf(daysAgo(-1))).toBeUndefined();
});

test('one is kept under a clock that stands before it was made', async () => {
  expect(await sequenceOf(daysAgo(-1), daysAgo(440))).toBe(7);
});
