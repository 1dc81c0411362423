import { expect, test } from 'vitest';
import { controlTemplates } from '../../../evidence/templates.ts';
import { sourcesOf } from './group-answers.ts';

test.each(controlTemplates)('what nothing answers in $id is told of its own question alone', ({ controls }) => {
  const asked = controls.flatMap(({ questions }) => questions).filter(({ by }) => by.kind === 'nothing');
  const texts = Map.groupBy(asked, (question) => sourcesOf(question).join());
  for (const [source, questions] of texts) expect(new Set(questions.map(({ text }) => text)).size, source).toBe(1);
});
