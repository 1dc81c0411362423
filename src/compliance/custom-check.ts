import type { EvaluationBudget, ExpressionScope, ExpressionValue, ReadExpression } from '#rules/index.ts';
import { type About, type Check, checksOf, type SubjectKind } from './check.ts';
import { checks } from './checks/index.ts';
import { failIfAny, fail, type Judgement, pass } from './judgement.ts';

/** A check that was written here, by an expression. */
export interface CustomDefinition extends About {
  readonly subject: SubjectKind;
  readonly expression: string;
}

/** Facts of kept texts: nothing is known of the types of values. */
export type UntypedFacts = Readonly<Record<string, unknown>>;

/** Names of the facts of a kind of subject: those that the checks of this release ask for. */
export function factNames(kind: SubjectKind): readonly string[] {
  const all: readonly Pick<Check, 'needs'>[] = checks[kind];
  return [...new Set(all.flatMap(({ needs }) => needs))].toSorted();
}

/** What an expression of a check may speak of. */
export function scopeOf(kind: SubjectKind): ExpressionScope {
  return { names: new Map(factNames(kind).map((name) => [name, 'any fields' as const])), long: [] };
}

/** Steps that one check may take on one document: some 30 ms. */
const mostSteps = 300_000;
/** What was seen is told of so many times, each in so many characters. */
const [mostSeen, longestSeen] = [100, 300];

/** A check whose expression can be read. It asks for every fact that the expression names: without one it is not assessed. */
export function customCheck(
  definition: CustomDefinition,
  { uses, ask }: Extract<ReadExpression, { readonly state: 'ready' }>,
): Check<UntypedFacts> {
  return checksOf<UntypedFacts>(definition.subject)({
    ...definition,
    needs: uses,
    judge: (values, { steps }) => {
      const variables = Object.fromEntries(uses.map((name) => [name, valueOf(values[name])]));
      const outcome = spendingFrom(steps, (budget) => ask(variables, budget));
      if (outcome.state === 'failed') throw new Error(outcome.reason);
      return judgementOf(outcome.value);
    },
  });
}

/** Evaluates with what one check may take, at most what is left to all of them. */
function spendingFrom<Outcome>(
  shared: EvaluationBudget | undefined,
  evaluate: (budget: EvaluationBudget) => Outcome,
): Outcome {
  const given = Math.min(mostSteps, shared?.left ?? mostSteps);
  const budget = { left: given };
  const outcome = evaluate(budget);
  if (shared !== undefined) shared.left -= given - Math.max(0, budget.left);
  return outcome;
}

function judgementOf(value: unknown): Judgement {
  if (value === true) return pass;
  if (value === false) return fail();
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string'))
    throw new Error('it gives neither true, false nor a list of texts');
  const seen = value.slice(0, mostSeen).map((text: string) => text.slice(0, longestSeen));
  return failIfAny(seen);
}

/** JSON as values of CEL: whole numbers as such, objects as maps. */
function valueOf(value: unknown): ExpressionValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(valueOf);
  if (typeof value === 'object' && value !== null)
    return new Map(Object.entries(value).map(([key, inner]) => [key, valueOf(inner)]));
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}
