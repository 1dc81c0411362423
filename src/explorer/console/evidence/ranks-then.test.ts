import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { complianceSchema } from '#compliance/console/index.ts';
import type { CheckState } from '#compliance/contract.ts';
import type { Store } from '#store/index.ts';
import { answerPrefix } from '../../evidence/answer.ts';
import type { ControlTemplate } from '../../evidence/control.ts';
import { type HeldAttestations, stanceOf } from '../../evidence/stance.ts';
import { worstFirst } from '../../evidence/state.ts';
import { controlTemplates } from '../../evidence/templates.ts';
import { checksOfNobody } from './collect.ts';
import { countsFrom } from './counts.ts';
import { openTestEvidence, type TestEvidence } from './evidence.testing.ts';
import type { StoodAs } from './known-then.ts';
import { readRanksThen } from './ranks-then.ts';

const kinds = ['host', 'engine', 'image', 'container', 'console'] as const;
const numbers = [0, 1, 2, 3];
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

/** What was said under each id, without the prefix of answers. */
const said: ReadonlyMap<string, Readonly<Record<string, CheckState>>> = new Map(
  kinds.flatMap((kind) =>
    numbers.flatMap((salt) => [
      [`${kind} checks ${salt}`, statesOf(Object.keys(checksOfNobody(kind)), salt)] as const,
      [`${kind} answers ${salt}`, statesOf(answers, salt + 100)] as const,
    ]),
  ),
);
/** Every pair of them, and of each nothing. */
const stood = kinds.flatMap((kind) =>
  [undefined, ...numbers].flatMap((one) =>
    [undefined, ...numbers].map(
      (other): StoodAs => ({
        kind,
        ...(one !== undefined && { checks: `${kind} checks ${one}` }),
        ...(other !== undefined && { answers: `${kind} answers ${other}` }),
      }),
    ),
  ),
);

async function store(into: Store): Promise<void> {
  const rows = [...said].map(([id, states]) => {
    const prefix = id.includes('answers') ? answerPrefix : '';
    const stored = Object.entries(states).map(([name, state]) => [`${prefix}${name}`, { state, version: 1 }]);
    return { id, states: Object.fromEntries(stored) };
  });
  await sql`insert into compliance.status (id, states) select id, states
    from json_to_recordset(${JSON.stringify(rows)}::json) as made (id text, states json)`.execute(
    into.query(complianceSchema),
  );
}

function wholeOf(template: ControlTemplate, held: HeldAttestations, { kind, checks = '', answers: id = '' }: StoodAs) {
  const states = { checks: { ...checksOfNobody(kind), ...said.get(checks) }, answers: said.get(id) ?? {} };
  return stanceOf([template], { kind, ...states }, held);
}

describe('what checks and what answers said, judged apart', () => {
  let at: TestEvidence;
  beforeAll(async () => {
    at = await openTestEvidence();
    await store(at.store);
  });
  afterAll(async () => await at.close());

  test.each(controlTemplates)('is by $id what judging both together gives', async (template) => {
    for (const held of [new Set<string>(), new Set(['trust-reviewed', 'host-os-minimal'])]) {
      const ranks = await readRanksThen(at.store, { template, held }, stood);
      const wholes = stood.map((one) => wholeOf(template, held, one));
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
  });
});
