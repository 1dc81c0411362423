import { audit, theConsole } from '#access/console/index.ts';
import { complianceRules } from '#compliance/console/index.ts';
import type { Transaction } from '#store/index.ts';
import type { AdmissionRule } from '../contract.ts';
import { type MovedRule, movedSettings } from '../moved-settings.ts';
import type { Dependencies } from './dependencies.ts';
import { admissionRules } from './rules.ts';

/**
 * Moves what admission rules of the release before say of settings into compliance rules, all at once: starts are judged as
 * before. An admission rule that says something of settings, be it nothing at all, has not been moved yet.
 */
export async function moveSettings({ store, clock }: Pick<Dependencies, 'store' | 'clock'>): Promise<void> {
  if (!(await admissionRules.inForce(store)).some(isUnmoved)) return;
  await complianceRules.putLastInForce(store, clock());
  await store.transaction(async (transaction) => {
    await transaction.lockAll([admissionRules.plural, complianceRules.plural].toSorted());
    const admission = await admissionRules.inForce(transaction);
    const unmoved = admission.filter(isUnmoved);
    // Another console may have done it meanwhile.
    if (unmoved.length === 0) return;
    const compliance = await complianceRules.inForce(transaction);
    for (const moved of movedSettings({ admission, compliance })) await putInPlace(transaction, moved, clock());
    for (const rule of unmoved) await takeOut(transaction, rule, clock());
  });
}

function isUnmoved({ settings }: AdmissionRule): boolean {
  return settings !== undefined;
}

async function putInPlace(transaction: Transaction, { rule, from }: MovedRule, now: Date): Promise<void> {
  const { version: _, ...text } = rule;
  const before = (await complianceRules.inForce(transaction)).find(({ id }) => id === rule.id);
  if (before !== undefined && complianceRules.saysTheSame(before, text)) return;
  const after = await complianceRules.addVersion(transaction, text, { now });
  const target = { kind: complianceRules.kind, id: after.id, name: after.name };
  await audit(transaction, { ...theConsole, action: 'settings-moved', target, detail: { from, before, after } });
}

async function takeOut(transaction: Transaction, before: AdmissionRule, now: Date): Promise<void> {
  const { version: _, settings: __, agentAway: ___, ...text } = before;
  const after = await admissionRules.addVersion(transaction, text, { now });
  const target = { kind: admissionRules.kind, id: after.id, name: after.name };
  await audit(transaction, { ...theConsole, action: 'settings-moved', target, detail: { before, after } });
}
