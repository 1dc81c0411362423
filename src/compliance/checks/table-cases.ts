import { type FieldsOf, known } from '#base/index.ts';
import type { Assessment, Check, CheckContext } from '../check.ts';
import type { Lists } from '../lists/index.ts';

/** A line of a table test: what a check says of these facts. */
export interface Case<Shape> {
  readonly id: string;
  readonly facts: Partial<Shape>;
  readonly lists?: Lists;
  readonly state: Assessment['state'];
  /** What was seen, where it fails or warns. */
  readonly seen?: readonly string[];
}

/** For tests: the answer of the check that a case names, with what the case leaves out as in `usual`. */
export function answerOf<Shape extends object>(
  checks: readonly Check<Shape>[],
  usual: Shape,
  { id, facts, lists = {} }: Case<Shape>,
): Assessment {
  const check = checks.find((one) => one.id === id);
  if (check === undefined) throw new Error(`there is no check ${id}`);
  const context: CheckContext = { now: new Date('2026-11-30T00:00:00Z'), lists };
  return check.assess(fieldsOf({ ...usual, ...facts }), context);
}

/** For tests: each value as a document states it. */
export function fieldsOf<Shape extends object>(facts: Shape): FieldsOf<Shape> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, known(value, name)]),
  ) as FieldsOf<Shape>;
}

/** For tests: checks without a case in which they pass or one in which they fail. */
export function withoutBoth<Shape>(
  checks: readonly Check<Shape>[],
  cases: readonly Pick<Case<Shape>, 'id' | 'state'>[],
): readonly string[] {
  return checks
    .map(({ id }) => id)
    .filter((id) => !['pass', 'fail'].every((state) => cases.some((one) => one.id === id && one.state === state)));
}
