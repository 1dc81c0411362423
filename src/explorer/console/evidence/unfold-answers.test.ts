import { expect, test } from 'vitest';
import { CheckState } from '#compliance/contract.ts';
import { byChecks, byChecksOrDocument, byDocument } from '../../evidence/ask.ts';
import { stanceOf } from '../../evidence/stance.ts';
import { answersTo } from './unfold-answers.ts';

const text = 'Each right to push is limited to named repositories';
const checkCases = CheckState.options.flatMap((state) =>
  [[], ['registry-push-rights'], ['secret-store']].map((held) => ({ state, held })),
);

test.each(checkCases)(
  'a check that says $state is answered as it is counted, with documents $held',
  ({ state, held }) => {
    for (const question of [
      byChecks({ id: 'push-rights', text }, ['REG-013']),
      byChecksOrDocument({ id: 'push-rights', text }, ['REG-013'], 'registry-push-rights'),
    ]) {
      const known = { kind: 'registry', answers: {}, held: new Set(held) } as const;
      const answers = answersTo(question, { ...known, checked: [{ check: 'REG-013', state, seen: [] }] });
      expect(answers.map((answer) => answer.state)).toEqual([
        countedAs(question, { ...known, checks: { 'REG-013': state } }),
      ]);
    }
  },
);

test.each([[[]], [['secret-store']]])('a document is answered as it is counted, with documents %j', (held) => {
  const question = byDocument({ id: 'secrets', text }, 'secret-store');
  const known = { kind: 'console', answers: {}, held: new Set(held) } as const;
  const answers = answersTo(question, { ...known, checked: undefined });
  expect(answers.map((answer) => answer.state)).toEqual([countedAs(question, { ...known, checks: {} })]);
});

function countedAs(
  question: ReturnType<typeof byChecks>,
  { held, ...subject }: Parameters<typeof stanceOf>[1] & { readonly held: ReadonlySet<string> },
): CheckState | undefined {
  const control = { id: '1', title: '', definition: '', sp80053: [], questions: [question] };
  const template = { id: 't', title: '', summary: '', standing: 'reviewed', controls: [control] } as const;
  return stanceOf([template], subject, held).find((stand) => stand.question === question.id)?.state;
}
