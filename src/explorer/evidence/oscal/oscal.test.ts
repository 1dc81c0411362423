import { describe, expect, test } from 'vitest';
import type { Assessment } from '../assessment.ts';
import { sampleAssessment } from './sample.testing.ts';
import { type EvidenceFile, oscalFiles } from './index.ts';
import { oscalProblems } from './testing.ts';

const evidence: EvidenceFile = {
  href: '../evidence/documents/ab.json',
  sha256: 'ab'.repeat(32),
  title: 'Document of <web>',
  mediaType: 'application/json',
};

/** Documents by the names of their files. */
function documentsOf(assessment: Assessment): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const files = oscalFiles({ assessment, evidenceOf: ({ facts }) => (facts === undefined ? [] : [evidence]) });
  return Object.fromEntries(files.map(({ name, pieces }) => [name, JSON.parse([...pieces()].join(''))]));
}

/** All values of a document with the names under which they stand. */
function* leavesOf(value: unknown, name = ''): Generator<readonly [name: string, value: unknown]> {
  if (typeof value !== 'object' || value === null) yield [name, value];
  else for (const [key, member] of Object.entries(value)) yield* leavesOf(member, Array.isArray(value) ? name : key);
}

const namesOf = (document: unknown, wanted: (name: string) => boolean): readonly string[] =>
  [...leavesOf(document)].filter(([name]) => wanted(name)).map(([, value]) => String(value));

const nothingFails: Assessment = {
  ...sampleAssessment,
  answers: sampleAssessment.answers.filter(({ state }) => state === 'pass'),
};
const empty: Assessment = { ...sampleAssessment, controls: [], answers: [], subjects: [], attestations: [] };
const nothingAssessed: Assessment = {
  ...sampleAssessment,
  controls: sampleAssessment.controls.filter(({ state }) => state === 'incomplete' || state === 'not-applicable'),
  answers: [],
};

