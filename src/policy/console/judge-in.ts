import type { Policy, Rule, Verdict } from '../contract.ts';
import { heldCheckExceptions, holdingExceptions } from '../except.ts';
import type { Outside, RuleKind } from '../rule.ts';
import { evaluationOf } from '#compliance/index.ts';
import { judgingComplianceRule, judgingPolicy, type Rulebook } from '../rulebook.ts';
import { rules } from '../rules/index.ts';
import type { ImageEnvironment } from './image-environment.ts';
import { digestOf } from './rulebook.ts';
import type { DatabaseInUse } from './stored-facts.ts';

/** A verdict older than this (milliseconds) is made again: feeds age although nothing happens. */
const freshVerdict = 24 * 60 * 60_000;
const versions = rules.map(({ id, version }) => [id, version]);

/** What is judged by, and when. */
export interface JudgingContext {
  readonly rulebook: Rulebook;
  readonly now: Date;
  readonly inUse: DatabaseInUse | undefined;
}

/** What the key of a verdict is made from, besides the context. */
export interface Keyed extends Pick<ImageEnvironment, 'places'> {
  readonly factsKey: string;
  /** Of what is proven of where it comes from. */
  readonly provenanceKey: string;
  /** Whether the verdict holds that feeds are too old. */
  readonly stale: boolean;
}

/** Digest of what a verdict rests on but time. The exceptions are those that name a package with findings. */
export function verdictKey(
  { factsKey, provenanceKey, stale, places: where }: Keyed,
  { rulebook, now, inUse }: JudgingContext,
): string {
  const policy = judgingPolicy(rulebook, where);
  const compliance = judgingComplianceRule(rulebook, where);
  const seesPlaces = looksAt('places', policy);
  const exceptions = holdingExceptions(rulebook, { where, now }).map(({ id }) => id);
  const age = stale ? inUse?.builtAt : '';
  return digestOf([
    versions,
    evaluationOf(rulebook.lists, rulebook.customChecks),
    heldCheckExceptions(withoutImages(rulebook), { where, now, image: undefined }).map(({ id }) => id),
    factsKey,
    policy?.id,
    policy?.version,
    compliance?.id,
    compliance?.version,
    seesPlaces ? where : [],
    exceptions.toSorted(),
    age,
    ...(seesProvenance(policy) ? [provenanceKey] : []),
  ]);
}

/** Those that may hold for some image: which of them do for this one, its facts say. */
function withoutImages({ checkExceptions, collections }: Rulebook): Pick<Rulebook, 'checkExceptions' | 'collections'> {
  return { checkExceptions: checkExceptions.map((one) => ({ ...one, images: undefined })), collections };
}

/** Whether a rule of a policy asks where an image comes from. */
export function seesProvenance(policy: Policy | undefined): boolean {
  return looksAt('provenance', policy);
}

const looks: ReadonlyMap<Rule['kind'], RuleKind<Rule>['looksAt']> = new Map(
  rules.map(({ id, looksAt: at }: RuleKind<Rule>) => [id, at]),
);

function looksAt(what: Outside, policy: Policy | undefined): boolean {
  return policy?.rules.some(({ kind }) => looks.get(kind)?.includes(what)) === true;
}

/** When time alone may change a verdict. */
export function renewalOf(verdict: Verdict, { rulebook, now }: Pick<JudgingContext, 'rulebook' | 'now'>): Date {
  const used = new Set(verdict.excepted?.map(({ exception }) => exception));
  const ends = [
    ...verdict.violations.flatMap(({ graceUntil }) => graceUntil ?? []),
    ...rulebook.exceptions.filter(({ id }) => used.has(id)).map(({ expiresAt }) => expiresAt),
    ...(verdict.exceptedChecks ?? []).map(({ until }) => until),
  ].map((moment) => Date.parse(moment));
  return new Date(ends.reduce((first, end) => Math.min(first, end), now.getTime() + freshVerdict));
}
