import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { rowText } from './canonical.ts';
import type { LogRow, SignedHead } from './log.ts';
import { leafHash, proofsOf, rootOf } from './merkle.ts';
import { headHash, isSignedBy, keyFingerprint, readPublicKey, signHead } from './sign-head.ts';
import { type LogExtract, openVerification, type ProvenLeaf } from './verify-log.ts';

const installation = 'b3a7';
const keys = generateKeyPairSync('ed25519');
const pem = ({ publicKey }: KeyPairKeyObjectResult): string =>
  publicKey.export({ type: 'spki', format: 'pem' }) as string;

const subjects = ['shop', 'cart', 'mail'] as const;
/** Rows of three subjects in turn, each naming the one before it of its subject. */
const rowAt = (at: number): LogRow => ({
  sequence: at + 1,
  observedAt: '2026-11-30T12:00:00.000Z',
  receivedAt: '2026-11-30T12:00:01.000Z',
  host: 'pier-1',
  kind: 'container',
  id: subjects[at % 3] ?? '',
  name: 'shop',
  change: at < 3 ? 'first' : 'changed',
  ...(at < 3 ? { status: 'f'.repeat(64), checks: 2 } : { check: 'CTR-001', from: 'pass', to: 'fail' }),
  facts: 'a'.repeat(64),
  silent: false,
  ...(at >= 3 && { before: at - 3 }),
});

const sizes = [4, 1, 7, 6];
const batches = sizes.map((size, at) => {
  const first = sizes.slice(0, at).reduce((sum, each) => sum + each, 0);
  return { batch: at + 1, first, texts: Array.from({ length: size }, (_, index) => rowText(rowAt(first + index))) };
});

function headsOf(
  signing: readonly KeyPairKeyObjectResult[] = [keys],
  all: typeof batches = batches,
): readonly SignedHead[] {
  const heads: SignedHead[] = [];
  for (const { batch, first, texts } of all) {
    const previous = heads.at(-1);
    const root = rootOf(texts.map(leafHash)).toString('hex');
    const at = `2026-11-30T12:0${batch}:00.000Z`;
    const head = {
      installation,
      batch,
      first,
      count: texts.length,
      root,
      previous: previous ? headHash(previous.head) : '',
      at,
    };
    heads.push(signHead(head, (signing[batch % signing.length] ?? keys).privateKey));
  }
  return heads;
}

const heads = headsOf();
const leaves: readonly ProvenLeaf[] = batches.flatMap(({ batch, texts }) => {
  const pathOf = proofsOf(texts.map(leafHash));
  return texts.map((text, position) => ({ text, proof: { batch, position, path: pathOf(position) } }));
});
const leafAt = (at: number): ProvenLeaf => leaves[at] ?? expect.unreachable();

interface Given extends Partial<LogExtract> {
  readonly leaves?: readonly ProvenLeaf[];
  readonly batches?: readonly (readonly [number, readonly string[]])[];
}

function verified(given: Given): ReturnType<ReturnType<typeof openVerification>['end']> {
  const verification = openVerification({ installation, keys: [pem(keys)], heads, ...given });
  for (const leaf of given.leaves ?? []) verification.leaf(leaf);
  for (const [batch, texts] of given.batches ?? []) verification.batch(batch, texts);
  return verification.end();
}
const faultsOf = (given: Given) => verified(given).faults;
const whole = batches.map(({ batch, texts }) => [batch, texts] as const);
const third = batches[2]?.texts ?? expect.unreachable();
const other = generateKeyPairSync('ed25519');

describe('an extract without fault', () => {
  it.each<[string, Given, number]>([
    ['heads alone', {}, 0],
    ['all leaves with proofs', { leaves }, 18],
    ['whole batches', { batches: whole }, 18],
    ['one subject', { leaves: leaves.filter(({ text }) => text.includes('"id":"cart"')) }, 6],
    [
      'a range of heads, and leaves that name what lies before it',
      { heads: heads.slice(2), leaves: leaves.slice(5) },
      13,
    ],
    ['a key of several', { keys: [pem(other), pem(keys)], leaves }, 18],
    ['heads of two keys that are trusted', { keys: [pem(other), pem(keys)], heads: headsOf([keys, other]) }, 0],
    ['no heads and no leaves', { heads: [] }, 0],
  ])('%s', (_, given, count) => expect(verified(given)).toEqual({ faults: [], leaves: count, more: 0 }));
});