describe('OSCAL documents', () => {
  test.each([
    ['an assessment with everything', sampleAssessment, 4],
    ['one in which nothing fails', nothingFails, 3],
    ['one in which nothing was assessed', nothingAssessed, 3],
  ])('of %s are valid', (_, assessment, count) => {
    const documents = Object.entries(documentsOf(assessment));
    expect(documents).toHaveLength(count);
    for (const [name, document] of documents) expect.soft(oscalProblems(name, document), name).toEqual([]);
  });

  test('without controls leave out what may not be empty', () => {
    const { 'assessment-results.json': results, 'poam.json': plan } = documentsOf(empty);
    expect(plan).toBeUndefined();
    expect(oscalProblems('assessment-results.json', results)).toEqual([]);
    expect(JSON.stringify(results)).not.toContain('"observations"');
  });

  test('the schemas object to what is wrong', () => {
    const { 'assessment-results.json': results } = documentsOf(sampleAssessment);
    const broken = JSON.parse(JSON.stringify(results).replace('"satisfied"', '"partly"'));
    expect(oscalProblems('assessment-results.json', broken)).not.toEqual([]);
    const without = JSON.parse(JSON.stringify(results).replaceAll('.000Z', ''));
    expect(oscalProblems('assessment-results.json', without)).not.toEqual([]);
  });

  test('every reference resolves within its document', () => {
    for (const [name, document] of Object.entries(documentsOf(sampleAssessment))) {
      const given = new Set(namesOf(document, (key) => key === 'uuid'));
      const asked = [
        ...namesOf(document, (key) => key.endsWith('-uuid')),
        ...namesOf(document, (key) => key === 'href').flatMap((href) => (href.startsWith('#') ? [href.slice(1)] : [])),
      ];
      if (name === 'assessment-results.json') expect(asked.length).toBeGreaterThan(20);
      expect
        .soft(
          asked.filter((uuid) => !given.has(uuid)),
          name,
        )
        .toEqual([]);
    }
  });

  test('ids are unique, and the same in a later export', () => {
    const later = { ...sampleAssessment, madeAt: '2026-12-01T09:00:00.000Z', at: '2026-12-01T09:00:00.000Z' };
    const [first, second] = [documentsOf(sampleAssessment), documentsOf(later)];
    for (const [name, document] of Object.entries(first)) {
      const uuids = namesOf(document, (key) => key === 'uuid');
      expect.soft(new Set(uuids).size, name).toBe(uuids.length);
      expect
        .soft(
          namesOf(second[name], (key) => key === 'uuid'),
          name,
        )
        .toEqual(uuids);
    }
    expect(first).not.toEqual(second);
  });

  test('of another installation have other ids', () => {
    const other = documentsOf({ ...sampleAssessment, installation: 'another' });
    const mine = new Set(namesOf(documentsOf(sampleAssessment), (key) => key === 'uuid'));
    expect(namesOf(other, (key) => key === 'uuid').filter((uuid) => mine.has(uuid))).toEqual([]);
  });

  test('ids of controls and objectives stand in the catalog', () => {
    const documents = documentsOf(sampleAssessment);
    const known = new Set(namesOf(documents['catalog.json'], (key) => key === 'id'));
    expect(known).toContain('sp800-190-4.1.2');
    expect(known).toContain('sp800-190-4.1.2_obj');
    const asked = namesOf(documents, (key) => key === 'control-id' || key === 'target-id');
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((id) => !known.has(id))).toEqual([]);
  });

  test('only what is met is satisfied, and what was not assessed is excluded', () => {
    const { 'assessment-results.json': results } = documentsOf(sampleAssessment);
    expect(results).toMatchObject({
      'assessment-results': {
        results: [
          {
            'reviewed-controls': {
              'control-selections': [
                {
                  'include-controls': [
                    { 'control-id': 'sp800-190-4.1.2' },
                    { 'control-id': 'sp800-190-4.1.5' },
                    { 'control-id': 'sp800-190-4.4.3' },
                  ],
                  'exclude-controls': [{ 'control-id': 'sp800-190-4.3.3' }, { 'control-id': 'sp800-190-4.6' }],
                  remarks: expect.stringContaining('Nothing observes flows'),
                },
              ],
            },
            findings: [
              { target: { status: { state: 'not-satisfied', reason: 'other' } } },
              { target: { status: { state: 'satisfied', reason: 'pass' } } },
              { target: { status: { state: 'not-satisfied', reason: 'fail' } } },
            ],
          },
        ],
      },
    });
  });

  test('each failure and exception is a risk with its deadline, and nothing else is', () => {
    const { 'poam.json': plan } = documentsOf(sampleAssessment);
    expect(plan).toMatchObject({
      'plan-of-action-and-milestones': {
        risks: [
          { status: 'deviation-approved', deadline: '2026-12-31T00:00:00.000Z' },
          { status: 'open', deadline: '2026-11-16T00:00:00.000Z' },
        ],
        'poam-items': [{ title: 'Default user is not root' }, { title: 'The container is not privileged' }],
      },
    });
  });

  test.each(['reviewed', 'starting-point', 'own'] as const)(
    'every document says that its template is %s',
    (standing) => {
      const template = { ...sampleAssessment.template, standing };
      for (const [name, document] of Object.entries(documentsOf({ ...sampleAssessment, template }))) {
        const metadata = Object.values(document)[0];
        expect.soft(metadata, name).toMatchObject({ metadata: { props: [{ name: 'standing', value: standing }] } });
        expect.soft(oscalProblems(name, document), name).toEqual([]);
        expect.soft(JSON.stringify(metadata).includes('not reviewed'), name).toBe(standing === 'starting-point');
      }
    },
  );

  test('what Seawall assesses nothing of is excluded with its reason, and nothing is said to be implemented', () => {
    const [control] = sampleAssessment.controls;
    if (control === undefined) throw new Error('There is no control.');
    const reason = 'It is about doors. A visit would assess this.';
    const outside = { ...control, id: '9.2', state: 'not-assessed' as const, reason, questions: [] };
    const documents = documentsOf({ ...sampleAssessment, controls: [...sampleAssessment.controls, outside] });
    for (const [name, document] of Object.entries(documents))
      expect.soft(oscalProblems(name, document), name).toEqual([]);
    const { 'assessment-results.json': results, 'component-definition.json': component } = documents;
    const text = JSON.stringify(results);
    expect(text).toContain('{"control-id":"sp800-190-9.2"}');
    expect(text).toContain(`9.2 ${control.title}: not-assessed. ${reason}`);
    expect(namesOf(results, (key) => key === 'target-id')).not.toContain('sp800-190-9.2_obj');
    expect(JSON.stringify(documents['catalog.json'])).toContain(`Seawall assesses nothing of it. ${reason}`);
    expect(JSON.stringify(component)).not.toContain('sp800-190-9.2');
  });

  test('names of hosts are no markup', () => {
    const text = JSON.stringify(documentsOf(sampleAssessment));
    expect(text).toContain('\\\\<b\\\\>\\\\*evil\\\\*');
    expect(text).not.toContain('container <b>');
  });
});
