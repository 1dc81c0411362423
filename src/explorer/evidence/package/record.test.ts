import { describe, expect, test } from 'vitest';
import { keyFingerprint } from '#compliance/index.ts';
import { sampleAssessment } from '../oscal/sample.testing.ts';
import { trialWords } from '../trial-words.ts';
import { signedRecord } from './record.ts';
import type { RecordBody } from './schema.ts';
import {
  otherKeys,
  pemOf,
  sampleDocument,
  sampleFactsRow,
  sampleKeys,
  sampleLeaves,
  samplePart,
  sampleStatus,
  sampleTrialLine,
  trialText,
} from './testing.ts';
import { problemWords, verifyEvidenceFile } from './verify/index.ts';

const keys = [pemOf(sampleKeys.publicKey)];
const leaves = sampleLeaves();

const body: RecordBody = {
  installation: sampleAssessment.installation,
  madeAt: sampleAssessment.madeAt,
  at: sampleAssessment.at,
  template: 'nist-800-190',
  control: '4.4.3',
  source: 'CTR-001',
  title: 'The container is not privileged',
  state: 'fail',
  seen: ['--privileged'],
  subject: { host: 'quay-01', kind: 'container', id: 'c3', name: 'web' },
  facts: [sampleFactsRow],
  documents: [sampleDocument],
  statuses: [sampleStatus],
  records: [],
  log: [
    {
      heads: samplePart().heads.slice(2),
      batches: [],
      leaves,
    },
  ],
};

function reasonOf(record: object): string {
  const content = Buffer.from(JSON.stringify(record));
  const found = verifyEvidenceFile(content, [keyFingerprint(keys[0] ?? '')]);
  return found.state === 'verified' ? 'verified' : (found.problems.map(problemWords)[0]?.split(':')[0] ?? 'none');
}

const signed = (change: Partial<RecordBody> = {}) =>
  signedRecord({ ...body, ...change }, { keys, key: sampleKeys.privateKey });

const trial = (changed: object = {}) => ({ kind: 'trial', name: 't', title: 'Tries', text: trialText(changed) });

describe('a record of one answer', () => {
  test('verifies', () => {
    expect(reasonOf(signed())).toBe('verified');
    expect(signed().body.length).toBeLessThan(4000);
  });

  test('verifies with what the host signed of its tries', () => {
    expect(reasonOf(signed({ seen: [trialWords(sampleTrialLine)], records: [trial()] }))).toBe('verified');
  });

  test.each([
    ['another body', { ...signed(), body: signed().body.replace('"fail"', '"pass"') }, 'forged'],
    ['another key', signedRecord(body, { keys: [pemOf(otherKeys.publicKey)], key: otherKeys.privateKey }), 'other-key'],
    ['a key that did not sign it', signedRecord(body, { keys, key: otherKeys.privateKey }), 'forged'],
    ['another document', signed({ documents: [{ ...sampleDocument, text: '{}' }] }), 'document-changed'],
    ['a document that nothing names', signed({ facts: [] }), 'document-changed'],
    [
      'another row',
      signed({
        log: body.log.map((part) => ({
          ...part,
          leaves: part.leaves.map((one) => ({ ...one, text: one.text.replace('fail', 'pass') })),
        })),
      }),
      'log-row-changed',
    ],
    ['tries that its host did not sign', signed({ records: [trial({ statement: '{}' })] }), 'trial-unreadable'],
    [
      'tries of another host',
      signed({ seen: [], subject: { ...body.subject, host: 'quay-02' }, records: [trial()] }),
      'claim-differs',
    ],
    [
      'tries told otherwise',
      signed({ seen: ['CTR-001 in ring 1: refused 25 of 25 tries'], records: [trial()] }),
      'claim-differs',
    ],
    ['another installation', signed({ installation: 'x' }), 'log-other-installation'],
  ])('does not verify with %s', (_, record, reason) => {
    expect(reasonOf(record)).toBe(reason);
  });
});
