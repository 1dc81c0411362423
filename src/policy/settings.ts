import type { Policy, Verdict } from './contract.ts';
import { policyFor } from './default-policy.ts';

/** Days that feeds may be old unless a setting says otherwise. */
export const usualStaleDays = 7;

/** The policy that judges what this console is told of, until scopes exist: the default for production. */
export function productionPolicy(staleDays: number): Omit<Policy, 'version'> {
  const { name, rules } = policyFor({ kind: 'production', staleDays });
  return { id: 'production', name, rules };
}

/** A verdict that rests on a raised limit for old feeds says so. */
export function shownSettings(verdict: Verdict, policy: Policy): Verdict {
  const days = Math.max(0, ...policy.rules.map((rule) => (rule.kind === 'stale-feed' ? rule.days : 0)));
  if (days <= usualStaleDays) return verdict;
  const sentence = ` By a setting of this console feeds may be ${days} days old, the usual limit is ${usualStaleDays}.`;
  return { ...verdict, reason: verdict.reason.slice(0, 2000 - sentence.length) + sentence };
}
