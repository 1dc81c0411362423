import { describe, expect, it } from 'vitest';
import type { ImageDigest } from '#base/index.ts';
import type { Ledger, LedgerEntry } from './contract.ts';
import { type Answer, type BreakGlass, decide } from './decide.ts';

const now = new Date('2026-11-24T12:00:00.000Z');
const at = (milliseconds: number): Date => new Date(now.getTime() + milliseconds);
/** An end that lies just ahead, is reached at this moment, and lies just behind. */
const ends = { ahead: 1, reached: 0, behind: -1 } as const;
type End = keyof typeof ends;
const allEnds = Object.keys(ends) as readonly End[];

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}` as ImageDigest;
const [config, manifest, index, other] = ['a', 'b', 'c', 'd'].map(digestOf) as [
  ImageDigest,
  ImageDigest,
  ImageDigest,
  ImageDigest,
];

const entryOf = (more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  digest: config,
  aliases: [manifest, index],
  answer: 'deny',
  effect: 'block',
  cause: 'verdict',
  evidence: [],
  reason: 'for a reason',
  expiresAt: at(1).toISOString(),
  ...more,
});
const ledgerOf = (entries: readonly LedgerEntry[], end: End = 'ahead'): Ledger => ({
  form: 1,
  host: 'pier-1',
  sequence: 7,
  issuedAt: at(-1000).toISOString(),
  expiresAt: at(ends[end]).toISOString(),
  entries,
  rules: [],
  collections: [],
});
const glassOf = (digest: string, end: End): BreakGlass => ({ digest, until: at(ends[end]) });

/** Every start: what it names, the ledger and its end, the entry, its cause and end, and a broken glass. */
interface Case {
  readonly asked: 'config' | 'manifest' | 'index' | 'other';
  readonly ledger: 'none' | End;
  readonly entry: 'none' | End;
  readonly cause: LedgerEntry['cause'];
  readonly glass: 'none' | 'config' | 'manifest' | 'index' | 'other';
  readonly glassEnd: End;
}

const digests = { config, manifest, index, other };
const causes: readonly LedgerEntry['cause'][] = ['verdict', 'own-image'];
const cases: readonly Case[] = (['config', 'manifest', 'index', 'other'] as const).flatMap((asked) =>
  (['none', ...allEnds] as const).flatMap((ledger) =>
    (['none', ...allEnds] as const).flatMap((entry) =>
      causes.flatMap((cause) =>
        (['none', 'config', 'manifest', 'index', 'other'] as const).flatMap((glass) =>
          allEnds.map((glassEnd) => ({ asked, ledger, entry, cause, glass, glassEnd })),
        ),
      ),
    ),
  ),
);

/** What the table of the design says, read line by line. */
function wanted({ asked, ledger, entry, cause, glass, glassEnd }: Case): string {
  const known = ledger !== 'none' && entry !== 'none' && asked !== 'other';
  const sameImage = known ? glass !== 'other' : glass === asked;
  if (glass !== 'none' && sameImage && glassEnd === 'ahead') return known ? 'break-glass of the config' : 'break-glass';
  if (ledger === 'none') return 'no-ledger';
  if (ledger !== 'ahead' && !(known && cause === 'own-image')) return 'ledger-expired';
  if (!known) return 'no-entry';
  return entry === 'ahead' ? 'known' : 'entry-expired';
}

function said(answer: Answer): string {
  switch (answer.kind) {
    case 'known':
      return 'known';
    case 'break-glass':
      return answer.digest === undefined
        ? 'break-glass'
        : `break-glass of the ${answer.digest === config ? 'config' : '?'}`;
    case 'unknown':
      return answer.why;
  }
}

describe('what the ledger says about a start', () => {
  it('is what the table says, in every case', () => {
    expect(cases).toHaveLength(4 * 4 * 4 * 2 * 5 * 3);
    for (const one of cases) {
      const entries =
        one.entry === 'none' ? [] : [entryOf({ cause: one.cause, expiresAt: at(ends[one.entry]).toISOString() })];
      const answer = decide(
        { digest: digests[one.asked] },
        {
          ledger: one.ledger === 'none' ? undefined : ledgerOf(entries, one.ledger),
          breakGlass: one.glass === 'none' ? [] : [glassOf(digests[one.glass], one.glassEnd)],
          now,
        },
      );
      expect(said(answer), JSON.stringify(one)).toBe(wanted(one));
    }
  });

  it.each([
    ['prod', 'prod', 'known'],
    ['prod', 'test', 'no-entry'],
    ['prod', undefined, 'no-entry'],
    [undefined, 'prod', 'no-entry'],
    [undefined, undefined, 'known'],
  ])('of an entry for %s and a host in %s is %s', (environment, here, expected) => {
    const entry = entryOf(environment === undefined ? {} : { environment });
    const request = { digest: config, ...(here === undefined ? {} : { environment: here }) };
    const ledgerState = { ledger: ledgerOf([entry]), breakGlass: [], now };
    expect(said(decide(request, ledgerState))).toBe(expected);
  });

  it('is the first of two entries for one name, whichever it is', () => {
    const [first, second] = [
      entryOf({ reason: 'first' }),
      entryOf({ digest: other, aliases: [manifest], reason: 'second' }),
    ];
    for (const entries of [
      [first, second],
      [second, first],
    ]) {
      const answer = decide({ digest: manifest }, { ledger: ledgerOf(entries), breakGlass: [], now });
      expect(answer).toMatchObject({ kind: 'known', entry: { reason: entries[0]?.reason } });
    }
  });

  it('is the first glass that still holds, with its end', () => {
    const breakGlass = [
      glassOf(config, 'behind'),
      { digest: manifest, until: at(5) },
      { digest: config, until: at(9) },
    ];
    expect(decide({ digest: config }, { ledger: ledgerOf([entryOf()]), breakGlass, now })).toEqual({
      kind: 'break-glass',
      digest: config,
      until: at(5),
    });
    expect(decide({ digest: other }, { ledger: ledgerOf([entryOf()]), breakGlass, now })).toMatchObject({
      why: 'no-entry',
    });
  });
});
