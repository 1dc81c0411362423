import { describe, expect, test } from 'vitest';
import type { ScanId } from '#base/index.ts';
import { type Contents, countingScans, differ, type PublishedScan } from './counting-scans.ts';

const same: Contents = { 'dpkg 2': 'curl 8', 'config 1': 'x' };
const other: Contents = { 'dpkg 2': 'nothing', 'config 1': 'x' };
const third: Contents = { 'dpkg 2': 'curl 9', 'config 1': 'x' };
/** By the release before: what dpkg 1 found can be compared with no scan of dpkg 2, what config 1 found can. */
const before: Contents = { 'dpkg 1': 'curl', 'config 1': 'x' };
const beforeOther: Contents = { 'dpkg 1': 'curl', 'config 1': 'y' };

type Reported = Partial<Omit<PublishedScan, 'scan'>>;

/** Scans in the order in which they were stored; their ids are the names that the case gives them. */
function scansOf(reported: Readonly<Record<string, Reported>>): readonly PublishedScan[] {
  return Object.entries(reported).map(([name, more], sequence) => ({
    scan: name as string as ScanId,
    sequence,
    publisher: name,
    proof: 'held',
    usable: true,
    analyzers: 'current',
    contents: same,
    carried: false,
    ...more,
  }));
}

function wordsOf(reported: Readonly<Record<string, Reported>>) {
  const { counting, silenced, differing } = countingScans(scansOf(reported));
  return {
    counts: counting.map(({ scan, rank, why }) => `${scan} ${rank} ${why}`),
    silent: silenced.map(({ scan, rank, why }) => `${scan} ${rank} ${why}`).toSorted(),
    differ: differing.map(({ scans, by }) => `${scans.join(' ')} ${by}`),
  };
}

const ci: Reported = { proof: 'published' };
const stranger: Reported = { proof: 'recorded' };
const older: Reported = { analyzers: 'older', contents: before };

describe('the table of which scan counts', () => {
  test.each<[string, Readonly<Record<string, Reported>>, Partial<ReturnType<typeof wordsOf>>]>([
    ['only CI, its origin is proven', { ci }, { counts: ['ci 1 current'], silent: [], differ: [] }],
    ['only CI, its origin is not proven', { ci: stranger }, { counts: [], silent: ['ci 0 recorded'], differ: [] }],
    [
      'CI, then a host with the same content',
      { ci, host: {} },
      { counts: ['host 2 current'], silent: ['ci 1 higher-rank'], differ: [] },
    ],
    [
      'CI, then a host with other content',
      { ci: { ...ci, contents: other }, host: {} },
      { counts: ['host 2 current'], silent: ['ci 1 higher-rank'], differ: ['host ci publishers'] },
    ],
    [
      'two hosts differ',
      { pier: {}, quay: { contents: other } },
      { counts: ['pier 2 current', 'quay 2 current'], silent: [], differ: ['pier quay publishers'] },
    ],
    ['two hosts agree', { pier: {}, quay: {} }, { counts: ['pier 2 current'], silent: ['quay 2 same-content'] }],
    ['a host of the release before, alone', { host: older }, { counts: ['host 2 older'], silent: [], differ: [] }],
    [
      'a host of the release before, CI is current',
      { ci: { ...ci, contents: other }, host: older },
      { counts: ['host 2 older', 'ci 1 current'], silent: [], differ: [] },
    ],
    [
      'a host of the release before, CI of the release before, a token besides that is recorded',
      { ci: { ...ci, ...older }, host: older, stranger },
      { counts: ['host 2 older', 'ci 1 older'], silent: ['stranger 0 recorded'] },
    ],
    [
      'a host of the release before, another host is current: nothing that can be compared differs',
      { old: older, host: { contents: other } },
      { counts: ['host 2 current'], silent: ['old 2 agrees'], differ: [] },
    ],
    [
      'a host of the release before, another host is current: they differ',
      { old: { ...older, contents: beforeOther }, host: {} },
      { counts: ['host 2 current', 'old 2 differs'], silent: [], differ: ['old host publishers'] },
    ],
    [
      'a host of the release before, another is current, and CI is current',
      { ci: { ...ci, contents: other }, old: older, host: {} },
      { counts: ['host 2 current'], silent: ['ci 1 higher-rank', 'old 2 agrees'], differ: ['host ci publishers'] },
    ],
    [
      'an analyzer is missing that its release has',
      { host: { analyzers: 'unusable' }, ci },
      { counts: ['ci 1 current'], silent: ['host 2 lacks-analyzers'], differ: [] },
    ],
    [
      'a corrupt disk',
      { host: { usable: false, contents: other }, ci },
      { counts: ['ci 1 current'], silent: ['host 2 not-read'], differ: [] },
    ],
    ['a corrupt disk, and nobody else', { host: { usable: false } }, { counts: [], silent: ['host 2 not-read'] }],
    [
      'a corrupt disk after a sound scan of the same host',
      { host: {}, again: { publisher: 'host', usable: false, contents: other } },
      { counts: ['host 2 current'], silent: ['again 2 not-read'], differ: [] },
    ],
    [
      'the console pulls: it settles',
      { pier: {}, quay: { contents: other }, ci: { ...ci, contents: other }, pull: { proof: 'proven' } },
      {
        counts: ['pull 3 current'],
        silent: ['ci 1 higher-rank', 'pier 2 higher-rank', 'quay 2 higher-rank'],
        differ: ['pull quay pull'],
      },
    ],
    [
      'the console pulled before its own release changed',
      { pull: { proof: 'proven', ...older }, host: {} },
      { counts: ['pull 3 older', 'host 2 current'], silent: [], differ: [] },
    ],
    [
      'the console pulls: differences of all others are settled',
      { pier: { contents: third }, quay: { contents: other }, pull: { proof: 'proven' } },
      { counts: ['pull 3 current'], differ: ['pull pier pull', 'pull quay pull'] },
    ],
    [
      'the console pulled before its own release changed: it settles nothing',
      {
        pull: { proof: 'proven', ...older, contents: { ...before, 'rpm 1': 'a' } },
        pier: {},
        quay: { contents: other },
      },
      { counts: ['pull 3 older', 'pier 2 current', 'quay 2 current'], differ: ['pier quay publishers'] },
    ],
    [
      'an older one that agrees with one of two that differ',
      { old: { ...older, contents: { 'config 1': 'x' } }, pier: {}, quay: { contents: beforeOther } },
      { counts: ['pier 2 current', 'quay 2 current', 'old 2 differs'] },
    ],
    [
      'the same content, told in another order',
      { pier: {}, quay: { contents: Object.fromEntries(Object.entries(same).toReversed()) } },
      { counts: ['pier 2 current'], silent: ['quay 2 same-content'] },
    ],
    [
      'a token is revoked: the next rank',
      { host: {}, ci: stranger },
      { counts: ['host 2 current'], silent: ['ci 0 recorded'] },
    ],
    [
      'an older scan is sent again, by older analyzers',
      { host: {}, again: { publisher: 'host', analyzers: 'older', contents: beforeOther } },
      { counts: ['host 2 current'], silent: ['again 2 older-analyzers'], differ: [] },
    ],
    [
      'an older scan is sent again, by the same analyzers',
      { host: {}, again: { publisher: 'host', contents: other }, quay: {} },
      { counts: ['again 2 current', 'quay 2 current'], silent: ['host 2 replaced'], differ: ['again quay publishers'] },
    ],
    [
      'a scan by newer analyzers replaces one by older',
      { old: { publisher: 'host', ...older }, host: {} },
      { counts: ['host 2 current'], silent: ['old 2 replaced'], differ: [] },
    ],
    [
      "two teams' tokens, one digest, the same content",
      { shop: ci, bank: ci },
      { counts: ['shop 1 current'], silent: ['bank 1 same-content'], differ: [] },
    ],
    [
      "two teams' tokens, one digest, other content",
      { shop: ci, bank: { ...ci, contents: other } },
      { counts: ['shop 1 current', 'bank 1 current'], differ: ['shop bank publishers'] },
    ],
    ['an agent is revoked: the environment has no verdict', { host: stranger }, { counts: [] }],
    ['a fault of one publisher says nothing of another', { a: { usable: false }, b: {} }, { counts: ['b 2 current'] }],
    ['nothing was published', {}, { counts: [], silent: [], differ: [] }],
  ])('%s', (_, reported, expected) => {
    expect(wordsOf(reported)).toMatchObject(expected);
  });
});

