import { describe, expect, test } from 'vitest';
import type { Fact, Entry } from './contract.ts';
import { entryKeyOf } from './entry-key.ts';
import { learn } from './learn.ts';
import { recheckEntry, settleClaim } from './recheck-entry.ts';
import { codeSighting, execSighting, hour } from './testing.ts';
import { emptyEvidence } from './evidence.ts';

const none = { base: 0, old: false };
const terms = {
  programs: new Set(['/serve', '/bin/date', '/bin/sh', '/usr/bin/nc']),
  neverLearn: [],
  entrypoint: ['/serve'],
};
const unscanned = { neverLearn: [], entrypoint: ['/serve'] };

function entry(fact: Fact, more: Partial<Entry> = {}): Entry {
  const said = { class: 'benign', state: 'confirmed', source: 'static' } as const;
  return { key: entryKeyOf(fact), fact, ...said, boot: none, run: none, days: [], ...more };
}

const process = (path: string, more: object = {}): Fact => ({ dimension: 'process', path, caller: '/serve', ...more });
const first = (path: string): Fact => ({ dimension: 'process', path });

describe('what the console makes of a reported entry', () => {
  test.each<[string, Fact, string, string, string]>([
    ['a program of the image', process('/bin/date'), 'benign', 'confirmed', 'learned'],
    [
      'a shell that the application starts',
      process('/bin/sh', { shape: 'sh -c' }),
      'notable',
      'unconfirmed',
      'learned',
    ],
    ['the first program', first('/serve'), 'benign', 'confirmed', 'static'],
    ['an interpreter of the first program', first('/bin/sh'), 'benign', 'confirmed', 'static'],
    ['a file of the engine', first('/sbin/docker-init'), 'benign', 'confirmed', 'static'],
    ['a tool as first program of another entrypoint', first('/usr/bin/nc'), 'forbidden', 'review', 'learned'],
    ['a tool', process('/usr/bin/nc'), 'forbidden', 'review', 'learned'],
    ['a file that the scan has not', process('/opt/app'), 'forbidden', 'review', 'learned'],
    ['a first program that the scan has not', first('/opt/serve'), 'forbidden', 'review', 'learned'],
    ['a dropped file', process('/tmp/x', { origin: 'upper' }), 'forbidden', 'review', 'learned'],
    ['a health check', process('/usr/bin/nc', { session: 'health-check' }), 'benign', 'confirmed', 'static'],
    ['a session', process('/bin/date', { session: 'exec' }), 'forbidden', 'review', 'learned'],
    [
      'code that is not the image’s',
      { dimension: 'file', kind: 'code-file', path: '/serve', file: '/tmp/x.jar' },
      'forbidden',
      'review',
      'learned',
    ],
    [
      'code that it wrote',
      { dimension: 'file', kind: 'generated-code', path: '/serve', folder: '/work' },
      'notable',
      'unconfirmed',
      'learned',
    ],
  ])('%s', (...[, fact, weight, state, source]) => {
    expect(recheckEntry(entry(fact), 'dev-1', terms)).toMatchObject({ class: weight, state, source });
  });

  test.each(['pending', 'graveyard', 'denied', 'unconfirmed'] as const)(
    'no agent says that something is %s',
    (state) => {
      expect(recheckEntry(entry(process('/bin/date'), { state }), 'dev-1', terms).state).toBe('confirmed');
    },
  );

  test('what an agent weighs more stays so, and what waits goes on waiting', () => {
    const graver = recheckEntry(
      entry(process('/bin/date'), { class: 'forbidden', why: 'So it said.' }),
      'dev-1',
      terms,
    );
    expect(graver).toMatchObject({ class: 'forbidden', state: 'review', why: 'So it said.' });
    expect(recheckEntry(entry(process('/bin/date'), { state: 'review' }), 'dev-1', terms).state).toBe('review');
  });

  test('only what nobody can check is a claim', () => {
    expect(recheckEntry(entry(process('/bin/date')), 'dev-1', terms)).not.toHaveProperty('claimedBy');
    expect(recheckEntry(entry(process('/bin/date')), 'dev-1', unscanned)).toMatchObject({ claimedBy: 'dev-1' });
    const health = process('/bin/date', { session: 'health-check' });
    expect(recheckEntry(entry(health), 'dev-1', terms)).toMatchObject({ claimedBy: 'dev-1' });
    expect(recheckEntry(entry(process('/usr/bin/nc')), 'dev-1', unscanned)).not.toHaveProperty('claimedBy');
    const miner = process('/usr/bin/xmrig', { session: 'health-check' });
    expect(recheckEntry(entry(miner), 'dev-1', unscanned)).toMatchObject({ class: 'forbidden', state: 'review' });
  });

  test('a claim is settled by the next scan, and nothing else is', () => {
    const claim = (path: string, more: Partial<Entry> = {}) => entry(process(path), { claimedBy: 'dev-1', ...more });
    expect(settleClaim(claim('/bin/date'), terms)).not.toHaveProperty('claimedBy');
    expect(settleClaim(claim('/opt/app'), terms)).toMatchObject({ class: 'forbidden', state: 'review' });
    for (const [one, by] of [
      [claim('/opt/app'), unscanned],
      [entry(process('/opt/app')), terms],
      [claim('/opt/app', { source: 'inherited' }), terms],
    ] as const)
      expect(settleClaim(one, by)).toBe(one);
  });
});

