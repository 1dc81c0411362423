import type { Rule } from './rule.ts';

/** The rules as they would be with one changed; a new one stands before the last, as it would once saved. */
export function withRule<Kind extends Rule>(rules: readonly Kind[], edited: Kind): readonly Kind[] {
  if (rules.some(({ id }) => id === edited.id)) return rules.map((rule) => (rule.id === edited.id ? edited : rule));
  return [...rules.slice(0, -1), edited, ...rules.slice(-1)];
}