describe('what counted before scans were chosen by proof', () => {
  const carried: Reported = { ...stranger, carried: true };

  test.each<[string, Readonly<Record<string, Reported>>, Partial<ReturnType<typeof wordsOf>>]>([
    ['goes on', { ci: carried }, { counts: ['ci 0 carried'], silent: [] }],
    [
      'goes on with faults of reading and few analyzers',
      { ci: { ...carried, usable: false, analyzers: 'unusable' } },
      { counts: ['ci 0 carried'], silent: [] },
    ],
    [
      'goes on beside newer ones that are recorded',
      { ci: carried, again: { ...stranger, publisher: 'ci' } },
      { counts: ['ci 0 carried'], silent: ['again 0 recorded'] },
    ],
    [
      'goes on beside a host whose disk is corrupt',
      { ci: carried, host: { usable: false } },
      { counts: ['ci 0 carried'] },
    ],
    [
      'ends with the first usable scan of a rank',
      { ci: carried, host: older },
      { counts: ['host 2 older'], silent: ['ci 0 recorded'] },
    ],
    [
      'ends with the first scan of CI whose origin is proven',
      { ci: carried, shop: ci },
      { counts: ['shop 1 current'], silent: ['ci 0 recorded'] },
    ],
    [
      'counts by its own rank where it has one',
      { host: { carried: true } },
      { counts: ['host 2 current'], silent: [] },
    ],
    [
      'ends when its publisher is revoked',
      { ci: { ...carried, carried: false } },
      { counts: [], silent: ['ci 0 recorded'] },
    ],
  ])('%s', (_, reported, expected) => {
    expect(wordsOf(reported)).toMatchObject(expected);
  });
});

test('scans differ where an analyzer of one id and version found different things', () => {
  expect(differ(same, same)).toBe(false);
  expect(differ(same, other)).toBe(true);
  expect(differ({ 'dpkg 1': 'a' }, { 'dpkg 2': 'b' })).toBe(false);
  expect(differ({}, { 'dpkg 2': 'b' })).toBe(false);
});

test('at most eight contents of one image are compared', () => {
  const many = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [`h${at}`, { contents: { 'dpkg 2': `${at}` } }]),
  );
  expect(wordsOf(many).differ).toHaveLength(28);
  expect(wordsOf(many).counts).toHaveLength(20);
});
