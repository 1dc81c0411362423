export { type Answer, type BreakGlass, decide, type Standing, type StartRequest } from './decide.ts';
export { ruleFor } from './rule-for.ts';
