import type { ImageDigest } from '#base/index.ts';
import type { ComplianceRule } from '#compliance/contract.ts';
import type { AdmissionEffect, AdmissionRule, LedgerEntry } from './contract.ts';
import type { VerdictBrief } from './verdict-brief.ts';

/** An image in one environment, as it was judged there. */
export interface ImageVerdict {
  readonly digest: ImageDigest;
  readonly aliases: readonly string[];
  /** Missing: hosts without an environment. */
  readonly environment?: string;
  readonly verdict: VerdictBrief;
  readonly judgedAt: Date;
  /** Digest of what the bundle of the verdict states; missing: not known. */
  readonly bundle?: string;
}

/** A verdict that was not made again for so long (milliseconds) says nothing any more. */
const verdictLife = 7 * 24 * 60 * 60_000;

/** What the rule that holds for an image makes of its verdict. */
export function entryOf(judged: ImageVerdict, rule: AdmissionRule): LedgerEntry {
  const effect = effectOf(rule, judged.verdict.kind);
  return {
    digest: judged.digest,
    aliases: judged.aliases,
    ...(judged.environment === undefined ? {} : { environment: judged.environment }),
    answer: effect === 'block' ? 'deny' : 'allow',
    effect,
    cause: 'verdict',
    rule: { id: rule.id, version: rule.version, name: rule.name },
    evidence: judged.verdict.kind === 'pass' ? [] : judged.verdict.evidence,
    reason: reasonOf(judged),
    expiresAt: new Date(judged.judgedAt.getTime() + verdictLife).toISOString(),
    ...(judged.bundle === undefined ? {} : { bundle: judged.bundle }),
  };
}

const mostEvidence = 5;

/** Lays what the compliance rule says over what the verdict comes to, where it is stricter: then it speaks by its own name. */
export function withCompliance(
  entry: LedgerEntry,
  { compliance }: VerdictBrief,
  rule: Pick<ComplianceRule, 'id' | 'version' | 'name'> | undefined,
): LedgerEntry {
  if (compliance === undefined || rule === undefined) return entry;
  const { effect, message, remedy, more } = compliance;
  if (order.indexOf(effect) <= order.indexOf(entry.effect)) return entry;
  const others = more === 0 ? '' : more === 1 ? ' 1 more is to be removed.' : ` ${more} more are to be removed.`;
  return {
    ...entry,
    answer: effect === 'block' ? 'deny' : 'allow',
    effect,
    by: 'compliance',
    rule: { id: rule.id, version: rule.version, name: rule.name },
    evidence: [...new Set([message, ...entry.evidence])].slice(0, mostEvidence),
    reason: `It breaks the compliance rule "${rule.name}": ${message} ${remedy}${others}`.slice(0, 2000),
  };
}

const order: readonly AdmissionEffect[] = ['ignore', 'alert', 'block'];

/** An image of the product itself, which starts whatever is known of it. */
export function ownEntry(
  digest: ImageDigest,
  { environment, expiresAt }: { readonly environment: string | undefined; readonly expiresAt: Date },
): LedgerEntry {
  return {
    digest,
    aliases: [],
    ...(environment === undefined ? {} : { environment }),
    answer: 'allow',
    effect: 'ignore',
    cause: 'own-image',
    evidence: [],
    reason: 'It is an image of the product itself, admitted by its digest.',
    expiresAt: expiresAt.toISOString(),
  };
}

function effectOf(rule: AdmissionRule, kind: VerdictBrief['kind']): AdmissionEffect {
  switch (kind) {
    case 'pass':
      return 'ignore';
    case 'fail':
      return rule.fail;
    case 'cannot-judge':
      return rule.cannotJudge;
    default:
      return kind satisfies never;
  }
}

/** `It breaks the policy "Production" in prod: CVE-2026-1 in curl 8.0-1 is rated High (7.5), the limit is Medium. Upgrade curl from 8.0-1 to 8.1-1.` */
function reasonOf({ environment, verdict: { kind, policy, evidence, remedy, more } }: ImageVerdict): string {
  const where = environment === undefined ? '' : ` in ${environment}`;
  if (kind === 'pass') return `It passes the policy "${policy}"${where}.`;
  const how =
    kind === 'fail' ? `It breaks the policy "${policy}"${where}` : `The policy "${policy}"${where} cannot judge it`;
  const others = more === 0 ? '' : more === 1 ? '1 more is to be removed.' : `${more} more are to be removed.`;
  const [first = 'Why is not known.'] = evidence;
  return [`${how}: ${first}`, remedy ?? '', others]
    .filter((part) => part !== '')
    .join(' ')
    .slice(0, 2000);
}
