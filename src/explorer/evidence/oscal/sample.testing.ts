import { createHash } from 'node:crypto';
import type { AssessedAnswer, AssessedControl, AssessedQuestion, AssessedSubject, Assessment } from '../assessment.ts';

const hexOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** An id of documents, for tests. */
const sampleFacts = (name: string): string => hexOf(`facts ${name}`);

const sampleSubjects: readonly AssessedSubject[] = [
  { host: 'quay-01', kind: 'container', id: 'c1', name: 'web', environment: 'prod', facts: sampleFacts('web') },
  { host: 'quay-02', kind: 'container', id: 'c2', name: 'web', environment: 'prod', facts: sampleFacts('web') },
  { host: 'quay-02', kind: 'container', id: 'c3', name: '<b>*evil*</b>\n', application: '=HYPERLINK("x")' },
  { host: '', kind: 'image', id: 'sha256:aa', name: 'surge/web:1', facts: sampleFacts('image') },
];

const answer: Pick<AssessedAnswer, 'method' | 'seen' | 'collected'> = {
  method: 'examine',
  seen: [],
  collected: '2026-11-30T14:00:00.000Z',
};

const sampleAnswers: readonly AssessedAnswer[] = [
  {
    ...answer,
    source: 'CTR-001',
    title: 'The container is not privileged',
    state: 'fail',
    severity: 'critical',
    version: 2,
    seen: ['--privileged'],
    remedy: 'Run it without `--privileged`.',
    since: '2026-11-01T00:00:00.000Z',
    expires: '2026-11-30T14:25:00.000Z',
    facts: sampleFacts('web'),
    subjects: [0, 1],
  },
  {
    ...answer,
    source: 'CTR-002',
    title: 'No new privileges',
    state: 'pass',
    facts: sampleFacts('web'),
    subjects: [0, 1],
  },
  {
    ...answer,
    source: 'CTR-001',
    title: 'The container is not privileged',
    state: 'not-assessed',
    reason: 'Silent since 2026-11-29 08:00:00 UTC.',
    subjects: [2],
  },
  {
    ...answer,
    source: 'IMG-001',
    title: 'Default user is not root',
    state: 'excepted',
    severity: 'high',
    seen: ['User ""'],
    until: '2026-12-31T00:00:00.000Z',
    facts: sampleFacts('image'),
    subjects: [3],
  },
  {
    ...answer,
    source: 'gate-canary',
    title: 'The gate refuses its canary',
    state: 'pass',
    method: 'test',
    subjects: [],
  },
];

const counts = { pass: 0, fail: 0, warn: 0, 'not-applicable': 0, 'not-assessed': 0, error: 0, excepted: 0 };

const question = (id: string, more: Partial<AssessedQuestion>): AssessedQuestion => ({
  id,
  text: `The question ${id} is answered`,
  required: true,
  by: 'checks',
  checks: [],
  sources: [],
  state: 'pass',
  subjects: counts,
  ...more,
});

const control = (id: string, more: Partial<AssessedControl>): AssessedControl => ({
  id,
  title: `Control ${id}`,
  state: 'met',
  reason: 'Nothing fails.',
  subjects: { ...counts, pass: 2 },
  questions: [],
  unanswered: 0,
  definition: `What ${id} asks for.`,
  sp80053: ['CM-2'],
  days: [],
  gaps: [],
  ...more,
});

const sampleControls: readonly AssessedControl[] = [
  control('4.1.2', {
    state: 'met-with-exceptions',
    reason: '1 image is excepted.',
    subjects: { ...counts, excepted: 1 },
    questions: [question('image-settings', { sources: ['IMG-001'], checks: ['IMG-001'], state: 'excepted' })],
  }),
  control('4.1.5', {
    questions: [question('gate', { by: 'product', sources: ['gate-canary'] })],
    rate: 1,
    coverage: 1,
  }),
  control('4.3.3', {
    state: 'incomplete',
    reason: 'Nothing observes flows between networks.',
    subjects: { ...counts, 'not-assessed': 1 },
    unanswered: 1,
    questions: [
      question('flows', { by: 'nothing', state: 'not-assessed', reason: 'The network dimension would assess it.' }),
    ],
  }),
  control('4.4.3', {
    state: 'not-met',
    reason: '2 of 3 containers fail.',
    rate: 0,
    coverage: 2 / 3,
    subjects: { ...counts, fail: 2, 'not-assessed': 1 },
    questions: [
      question('settings', { sources: ['CTR-001', 'CTR-002'], checks: ['CTR-001', 'CTR-002'], state: 'fail' }),
    ],
    days: [
      { day: '2026-11-28', state: 'met', rate: 1, coverage: 1 },
      { day: '2026-11-30', state: 'not-met', rate: 0, coverage: 2 / 3 },
    ],
    gaps: [
      {
        from: '2026-11-29T08:00:00.000Z',
        host: 'quay-02',
        reason: 'The agent of quay-02 was silent.',
      },
    ],
  }),
  control('4.6', { state: 'not-applicable', reason: 'There is no host.', subjects: counts }),
];

/** A small assessment that has one of everything. */
export const sampleAssessment: Assessment = {
  installation: '7b7a4f0e-5a90-4d6e-9a53-2f6c4a3d9a11',
  version: '0.1.0',
  at: '2026-11-30T14:02:00.000Z',
  madeAt: '2026-11-30T14:03:00.000Z',
  scope: { askedBy: 'mara' },
  template: { id: 'nist-800-190', title: 'NIST SP 800-190', summary: 'Containers', standing: 'reviewed' },
  controls: sampleControls,
  subjects: sampleSubjects,
  answers: sampleAnswers,
  attestations: [
    {
      id: 'a1',
      control: '4.1.5',
      question: 'gate',
      statement: 'The list of trusted registries was reviewed.',
      author: 'mara',
      at: '2026-11-01T00:00:00Z',
      until: '2027-02-01T00:00:00Z',
    },
  ],
};