describe('a fault of a head', () => {
  const changed = (at: number, change: object): readonly SignedHead[] =>
    heads.with(at, signHead({ ...(heads[at]?.head ?? expect.unreachable()), ...change }, keys.privateKey));
  it.each<[string, Given, ReturnType<typeof faultsOf>]>([
    ['signed by another', { heads: headsOf([other]) }, [1, 2, 3, 4].map((batch) => ({ kind: 'other-key', batch }))],
    [
      'one of them signed by another',
      { heads: heads.with(1, headsOf([other])[1] ?? expect.unreachable()) },
      [{ kind: 'other-key', batch: 2 }],
    ],
    [
      'changed after it was signed',
      {
        heads: heads.with(3, {
          ...(heads[3] ?? expect.unreachable()),
          head: { ...(heads[3]?.head ?? expect.unreachable()), at: '2020-01-01T00:00:00.000Z' },
        }),
      },
      [{ kind: 'other-key', batch: 4 }],
    ],
    [
      'a signature that is none',
      { heads: heads.with(3, { ...(heads[3] ?? expect.unreachable()), signature: '' }) },
      [{ kind: 'other-key', batch: 4 }],
    ],
    ['no key that is trusted', { keys: [], heads: heads.slice(0, 1) }, [{ kind: 'other-key', batch: 1 }]],
    ['missing', { heads: heads.toSpliced(1, 2) }, [{ kind: 'head-missing', batch: 2 }]],
    [
      'in another order',
      { heads: [heads[1], heads[0]].filter((head) => head !== undefined) },
      [{ kind: 'not-chained', batch: 1 }],
    ],
    [
      'twice',
      { heads: [heads[0], heads[0]].filter((head) => head !== undefined) },
      [{ kind: 'not-chained', batch: 1 }],
    ],
    [
      'signed anew with other leaves',
      { heads: changed(1, { root: '0'.repeat(64) }) },
      [{ kind: 'not-chained', batch: 3 }],
    ],
    ['another count', { heads: changed(3, { count: 0 }) }, [{ kind: 'not-chained', batch: 4 }]],
    ['another first', { heads: changed(3, { first: 13 }) }, [{ kind: 'not-chained', batch: 4 }]],
    [
      'a first one that follows another',
      { heads: changed(0, { previous: '0'.repeat(64) }).slice(0, 1) },
      [{ kind: 'not-chained', batch: 1 }],
    ],
    [
      'a first one that begins later',
      { heads: changed(0, { first: 3 }).slice(0, 1) },
      [{ kind: 'not-chained', batch: 1 }],
    ],
    [
      'a later one that claims to be the first',
      { heads: changed(2, { first: 0, previous: '' }).slice(2, 3) },
      [{ kind: 'not-chained', batch: 3 }],
    ],
    [
      'of another installation',
      { installation: 'c4', heads: heads.slice(0, 1) },
      [{ kind: 'other-installation', batch: 1, installation }],
    ],
  ])('%s', (_, given, faults) => expect(faultsOf(given)).toEqual(faults));
});

