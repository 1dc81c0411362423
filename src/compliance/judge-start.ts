import type { FieldsOf } from '#base/index.ts';
import type { ContainerShape, StartDocument } from '#inventory/index.ts';
import type { About } from './check.ts';
import { containerChecks } from './checks/container/index.ts';
import { checks } from './checks/index.ts';
import type { ComplianceRule } from './contract-rule.ts';
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
  /** Exceptions that hold for it now. */
  readonly held?: readonly HeldException[];
  /** Whose words remedies use. */
  readonly asker: 'docker' | 'kubernetes';
}

/**
 * What a compliance rule says about a container that is to start, what blocks first. Checks that the document has no place
 * for are not asked: they judge what runs. Pure.
 */
export function judgeStart({ document, fields }: ContainerStart, ruling: StartRuling): readonly RuleFinding[] {
  const { rule, asker, held = [] } = ruling;
  const asked = containerChecks.filter((check) => isDecidedBy(document, check));
  const strange = strangeChecks(rule);
  const results = [...evaluate(asked, fields, ruling), ...strange.map(unknownResult)];
  return findingsOf(rule, { about: [...asked, ...strange], results, asker, held });
}

/** Checks of containers that a console names which is newer than this program. They are not passed over. */
function strangeChecks({ lines }: Pick<ComplianceRule, 'lines'>): readonly About[] {
  const known = new Set(
    Object.values<readonly Pick<About, 'id'>[]>(checks).flatMap((list) => list.map(({ id }) => id)),
  );
  const named = new Set(lines.flatMap(({ checks: choice }) => (choice.by === 'check' ? [choice.id] : [])));
  return [...named]
    .filter((id) => id.startsWith('CTR-') && !known.has(id))
    .map((id) => ({ id, title: 'Unknown check', why: '', remedy: {}, severity: 'high', nist: [], version: 0 }));
}

function unknownResult({ id, version }: About): CheckResult {
  const reason = 'This host’s Seawall is older than its console and does not know the check. Update it.';
  return { id, version, state: 'not-assessed', reason, evidence: [] };
}
