export { byId } from './by-id.ts';
export { ruleFor } from './rule-for.ts';
export { withRule } from './with-rule.ts';
