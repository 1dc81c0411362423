/** Expressions in CEL (https://cel.dev), for domains that let people write some; loaded only where there are any. */
export { compileExpression } from './expression.ts';
