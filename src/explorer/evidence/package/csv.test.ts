import { expect, test } from 'vitest';
import { sampleAssessment } from '../oscal/sample.testing.ts';
import { answersCsv } from './csv.ts';

test('subjects of one configuration whose states differ are told apart by their numbers', () => {
  const [control] = sampleAssessment.controls;
  const [question] = control?.questions ?? [];
  const source = question?.sources[0] ?? '';
  const answer = { source, title: '', method: 'examine', seen: [], collected: '', facts: 'a1' } as const;
  const answers = [
    { ...answer, state: 'fail', subjects: [1] },
    { ...answer, state: 'excepted', subjects: [0, 2] },
  ] as const;
  const text = [...answersCsv({ ...sampleAssessment, answers }).pieces()].join('');
  expect(text).toMatch(/,fail,.*,1,a1,2,,/);
  expect(text).toMatch(/,excepted,.*,2,a1,1 3,,/);
});
