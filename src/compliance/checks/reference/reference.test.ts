import { describe, expect, test } from 'vitest';
import { type ReferenceContext, referenceFacts } from '#catalog/index.ts';
import { evaluate } from '../../evaluate.ts';
import { referenceChecks } from './index.ts';

const digest = `sha256:${'0a'.repeat(32)}`;
const amd64 = { os: 'linux', architecture: 'amd64' };
const armv7 = { os: 'linux', architecture: 'arm', variant: 'v7' };

const rows: readonly (readonly [string, string, string, ReferenceContext?])[] = [
  ['IMG-044', 'debian', 'fail'],
  ['IMG-044', 'docker.io/library/debian:latest', 'fail'],
  ['IMG-044', 'localhost:5000/app', 'fail'],
  ['IMG-044', 'debian', 'fail', { resolved: digest }],
  ['IMG-044', 'debian:13', 'pass'],
  ['IMG-044', 'app:latest-stable', 'pass'],
  ['IMG-044', `debian@${digest}`, 'pass'],
  ['IMG-044', `debian:latest@${digest}`, 'pass'],
  ['IMG-044', digest, 'pass'],
  ['IMG-044', 'Debian:13', 'not-assessed'],
  ['IMG-045', 'debian:13', 'fail'],
  ['IMG-045', 'debian:sha256', 'fail'],
  ['IMG-045', `debian:13@${digest}`, 'pass'],
  ['IMG-045', 'debian:13', 'pass', { resolved: digest }],
  ['IMG-045', digest.slice(7), 'pass'],
  ['IMG-045', `debian@sha256:${'0'.repeat(63)}`, 'not-assessed'],
  ['IMG-058', 'a:1', 'fail', { platform: { ...amd64, architecture: 'arm64' }, hostPlatform: amd64 }],
  ['IMG-058', 'a:1', 'fail', { platform: armv7, hostPlatform: { ...armv7, variant: 'v6' } }],
  ['IMG-058', 'a:1', 'fail', { platform: { ...amd64, os: 'windows' }, hostPlatform: amd64 }],
  ['IMG-058', 'a:1', 'pass', { platform: amd64, hostPlatform: amd64 }],
  ['IMG-058', 'a:1', 'pass', { platform: { ...armv7, variant: 'v6' }, hostPlatform: armv7 }],
  ['IMG-058', 'a:1', 'pass', { platform: armv7, hostPlatform: armv7 }],
  ['IMG-058', 'a:1', 'not-assessed', { platform: amd64 }],
];

const asObjects = rows.map(([id, text, state, context]) => ({ id, text, state, context }));

describe('a check of references', () => {
  test.each(asObjects)('$id of $text is $state, with $context', ({ id, text, state, context }) => {
    const checks = referenceChecks.filter((check) => check.id === id);
    const results = evaluate(checks, referenceFacts(text, context), { now: new Date(0), lists: {} });
    expect(results).toMatchObject([{ id, state }]);
  });

  test.each(referenceChecks.map(({ id }) => id))('%s has a subject that fails and one that passes', (id) => {
    const states = rows.filter((row) => row[0] === id).map(([, , state]) => state);
    expect(states).toEqual(expect.arrayContaining(['fail', 'pass']));
  });
});
