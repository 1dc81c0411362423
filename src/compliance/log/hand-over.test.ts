import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { followHandOvers, type SignedHandOver, signHandOver } from './hand-over.ts';
import { keyFingerprint } from './sign-head.ts';

const made = Array.from({ length: 4 }, () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { pem, fingerprint: keyFingerprint(pem), privateKey };
});
const [one, two, three, thief] = made as [Key, Key, Key, Key];
type Key = (typeof made)[number];

const handOver = (from: Key, to: Key, signers: { readonly from?: Key; readonly to?: Key } = {}): SignedHandOver =>
  signHandOver(
    { installation: 'i', from: from.fingerprint, to: to.fingerprint, at: '2026-11-30T12:00:00.000Z' },
    { from: (signers.from ?? from).privateKey, to: (signers.to ?? to).privateKey },
  );
const followed = (which: 'signers' | 'all', given: Key, handOvers: readonly SignedHandOver[]): readonly string[] =>
  followHandOvers([given.fingerprint], { keys: ['no key', ...made.map(({ pem }) => pem)], handOvers })
    [which].map(
      (fingerprint) => ['one', 'two', 'three', 'thief'][made.findIndex((key) => key.fingerprint === fingerprint)] ?? '',
    )
    .toSorted();

describe('hand-overs of the evidence key', () => {
  const honest = [handOver(two, three), handOver(one, two)];
  const cases: Readonly<Record<string, readonly [Key, readonly SignedHandOver[], readonly string[]]>> = {
    none: [one, [], ['one']],
    'from the first to the last': [one, honest, ['one', 'three', 'two']],
    'none back to a key that may be stolen': [three, honest, ['three']],
    'none for another key': [thief, honest, ['thief']],
    'one that the key before did not sign': [one, [handOver(one, thief, { from: thief })], ['one']],
    'one that the key after did not sign': [thief, [handOver(one, thief, { to: one })], ['thief']],
    'one whose statement was changed': [
      one,
      honest.map((own) => ({ ...own, statement: `${own.statement} ` })),
      ['one'],
    ],
    'one that is nothing': [
      one,
      ['null', '{', '{}', '3'].map((statement) => ({ statement, from: '', to: '' })),
      ['one'],
    ],
  };
  test.each(Object.keys(cases))('are followed: %s', (name) => {
    const [given, handOvers, names] = cases[name] ?? expect.unreachable();
    expect(followed('signers', given, handOvers)).toEqual(names);
  });

  test('lead back for heads alone', () => {
    expect(followed('all', three, honest)).toEqual(['one', 'three', 'two']);
    expect(followed('all', thief, honest)).toEqual(['thief']);
  });

  test('name no key that is not there', () => {
    const handOvers = [handOver(one, two)];
    expect(followHandOvers([one.fingerprint], { keys: [one.pem], handOvers }).all).toEqual([one.fingerprint]);
  });
});
