import { audit, type Writer } from '#access/console/index.ts';
import { AppError, type Clock, counted } from '#base/index.ts';
import type { Keyed, Queries, Store } from '#store/index.ts';
import { checks } from '../checks/index.ts';
import type { About } from '../check.ts';
import type { ComplianceRule, ComplianceRuleText, CustomCheck } from '../contract.ts';
import { effectOf } from '../effect.ts';
import type { RuleReach } from '../reach.ts';
import { readCustom } from './custom-checks.ts';
import { hostOutdated } from './facts.ts';
import { complianceSchema } from './schema.ts';

/** Versions of the checks of containers that a rule blocks: when one of them is another, its replay says nothing. */
function blockedVersions(
  rule: Pick<ComplianceRule, 'lines' | 'notAssessed'>,
  custom: readonly CustomCheck[],
): Readonly<Record<string, number>> {
  const own: readonly About[] = checks.container;
  const blocked = [...own, ...custom.filter(({ subject }) => subject === 'container')].filter(
    (check) => effectOf(check, { state: 'fail' }, rule) === 'block',
  );
  return Object.fromEntries(blocked.map(({ id, version }) => [id, version]));
}

/** A rule as it is tried, and what that said. */
export interface TriedRule {
  readonly id: string;
  readonly text: ComplianceRuleText;
  readonly custom: readonly CustomCheck[];
  readonly reach: RuleReach;
  readonly stopped: number;
}

/** What somebody read of a replay. */
export interface ReadReplay {
  readonly seal: string;
  readonly stopped: number;
}

/** Milliseconds for which what a replay said may be taken for how it is. */
const sealLife = 60 * 60_000;

/** Names a rule, the versions of the checks that it blocks, what it reaches, and what its replay said at that time. */
export function sealOf(store: Keyed, { id, text, custom, reach, stopped }: TriedRule, at: Date): string {
  const entries = Object.entries(text).toSorted(([left], [right]) => (left < right ? -1 : 1));
  const named = JSON.stringify([id, at.toISOString(), entries, blockedVersions(text, custom), reach, stopped]);
  return `${at.toISOString()} ${store.mac('compliance replay', named)}`;
}

/**
 * Throws `conflict` where a rule, its checks or what it reaches are others than those that were tried, where that is too
 * long ago, or where it would stop more by now.
 */
export function checkReplay(
  store: Keyed,
  said: ReadReplay,
  tried: { readonly rule: TriedRule; readonly now: Date },
): void {
  const { rule, now } = tried;
  const next = 'Try the rule again, read what it would stop, then save it.';
  const at = new Date(said.seal.split(' ')[0] ?? '');
  if (Number.isNaN(at.getTime()) || said.seal !== sealOf(store, { ...rule, stopped: said.stopped }, at))
    throw new AppError(
      'conflict',
      'This is not the rule that was tried, or rules, collections or checks changed since.',
      {
        next,
      },
    );
  if (Math.abs(now.getTime() - at.getTime()) > sealLife)
    throw new AppError('conflict', `The rule was tried at ${at.toISOString()}, which is more than an hour ago.`, {
      next,
    });
  if (rule.stopped <= said.stopped) return;
  const more = `The rule would stop ${counted(rule.stopped, 'container')} now; ${said.stopped} when it was tried.`;
  throw new AppError('conflict', more, { next });
}

/** Keeps that somebody read what the rule would stop where it reaches now. There it may from now on, and its brake is off. */
export async function confirmRule(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  { rule, reach, stopped }: Pick<TriedRule, 'reach' | 'stopped'> & { readonly rule: ComplianceRule },
  { principal, author }: Writer,
): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(`compliance stops ${rule.id}`);
    const database = transaction.query(complianceSchema);
    const row = {
      version: rule.version,
      checks: JSON.stringify(blockedVersions(rule, await readCustom(transaction))),
      reach: JSON.stringify(reach),
      stopped,
      confirmed_at: clock(),
      confirmed_by: principal.name,
    };
    await database
      .insertInto('confirmation')
      .values({ rule: rule.id, ...row })
      .onConflict((conflict) => conflict.column('rule').doUpdateSet(row))
      .execute();
    await database.deleteFrom('brake').where('rule', '=', rule.id).execute();
    const hosts = await database.selectFrom('suspect').select('host').distinct().where('rule', '=', rule.id).execute();
    await transaction.announceAll(hostOutdated, hosts);
    const target = { kind: 'compliance-rule', id: rule.id, name: rule.name };
    const detail = { version: rule.version, stopped };
    await audit(transaction, { ...author, action: 'compliance-rule-confirmed', target, detail });
  });
}

/** What was confirmed of rules, by their ids. */
export async function readConfirmations(queries: Queries) {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('confirmation')
    .select(['rule', 'version', 'checks', 'reach'])
    .execute();
  return new Map(rows.map((row) => [row.rule, row]));
}
