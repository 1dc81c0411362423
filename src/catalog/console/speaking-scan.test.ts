import { describe, expect, test } from 'vitest';
import { isSubjectId, type ScanId, type SubjectId } from '#base/index.ts';
import type { Placement, RunningContainer } from '#inventory/console/index.ts';
import { speakingScan } from './speaking-scan.ts';
import type { Witness } from './witness.ts';

function subjectId(text: string): SubjectId {
  if (!isSubjectId(text)) throw new Error(text);
  return text;
}

const image = subjectId(`sha256:${'a'.repeat(64)}`);
const agent = (name: string, environment?: string): Witness => ({
  kind: 'agent',
  id: name,
  name,
  ...(environment === undefined ? {} : { environment }),
});
const token = (...repositories: readonly string[]): Witness => ({
  kind: 'token',
  id: 'ci',
  name: 'ci',
  ...(repositories.length === 0 ? {} : { repositories }),
});
const user: Witness = { kind: 'user', id: 'ann', name: 'ann' };

function on(host: string, environment?: string, more: Partial<Placement> = {}): Placement {
  const place = {
    host,
    agent: `agent of ${host}`,
    stale: false,
    names: ['registry.example/shop/web:1'],
    containers: [],
    ...more,
  };
  return environment === undefined ? place : { ...place, environment };
}

function container(environment: string): RunningContainer {
  return { id: 'c', name: 'c', environment, state: 'running', labels: {} };
}

/** Which of the scans speaks, by its place; the last one is the newest. */
function speaking(
  witnesses: readonly Witness[],
  placements: readonly Placement[],
  subject = image,
): number | undefined {
  const scans = witnesses.map((witness, index) => ({
    scan: String(index) as string as ScanId,
    sequence: index,
    witness,
  }));
  const scan = speakingScan(subject, scans, placements);
  return scan === undefined ? undefined : Number(scan);
}

describe('of a subject that lies nowhere', () => {
  test('the newest scan speaks', () => {
    expect(speaking([], [])).toBeUndefined();
    expect(speaking([token(), user], [])).toBe(1);
    expect(speaking([agent('a', 'dev'), token('shop/*')], [])).toBe(1);
  });

  test('who is bound to something comes first', () => {
    expect(speaking([agent('a'), token(), user], [])).toBe(0);
    expect(speaking([token('shop/*'), token()], [])).toBe(0);
  });
});

describe('of an image on hosts', () => {
  test('the newest scan of an agent of the most critical environment speaks', () => {
    const everywhere = [on('d', 'dev'), on('p', 'prod'), on('t', 'test')];
    expect(speaking([agent('p', 'prod'), agent('q', 'prod'), agent('d', 'dev')], everywhere)).toBe(1);
    expect(speaking([agent('d', 'dev'), agent('t', 'test')], everywhere)).toBeUndefined();
    expect(speaking([agent('d', 'dev'), agent('t', 'test')], [on('d', 'dev'), on('t', 'test')])).toBe(1);
    expect(speaking([agent('d', 'dev')], [on('d', 'dev')])).toBe(0);
  });

  test('an agent counts for the environment that it stood in when it scanned', () => {
    expect(speaking([agent('p', 'dev')], [on('p', 'prod')])).toBeUndefined();
  });

  test('a host without an environment comes before all but production', () => {
    expect(speaking([agent('u'), agent('t', 'test')], [on('u'), on('t', 'test')])).toBe(0);
    expect(speaking([agent('u'), agent('p', 'prod')], [on('u'), on('p', 'prod')])).toBe(1);
    expect(speaking([agent('u')], [on('p', 'prod')])).toBeUndefined();
  });

  test('a token speaks where hosts of that environment call the image by a name that it is bound to', () => {
    const bound = token('registry.example/shop/*');
    expect(speaking([bound], [on('p', 'prod')])).toBe(0);
    expect(speaking([token('registry.example/bank/*')], [on('p', 'prod')])).toBeUndefined();
    expect(speaking([token()], [on('p', 'prod')])).toBeUndefined();
    expect(speaking([bound], [on('p', 'prod', { names: ['bank/web:1'] })])).toBeUndefined();
    // Another environment's name does not help.
    expect(speaking([bound], [on('p', 'prod', { names: ['bank/web:1'] }), on('d', 'dev')])).toBeUndefined();
    expect(speaking([token('docker.io/library/web')], [on('p', 'prod', { names: ['web:1'] })])).toBe(0);
    expect(speaking([token('*')], [on('p', 'prod', { names: [] })])).toBeUndefined();
  });

  test('a person who publishes is trusted nowhere', () => {
    expect(speaking([user], [on('d', 'dev')])).toBeUndefined();
  });

  test('where only labels chose the environment, the agents of those hosts are trusted', () => {
    const chosen = on('d', 'dev', { containers: [container('prod')] });
    expect(speaking([agent('d', 'dev')], [chosen])).toBe(0);
    expect(speaking([agent('e', 'dev')], [chosen])).toBeUndefined();
    // As soon as a host stands there itself, they are not: a label must not make a witness of production.
    expect(speaking([agent('d', 'dev')], [chosen, on('p', 'prod')])).toBeUndefined();
  });
});

describe('of a file system on hosts', () => {
  const own = subjectId('host:pier-1');
  const names = { names: ['pier-1'] };

  test('only the agent of its host speaks', () => {
    expect(speaking([agent('pier-1', 'prod')], [on('pier-1', 'prod', names)], own)).toBe(0);
    expect(speaking([agent('pier-2', 'prod')], [on('pier-1', 'prod', names)], own)).toBeUndefined();
    expect(speaking([token('*')], [on('pier-1', 'prod', names)], own)).toBeUndefined();
  });

  test('one that another host claims stays that of its own', () => {
    const claimed = [on('pier-1', 'prod', names), on('pier-2', 'prod', names)];
    expect(speaking([agent('pier-1', 'prod'), agent('pier-2', 'prod')], claimed, own)).toBe(0);
    expect(speaking([agent('pier-2', 'prod')], claimed, own)).toBeUndefined();
    expect(speaking([agent('pier-1/blue', 'prod')], [on('pier-1/blue', 'prod', names)], own)).toBe(0);
  });

  test('a folder is that of whoever has it', () => {
    const folder = subjectId('host:srv/web');
    expect(speaking([agent('pier-2', 'dev')], [on('pier-2', 'dev')], folder)).toBe(0);
  });
});