describe('a fault of a leaf', () => {
  const moved = (at: number, proof: object): ProvenLeaf => ({
    ...leafAt(at),
    proof: { ...leafAt(at).proof, ...proof },
  });
  it.each<[string, Given, ReturnType<typeof faultsOf>]>([
    [
      'changed',
      { leaves: leaves.with(6, { ...leafAt(6), text: leafAt(6).text.replace('"fail"', '"pass"') }).slice(0, 7) },
      [{ kind: 'changed', batch: 3, position: 1 }],
    ],
    ['no row', { leaves: [{ ...leafAt(0), text: 'x' }] }, [{ kind: 'changed', batch: 1, position: 0 }]],
    ['at another position', { leaves: [moved(0, { position: 1 })] }, [{ kind: 'changed', batch: 1, position: 1 }]],
    ['of another batch', { leaves: [moved(0, { batch: 2 })] }, [{ kind: 'changed', batch: 2, position: 0 }]],
    ['of a batch without head', { leaves: [moved(0, { batch: 9 })] }, [{ kind: 'head-missing', batch: 9 }]],
    [
      'two that changed places',
      { leaves: leaves.with(0, leafAt(1)).with(1, leafAt(0)) },
      [{ kind: 'reordered', batch: 1, position: 0 }],
    ],
    ['twice', { leaves: [leafAt(0), leafAt(0)] }, [{ kind: 'reordered', batch: 1, position: 0 }]],
    [
      'left out, of a subject whose later row is there',
      { leaves: leaves.toSpliced(7, 1) },
      [{ kind: 'left-out', batch: 3, position: 2 }],
    ],
    ['the first one left out', { leaves: leaves.slice(1) }, [{ kind: 'left-out', batch: 1, position: 0 }]],
    [
      'one of a whole batch changed',
      { batches: [[3, third.with(2, third[2]?.replace('"fail"', '"pass"') ?? '')]] },
      [{ kind: 'changed', batch: 3 }],
    ],
    ['one of a whole batch left out', { batches: [[3, third.slice(1)]] }, [{ kind: 'left-out', batch: 3 }]],
    ['the last of a whole batch left out', { batches: [[3, third.slice(0, -1)]] }, [{ kind: 'left-out', batch: 3 }]],
    [
      'one more in a whole batch',
      { batches: [[3, [...third, third[6]?.replace('"sequence":12', '"sequence":13') ?? '']]] },
      [{ kind: 'changed', batch: 3 }],
    ],
    [
      'two of a whole batch that changed places',
      { batches: [[3, third.with(1, third[2] ?? '').with(2, third[1] ?? '')]] },
      [{ kind: 'reordered', batch: 3, position: 2 }],
    ],
    [
      'a whole batch left out',
      { batches: whole.toSpliced(2, 1) },
      [5, 6, 7].map((at) => ({ kind: 'left-out', batch: 3, position: at + 4 - 5 })),
    ],
    ['a whole batch of no head', { batches: [[9, third]] }, [{ kind: 'head-missing', batch: 9 }]],
  ])('%s', (_, given, faults) => expect(faultsOf(given)).toEqual(faults));

  it('is told for the leaf that has it', () => {
    const verification = openVerification({ installation, keys: [pem(keys)], heads });
    expect(verification.leaf(leafAt(0))).toBe(true);
    expect(verification.leaf({ ...leafAt(1), text: leafAt(2).text })).toBe(false);
    expect(verification.leaf(leafAt(2))).toBe(true);
    expect(verification.batch(3, third)).toBe(false);
  });

  it('is counted beyond the first thousand', () => {
    const { faults, more } = verified({ leaves: Array.from({ length: 1003 }, () => moved(0, { batch: 9 })) });
    expect([faults.length, more]).toEqual([1000, 3]);
  });
});

describe('keys', () => {
  it('have a fingerprint, and are Ed25519', () => {
    expect(keyFingerprint(pem(keys))).toMatch(/^[0-9a-f]{64}$/);
    expect(keyFingerprint(pem(keys))).not.toBe(keyFingerprint(pem(other)));
    const rsa = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(() => readPublicKey(pem(rsa))).toThrow('not ed25519');
    expect(isSignedBy(heads[0] ?? expect.unreachable(), other.publicKey)).toBe(false);
  });
});

describe('the canonical text of a row', () => {
  it('depends on what is in the row, not on how it was made', () => {
    const { sequence, ...rest } = rowAt(4);
    expect(rowText({ ...rest, sequence })).toBe(rowText(rowAt(4)));
    expect(rowText(rowAt(0))).toBe(
      `{"sequence":1,"observedAt":"2026-11-30T12:00:00.000Z","receivedAt":"2026-11-30T12:00:01.000Z","host":"pier-1","kind":"container","id":"shop","name":"shop","change":"first","status":"${'f'.repeat(64)}","checks":2,"facts":"${'a'.repeat(64)}","silent":false}`,
    );
    expect(rowText({ ...rowAt(0), name: 'a\nb' })).not.toContain('\n');
  });
});
