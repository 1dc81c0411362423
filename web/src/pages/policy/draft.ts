import { faceOfRule, type Policy, PolicyText } from '#policy/contract.ts';
import { type Problems, problemsOf as problemsIn, textAt } from '../../ui/field-shape.ts';

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

/** What keeps a text from being tried, at its fields. */
export function problemsOf(text: PolicyText): Problems {
  const problems = problemsIn(PolicyText.safeParse(text).error?.issues ?? [], ([list, place, ...path]) => {
    const rule = list === 'rules' ? text.rules[Number(place)] : undefined;
    return rule && textAt(faceOfRule(rule.kind)?.fields, path);
  });
  return text.name.trim() === '' ? new Map([['name', 'The policy needs a name.'], ...problems]) : problems;
}

/** What the console refused, at its field: `rules.2.expression: Line 1, column 5: …`. */
export function refusedAt(message: string | undefined): Problems {
  const [, path, what] = /(?:^|\s)(rules\.\d+\.[\w.]+): (.*)$/s.exec(message ?? '') ?? [];
  return new Map(path === undefined || what === undefined ? [] : [[path, what]]);
}