test.each([
  execSighting('/usr/sbin/nginx'),
  execSighting('/bin/sh', undefined, { given: '/entry.sh', isScript: true, argv: ['sh', '/entry.sh'] }),
  execSighting('/sbin/docker-init', undefined, { origin: 'host' }),
  execSighting('/usr/sbin/nginx', '/sbin/docker-init'),
  execSighting('/bin/date', '/usr/sbin/nginx'),
  execSighting('/bin/date', '/bin/sh'),
  execSighting('/bin/sh', '/usr/sbin/nginx', { argv: ['sh', '-c', 'date'] }),
  execSighting('/bin/sh', '/bin/busybox', { argv: ['sh', '-c', 'date'] }),
  execSighting('/usr/bin/curl', '/bin/sh', { argv: ['curl', '-s', 'http://api/'] }),
  execSighting('/usr/bin/nc', '/bin/sh', { argv: ['nc', '-e', 'sh'] }),
  execSighting('/bin/busybox', '/bin/sh', { argv: ['date'] }),
  execSighting('/bin/busybox', '/bin/sh', { argv: ['busybox', 'wget', 'http://api/'] }),
  execSighting('/bin/busybox', '/bin/sh', { argv: ['nc', '-l'] }),
  execSighting('/bin/date', '/bin/sh', { session: 'exec' }),
  execSighting('/usr/bin/curl', '/bin/sh', { session: 'health-check', argv: ['curl', '-f', 'http://localhost/'] }),
  execSighting('/tmp/x', '/bin/sh', { origin: 'upper' }),
  execSighting('/lib64/ld-linux-x86-64.so.2', '/bin/sh', { reason: 'loader' }),
  codeSighting('/usr/bin/java', '/srv/x.jar'),
])('of an honest agent everything is as it says: $process.path by $caller.path', (sighting) => {
  const [said] = learn(emptyEvidence, sighting, { bucketSeconds: hour / 1000 }).items;
  if (said === undefined) throw new Error('Nothing was learned.');
  const scanned = {
    neverLearn: [],
    entrypoint: ['nginx', '-g', 'daemon off;'],
    programs: new Set([sighting.process.path]),
  };
  const { class: weight, state, source } = recheckEntry(said, 'dev-1', scanned);
  expect({ weight, state, source }).toEqual({ weight: said.class, state: said.state, source: said.source });
});
