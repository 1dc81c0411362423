import { describe, expect, test } from 'vitest';
import { keyFingerprint } from '#compliance/index.ts';
import type { TrialFile } from './schema.ts';
import { otherSigner, packed, pemOf, sampleInput, sampleKeys, sampleTrial, trialText } from './testing.ts';
import { checkTrial } from './trial.ts';
import { problemWords, verifyEvidenceFile } from './verify/index.ts';

const { certificate, authority } = otherSigner;
const lie = sampleTrial().statement.replace('"state":"refused"', '"state":"passed"');

const cases: readonly (readonly [string, Partial<TrialFile>, string])[] = [
  ['as it was signed', {}, 'signed'],
  ['another statement', { statement: lie }, 'trial-forged'],
  ['a space more', { statement: `${sampleTrial().statement} ` }, 'trial-forged'],
  ['the signature of another statement', { signature: sampleTrial({ every: 60 }).signature }, 'trial-forged'],
  ['no signature', { signature: '' }, 'trial-forged'],
  ['the certificate of another key', { certificate, authority }, 'trial-forged'],
  ['a certificate of another authority', { certificate }, 'trial-other-authority'],
  ['another authority', { authority }, 'trial-other-authority'],
  ['its own certificate as the authority', { authority: sampleTrial().certificate }, 'trial-other-authority'],
  ['no certificate', { certificate: 'none' }, 'trial-other-authority'],
  ['no authority', { authority: '' }, 'trial-other-authority'],
  ['a moment before the certificate', sampleTrial({ at: '2026-11-28T00:00:00Z' }), 'trial-other-authority'],
  ['a moment after the certificate', sampleTrial({ at: '2026-12-30T00:00:00Z' }), 'trial-other-authority'],
  ['another host in the record', { host: 'quay-02' }, 'trial-other-host'],
  ['another host in the statement', sampleTrial({ host: 'quay-02' }), 'trial-other-host'],
  ['another agent', { agent: '00000000-0000-4000-8000-000000000000' }, 'trial-other-host'],
  ['no statement', { statement: '{}' }, 'trial-unreadable'],
  ['a statement that is no JSON', { statement: '{' }, 'trial-unreadable'],
];

describe('a statement of a host about tries of its gates', () => {
  test.each(cases)('with %s', (_, changed, state) => {
    expect(checkTrial(trialText(changed)).state).toBe(state);
  });

  test.each(['', 'null', '[]', '{"format":"seawall-trials/1"}'])('that is %j cannot be read', (text) => {
    expect(checkTrial(text).state).toBe('trial-unreadable');
  });

  test.each(cases)('with %s in a package that the console signed', (_, changed, state) => {
    const { assessment, evidence } = sampleInput();
    const records = evidence.records.map((record) => ({ ...record, text: trialText(changed) }));
    const content = packed({ assessment, evidence: { ...evidence, records } });
    const found = verifyEvidenceFile(content, [keyFingerprint(pemOf(sampleKeys.publicKey))]);
    if (found.state === 'verified') expect([state, found.verified.trials]).toEqual(['signed', 1]);
    else expect(found.problems.map(problemWords)).toEqual([expect.stringMatching(new RegExp(`^${state}: .*canary-1`))]);
  });
});
