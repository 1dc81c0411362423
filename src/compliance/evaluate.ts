import type { FieldsOf } from '#base/index.ts';
import type { Assessment, Check, CheckContext } from './check.ts';

/** The answer of one check about one subject. */
export type CheckResult = Assessment & {
  readonly id: string;
  readonly version: number;
  /** The failed check that makes this one fail as well; it is counted with that one. */
  readonly foldedUnder?: string;
};

/** What every check says of one document. */
export function evaluate<Shape>(
  checks: readonly Check<Shape>[],
  facts: FieldsOf<Shape>,
  context: CheckContext,
): readonly CheckResult[] {
  return foldImplied(
    checks,
    checks.map((check) => answerOf(check, facts, context)),
  );
}

/** What one check says of one document, whatever the others say. */
export function answerOf<Shape>(check: Check<Shape>, facts: FieldsOf<Shape>, context: CheckContext): CheckResult {
  return { id: check.id, version: check.version, ...check.assess(facts, context) };
}

/** An answer that many documents share stays one object when it is folded: a check has one cause. */
const folded = new WeakMap<CheckResult, CheckResult>();

/** Marks failures that another failure explains: a privileged container has every capability. */
export function foldImplied(
  checks: readonly Pick<Check, 'id' | 'impliedBy'>[],
  results: readonly CheckResult[],
): readonly CheckResult[] {
  const failed = new Set(results.filter(({ state }) => state === 'fail').map(({ id }) => id));
  const causes = new Map(checks.map(({ id, impliedBy }) => [id, impliedBy]));
  return results.map((result) => {
    const cause = causes.get(result.id);
    if (result.state !== 'fail' || cause === undefined || !failed.has(cause)) return result;
    const known = folded.get(result) ?? { ...result, foldedUnder: cause };
    folded.set(result, known);
    return known;
  });
}
