import type { Verdict } from '../contract.ts';
import { holdingExceptions } from '../except.ts';
import type { JudgedFacts } from '../facts.ts';
import { judge } from '../judge.ts';
import { judgingPolicy, type Rulebook } from '../rulebook.ts';
import { rules } from '../rules/index.ts';
import type { Standing } from './places.ts';
import { digestOf } from './rulebook.ts';
import { shownSettings } from './settings.ts';

/** A verdict older than this (milliseconds) is made again: feeds age although nothing happens. */
const freshVerdict = 24 * 60 * 60_000;
const versions = rules.map(({ id, version }) => [id, version]);

/** What is judged by, and when. */
export interface JudgingGround {
  readonly rulebook: Rulebook;
  readonly now: Date;
}

/** Digest of what a verdict rests on but time. `exceptions` are those that name a component with findings. */
export function verdictKey(
  factsKey: string,
  { places: where }: Pick<Standing, 'places'>,
  { rulebook, now }: JudgingGround,
): string {
  const policy = judgingPolicy(rulebook, where);
  const seesPlaces = policy?.rules.some(({ kind }) => kind === 'custom') === true;
  const exceptions = holdingExceptions(rulebook, { where, now }).map(({ id }) => id);
  return digestOf([versions, factsKey, policy?.id, policy?.version, seesPlaces ? where : [], exceptions.toSorted()]);
}

export function judgeStanding(
  facts: JudgedFacts,
  { places: where }: Pick<Standing, 'places'>,
  { rulebook, now }: JudgingGround,
): Verdict {
  const policy = judgingPolicy(rulebook, where);
  const verdict = judge(facts, rulebook, { now, where });
  return policy === undefined ? verdict : shownSettings(verdict, policy);
}

/** When time alone may change a verdict. */
export function renewalOf(verdict: Verdict, { rulebook, now }: JudgingGround): Date {
  const used = new Set(verdict.excepted?.map(({ exception }) => exception));
  const ends = [
    ...verdict.violations.flatMap(({ graceUntil }) => graceUntil ?? []),
    ...rulebook.exceptions.filter(({ id }) => used.has(id)).map(({ expiresAt }) => expiresAt),
  ].map((moment) => Date.parse(moment));
  return new Date(ends.reduce((first, end) => Math.min(first, end), now.getTime() + freshVerdict));
}
