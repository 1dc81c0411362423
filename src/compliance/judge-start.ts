import type { FieldsOf } from '#base/index.ts';
import type { ContainerShape, StartDocument } from '#inventory/index.ts';
import type { About, Check } from './check.ts';
import { containerChecks } from './checks/container/index.ts';
import { checks } from './checks/index.ts';
import type { ComplianceRule } from './contract-rule.ts';
import { customPrefix } from './contract-words.ts';
import type { UntypedFacts } from './custom-check.ts';
import { type CheckResult, evaluate } from './evaluate.ts';
import type { Lists } from './lists/index.ts';
import type { HeldException } from './exception.ts';
import { findingsOf, type RuleFinding } from './rule-findings.ts';
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
  /** Checks of containers that were written at the console, ready to be asked. Missing: none. */
  readonly custom?: readonly Check<UntypedFacts>[];
  /** Exceptions that hold for it now. */
  readonly held?: readonly HeldException[];
  /** Whose words remedies use. */
  readonly asker: 'docker' | 'kubernetes';
}

/** Steps that all checks of `custom` may take on one start, some 100 ms: what is beyond them is in error, and never passed. */
const stepsAtStart = 1_000_000;

/**
 * What a compliance rule says about a container that is to start, what blocks first. Checks that the document has no place
 * for are not asked: they judge what runs. Pure.
 */
export function judgeStart({ document, fields }: ContainerStart, ruling: StartRuling): readonly RuleFinding[] {
  const { rule, asker, held = [], custom = [] } = ruling;
  const own: readonly Check<ContainerShape>[] = containerChecks;
  const asked = [...own, ...custom].filter((check) => isDecidedBy(document, check));
  const strange = strangeChecks(rule, custom);
  const steps = { left: stepsAtStart };
  const results = [...evaluate(asked, fields, { ...ruling, steps }), ...strange.map(unknownResult)];
  return findingsOf(rule, { about: [...asked, ...strange], results, asker, held });
}

/** Checks of containers that a console names which is newer than this program, or that did not come along. They are not passed over. */
function strangeChecks(
  { lines }: Pick<ComplianceRule, 'lines'>,
  custom: readonly Pick<About, 'id'>[],
): readonly About[] {
  const own = Object.values<readonly Pick<About, 'id'>[]>(checks).flat();
  const known = new Set([...own, ...custom].map(({ id }) => id));
  const named = new Set(lines.flatMap(({ checks: choice }) => (choice.by === 'check' ? [choice.id] : [])));
  return [...named]
    .filter((id) => (id.startsWith('CTR-') || id.startsWith(customPrefix)) && !known.has(id))
    .map((id) => ({ id, title: 'Unknown check', why: '', remedy: {}, severity: 'high', nist: [], version: 0 }));
}

function unknownResult({ id, version }: About): CheckResult {
  const reason = 'This host’s Seawall is older than its console and does not know the check. Update it.';
  return { id, version, state: 'not-assessed', reason, evidence: [] };
}
