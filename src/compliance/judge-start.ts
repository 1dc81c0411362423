import { type FieldsOf, oneLine } from '#base/index.ts';
import type { ContainerShape, StartDocument } from '#inventory/index.ts';
import type { About } from './check.ts';
import { checks } from './checks/index.ts';
import { containerChecks } from './checks/container/index.ts';
import type { ComplianceRule } from './contract-rule.ts';
import { type RemedyFor, remedyFor } from './contract-words.ts';
import { effectOf } from './effect.ts';
import { type CheckResult, evaluate } from './evaluate.ts';
import type { Lists } from './lists/index.ts';
import { checkSeverities } from './severity.ts';
import { isDecidedBy } from './start-gates.ts';

/** A container that is to start, as one document tells of it. */
export interface ContainerStart {
  readonly document: StartDocument;
  readonly fields: FieldsOf<ContainerShape>;
}

/** What it is judged by. */
export interface StartRuling {
  readonly rule: ComplianceRule;
  readonly lists: Lists;
  readonly now: Date;
  /** Whose words remedies use. */
  readonly asker: 'docker' | 'kubernetes' | 'dockerfile';
}

/** What a rule objects to, and the change that removes it. */
export interface ComplianceObjection {
  readonly check: string;
  readonly effect: 'alert' | 'block';
  /** Names the check and what was seen. */
  readonly message: string;
  readonly remedy: string;
}

/**
 * What a compliance rule objects to in a container that is to start, what blocks first. Checks that the document has no
 * place for are not asked: they judge what runs. Pure.
 */
export function judgeStart({ document, fields }: ContainerStart, ruling: StartRuling): readonly ComplianceObjection[] {
  const asked = containerChecks.filter((check) => isDecidedBy(document, check));
  const results = evaluate(asked, fields, ruling);
  const byId = new Map(asked.map((check) => [check.id, check]));
  return objectionsTo(results, { ruling, about: (id) => byId.get(id), unknown: unknownChecks(ruling.rule) });
}

/** The answer of a check, as it was just made or as it was kept. */
export interface Answered {
  readonly id: string;
  readonly state: CheckResult['state'] | 'excepted';
  readonly seen?: readonly string[] | undefined;
  readonly reason?: string | undefined;
  readonly foldedUnder?: string | undefined;
}

interface Objecting {
  readonly ruling: Pick<StartRuling, 'rule' | 'asker'>;
  readonly about: (id: string) => About | undefined;
  /** Checks that a line names and this release does not know. */
  readonly unknown: readonly Answered[];
}

/** What a rule objects to in the answers of checks, one line for each cause. */
export function objectionsTo(
  results: readonly Answered[],
  { ruling, about, unknown }: Objecting,
): readonly ComplianceObjection[] {
  const found = [...results, ...unknown].flatMap((result) => {
    const check = about(result.id) ?? strangeCheck(result.id);
    const { state, foldedUnder } = result;
    const effect = effectOf(check, { state, ...(foldedUnder !== undefined && { foldedUnder }) }, ruling.rule);
    if (effect !== 'alert' && effect !== 'block') return [];
    return [{ result, check, effect, ...wordsOf(check, result, ruling.asker) }];
  });
  const blocked = new Set(found.filter(({ effect }) => effect === 'block').map(({ result }) => result.id));
  const isTold = ({ foldedUnder }: Answered): boolean => foldedUnder !== undefined && blocked.has(foldedUnder);
  return found
    .filter(({ result }) => !isTold(result))
    .toSorted((left, right) => weightOf(left) - weightOf(right))
    .map(({ check, effect, message, remedy }) => ({ check: check.id, effect, message, remedy }));
}

/** What blocks first, and of that the most severe. */
function weightOf({ effect, check }: { readonly effect: 'alert' | 'block'; readonly check: About }): number {
  return (effect === 'block' ? 0 : checkSeverities.length) + checkSeverities.indexOf(check.severity);
}

const longestSeen = 400;

function wordsOf(
  check: About,
  { state, seen = [], reason = '' }: Answered,
  asker: RemedyFor,
): Pick<ComplianceObjection, 'message' | 'remedy'> {
  const named = `${check.id} (${check.title})`;
  if (state === 'fail' || state === 'warn') {
    const found = seen.length === 0 ? '' : `: ${oneLine(seen.join(', '), longestSeen)}`;
    return { message: `It fails ${named}${found}.`, remedy: remedyOf(check, asker) };
  }
  return {
    message: `${named} could not be assessed: ${closed(oneLine(reason, longestSeen))}`,
    remedy: 'Change what keeps it from being assessed, or what the rule does about checks that could not be assessed.',
  };
}

function closed(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** In the words of who asks, else of whoever can change it. */
function remedyOf({ remedy }: About, asker: RemedyFor): string {
  const whose = [asker, ...remedyFor].find((one) => remedy[one] !== undefined);
  return (whose === undefined ? undefined : remedy[whose]) ?? '';
}

/** Checks of containers that a console names which is newer than this program. They are not passed over. */
function unknownChecks({ lines }: Pick<ComplianceRule, 'lines'>): readonly Answered[] {
  const known = new Set(
    Object.values<readonly Pick<About, 'id'>[]>(checks).flatMap((list) => list.map(({ id }) => id)),
  );
  const named = lines.flatMap(({ checks: choice }) => (choice.by === 'check' ? [choice.id] : []));
  return [...new Set(named)]
    .filter((id) => id.startsWith('CTR-') && !known.has(id))
    .map((id) => ({ id, state: 'not-assessed', reason: strange }));
}

const strange = 'This host’s Seawall is older than its console and does not know the check. Update it.';

function strangeCheck(id: string): About {
  return { id, title: 'unknown check', why: '', remedy: {}, severity: 'high', nist: [], version: 0 };
}
