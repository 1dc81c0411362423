import { createHash } from 'node:crypto';
import { audit, type Writer } from '#access/console/index.ts';
import { AppError, type Clock } from '#base/index.ts';
import type { Queries, Store } from '#store/index.ts';
import { checks } from '../checks/index.ts';
import type { About } from '../check.ts';
import type { ComplianceRule, ComplianceRuleText, CustomCheck } from '../contract.ts';
import { effectOf } from '../effect.ts';
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

/** Names a text of a rule with the versions of the checks that it blocks. */
export function sealOf(text: ComplianceRuleText, custom: readonly CustomCheck[]): string {
  const entries = Object.entries(text).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([entries, blockedVersions(text, custom)]))
    .digest('hex');
}

/** What somebody read of a replay. */
export interface ReadReplay {
  readonly seal: string;
  readonly stopped: number;
}

/** Throws `conflict` where a rule is another than the one that was tried, or would stop more than was said. */
export function checkReplay(said: ReadReplay, now: ReadReplay): void {
  const next = 'Try the rule again, read what it would stop, then save it.';
  if (said.seal !== now.seal)
    throw new AppError('conflict', 'This is not the rule that was tried, or a check that it blocks is another now.', {
      next,
    });
  if (now.stopped <= said.stopped) return;
  const more = `The rule would stop ${now.stopped} containers now; ${said.stopped} when it was tried.`;
  throw new AppError('conflict', more, { next });
}

/** Keeps that somebody read what the rule would stop. From now on it may, and its brake is off. */
export async function confirmRule(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  { rule, stopped }: { readonly rule: ComplianceRule; readonly stopped: number },
  { principal, author }: Writer,
): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(`compliance stops ${rule.id}`);
    const database = transaction.query(complianceSchema);
    const row = {
      version: rule.version,
      checks: JSON.stringify(blockedVersions(rule, await readCustom(transaction))),
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
    .select(['rule', 'version', 'checks'])
    .execute();
  return new Map(rows.map((row) => [row.rule, row]));
}
