import { type Policy, PolicyText, type Rule } from '#policy/contract.ts';

/** What a person writes of a policy. */
export function textOfPolicy({ id: _id, version: _version, ...text }: Policy): PolicyText {
  return text;
}

/** Whether two texts say the same, in whatever order their fields stand. */
export function saysTheSame(one: PolicyText, other: PolicyText): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

/** The first text of a policy that somebody begins: what it lets through is named in it, so that nobody forgets. */
export const beginning: PolicyText = {
  name: '',
  rules: [
    {
      kind: 'severity',
      threshold: { by: 'severity', severity: 'medium' },
      onlyFixed: false,
      unrated: 'block',
      effect: 'block',
    },
    { kind: 'incomplete-scan', effect: 'cannot-judge' },
    { kind: 'not-judged', effect: 'cannot-judge' },
    { kind: 'unscanned', effect: 'cannot-judge' },
    { kind: 'stale-feed', days: 7, effect: 'cannot-judge' },
  ],
};

/** A rule as it begins. */
export function newRule(kind: Rule['kind']): Rule {
  switch (kind) {
    case 'severity':
      return {
        kind,
        threshold: { by: 'severity', severity: 'high' },
        onlyFixed: false,
        unrated: 'alert',
        effect: 'alert',
      };
    case 'kev':
      return { kind, only: 'listed', effect: 'block' };
    case 'package':
      return { kind, deny: [{ name: '', why: '' }], effect: 'block' };
    case 'custom':
      return { kind, on: 'finding', expression: '', message: '', effect: 'alert' };
    case 'trusted-source':
      return { kind, unknown: 'block', effect: 'block' };
    case 'signature':
      return { kind, keys: [], need: 'any', unknown: 'block', effect: 'block' };
    case 'approved-base':
      return { kind, bases: [], unknown: 'block', effect: 'block' };
    case 'stale-feed':
      return { kind, days: 7, effect: 'cannot-judge' };
    case 'incomplete-scan':
    case 'not-judged':
    case 'unscanned':
      return { kind, effect: 'cannot-judge' };
    default:
      return kind satisfies never;
  }
}

/** What keeps a text from being tried: the path of a field, joined by dots, and what is wrong with it. */
export type Problems = ReadonlyMap<string, string>;

export function problemsOf(text: PolicyText): Problems {
  const problems = new Map<string, string>();
  if (text.name.trim() === '') problems.set('name', 'The policy needs a name.');
  for (const { path, message } of PolicyText.safeParse(text).error?.issues ?? []) {
    problems.set(path.join('.'), sentenceOf(path.at(-1), message));
  }
  return problems;
}

function sentenceOf(field: PropertyKey | undefined, message: string): string {
  switch (field) {
    case 'expression':
      return 'The expression is missing.';
    case 'message':
      return 'Say what is wrong when it is true.';
    case 'deny':
      return 'Name a package.';
    case 'keys':
      return 'Choose a key.';
    case 'bases':
      return 'Choose a base.';
    case 'name':
      return 'The name of the package is missing.';
    default:
      return message;
  }
}

/** Where the console found a fault in an expression. */
export interface ExpressionProblem {
  /** Place of the rule in the policy. */
  readonly rule: number;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Reads it from the refusal: `rules.2.expression: Line 1, column 5: …`. */
export function expressionProblem(message: string | undefined): ExpressionProblem | undefined {
  const match = /rules\.(\d+)\.expression: Line (\d+), column (\d+): (.*)$/s.exec(message ?? '');
  if (match === null) return undefined;
  const [, rule, line, column, what = ''] = match;
  return { rule: Number(rule), line: Number(line), column: Number(column), message: what };
}
