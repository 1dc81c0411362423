export { keptRules, type RuleTables } from './kept-rules.ts';
export { callerNamed, inTurns, openTurns } from './turns.ts';
export type { RuleList, SavedBy } from './rule-list.ts';
export { checkLast, deleteRule, putInOrder, rulesWithCollection, saveRule } from './save-rule.ts';
