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
  const results = checks.map((check) => ({ id: check.id, version: check.version, ...check.assess(facts, context) }));
  return foldImplied(checks, results);
}

/** Marks failures that another failure explains: a privileged container has every capability. */
function foldImplied(
  checks: readonly Pick<Check, 'id' | 'impliedBy'>[],
  results: readonly CheckResult[],
): readonly CheckResult[] {
  const failed = new Set(results.filter(({ state }) => state === 'fail').map(({ id }) => id));
  const causes = new Map(checks.map(({ id, impliedBy }) => [id, impliedBy]));
  return results.map((result) => {
    const cause = causes.get(result.id);
    return result.state === 'fail' && cause !== undefined && failed.has(cause)
      ? { ...result, foldedUnder: cause }
      : result;
  });
}
