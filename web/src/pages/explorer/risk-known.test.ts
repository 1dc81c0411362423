import { expect, test } from 'vitest';
import { isRiskKnown } from './risk-known.ts';

test('a risk of zero is known only where an image was judged', () => {
  const none = { pass: 0, fail: 0, cannotJudge: 0, pending: 0 };
  expect(isRiskKnown({ riskSum: 0, verdicts: none })).toBe(false);
  expect(isRiskKnown({ riskSum: 0, verdicts: { ...none, cannotJudge: 3, pending: 1 } })).toBe(false);
  expect(isRiskKnown({ riskSum: 0, verdicts: { ...none, pass: 1 } })).toBe(true);
  expect(isRiskKnown({ riskSum: 0, verdicts: { ...none, fail: 1 } })).toBe(true);
  expect(isRiskKnown({ riskSum: 2, verdicts: { ...none, cannotJudge: 1 } })).toBe(true);
});
