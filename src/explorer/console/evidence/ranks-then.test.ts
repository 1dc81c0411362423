import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { complianceSchema } from '#compliance/console/index.ts';
import type { CheckState } from '#compliance/contract.ts';
import { answerPrefix } from '../../evidence/answer.ts';
import { type HeldAttestations, stanceOf } from '../../evidence/stance.ts';
import { worstFirst } from '../../evidence/state.ts';
import { controlTemplates } from '../../evidence/templates.ts';
import { checksOfNobody } from './collect.ts';
import { countsFrom } from './counts.ts';
import { openTestEvidence } from './evidence.testing.ts';
import type { StoodAs } from './known-then.ts';
import { readRanksThen } from './ranks-then.ts';

const kinds = ['host', 'engine', 'image', 'container', 'console'] as const;
/** The same numbers in each run. */
const chance = (of: number, salt: number): number => (((salt + 7) * 2_654_435_761) >>> 7) % of;
const answers = [
  ...new Set(
    controlTemplates.flatMap(({ controls }) =>
      controls.flatMap(({ questions }) => questions.flatMap(({ by }) => (by.kind === 'product' ? by.answer : []))),
    ),
  ),
];

/** A third is not said at all. */
function statesOf(names: readonly string[], salt: number): Record<string, CheckState> {
  return Object.fromEntries(
    names.flatMap((name, at) => {
      const state = worstFirst[chance(worstFirst.length, salt * 1009 + at)];
      return chance(3, salt * 31 + at) === 0 || state === undefined ? [] : [[name, state]];
    }),
  );
}

test('what checks and what answers said, judged apart, is what judging both together gives', async () => {
  const at = await openTestEvidence();
  try {
    const said = new Map<string, Record<string, CheckState>>();
    for (const kind of kinds)
      for (let salt = 0; salt < 4; salt++) {
        said.set(`${kind} checks ${salt}`, statesOf(Object.keys(checksOfNobody(kind)), salt));
        said.set(`${kind} answers ${salt}`, statesOf(answers, salt + 100));
      }
    const stored = [...said].map(([id, states]) => ({
      id,
      states: Object.fromEntries(
        Object.entries(states).map(([name, state]) => [
          id.includes('answers') ? `${answerPrefix}${name}` : name,
          { state, version: 1 },
        ]),
      ),
    }));
    await sql`insert into compliance.status (id, states) select id, states
      from json_to_recordset(${JSON.stringify(stored)}::json) as made (id text, states json)`.execute(
      at.store.query(complianceSchema),
    );
    const stood = kinds.flatMap((kind) =>
      [undefined, 0, 1, 2, 3].flatMap((one) =>
        [undefined, 0, 1, 2, 3].map(
          (other): StoodAs => ({
            kind,
            ...(one !== undefined && { checks: `${kind} checks ${one}` }),
            ...(other !== undefined && { answers: `${kind} answers ${other}` }),
          }),
        ),
      ),
    );
    for (const held of [new Set<string>(), new Set(['trust-reviewed', 'host-os-minimal'])] as HeldAttestations[])
      for (const template of controlTemplates) {
        const ranks = await readRanksThen(at.store, { template, held }, stood);
        const wholes = stood.map(({ kind, checks = '', answers: answered = '' }) =>
          stanceOf(
            [template],
            {
              kind,
              checks: { ...checksOfNobody(kind), ...said.get(checks) },
              answers: said.get(answered) ?? {},
            },
            held,
          ),
        );
        const counts = ranks.count(new Map(stood.map((one, number) => [one, number + 1])));
        const expected = countsFrom(
          wholes.flatMap((own, number) => own.map((stand) => ({ ...stand, subjects: number + 1 }))),
        );
        for (const { id, questions } of template.controls)
          for (const question of ['', ...questions.map((one) => one.id)]) {
            expect(counts(id, question)).toEqual(expected(id, question));
            expect(stood.map((one) => ranks.stateOf(one, id, question))).toEqual(
              wholes.map((own) => own.find((stand) => stand.control === id && stand.question === question)?.state),
            );
          }
      }
  } finally {
    await at.close();
  }
});
