import { sql } from 'kysely';
import { AppError } from '#base/index.ts';
import { audit, checkCollections, checkScope, type Writer } from '#access/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { AdmissionRule, AdmissionRuleText } from '../contract.ts';
import type { Parts } from './parts.ts';
import { admissionRulesChanged } from './facts.ts';
import { addVersion, lastRule, lockRules, readRules } from './rules.ts';
import { admissionSchema } from './schema.ts';

interface Wanted {
  readonly id: string;
  readonly rule: AdmissionRuleText;
  readonly basedOn: number;
}

/** Throws `AppError`: `bad-request`, `conflict`, `not-allowed`. */
export async function saveRule(
  { store, clock }: Parts,
  { id, rule: text, basedOn }: Wanted,
  { principal, author }: Writer,
): Promise<AdmissionRule> {
  checkScope(principal, undefined);
  checkSettings(text);
  if (id === lastRule && (text.collections !== undefined || text.state === 'off'))
    throw new AppError('bad-request', 'The last rule holds for everything: it has no scope and stays on.');
  return await store.transaction(async (transaction) => {
    await lockRules(transaction);
    await checkCollections(transaction, text.collections);
    const before = (await readRules(transaction)).find(({ rule }) => rule.id === id)?.rule;
    if ((before?.version ?? 0) !== basedOn)
      throw new AppError('conflict', `The rule is at version ${before?.version ?? 0}, and the change on ${basedOn}.`);
    if (before !== undefined && saysTheSame(before, text)) return before;
    const saved = await addVersion(transaction, { id, text }, { now: clock(), savedBy: principal.name });
    const target = { kind: 'admission-rule', id, name: saved.name };
    await audit(transaction, { ...author, action: 'admission-rule-saved', target, detail: { before, after: saved } });
    return saved;
  });
}

/** Its versions stay. Throws `AppError`: `not-found`, `built-in`, `not-allowed`. */
export async function deleteRule({ store }: Parts, id: string, { principal, author }: Writer): Promise<void> {
  checkScope(principal, undefined);
  if (id === lastRule) throw new AppError('built-in', 'The last rule holds for everything and stays.');
  await store.transaction(async (transaction) => {
    await lockRules(transaction);
    const before = (await readRules(transaction)).find(({ rule }) => rule.id === id)?.rule;
    if (before === undefined) throw new AppError('not-found', 'There is no such rule.');
    await transaction.query(admissionSchema).deleteFrom('place').where('id', '=', id).execute();
    await transaction.announce(admissionRulesChanged, { rule: id });
    const target = { kind: 'admission-rule', id, name: before.name };
    await audit(transaction, { ...author, action: 'admission-rule-deleted', target, detail: { before } });
  });
}

/** Throws `AppError`: `bad-request` unless every rule is named once and the last one stays last; `not-allowed`. */
export async function putInOrder(
  { store }: Parts,
  order: readonly string[],
  { principal, author }: Writer,
): Promise<void> {
  checkScope(principal, undefined);
  await store.transaction(async (transaction) => {
    await lockRules(transaction);
    const before = (await readRules(transaction)).map(({ rule }) => rule.id);
    if (order.toSorted().join() !== before.toSorted().join())
      throw new AppError('bad-request', 'order: every rule must be named, and each once.');
    if (order.at(-1) !== lastRule)
      throw new AppError('bad-request', 'order: the last rule holds for everything and stays last.');
    if (before.join() === order.join()) return;
    await transaction
      .query(admissionSchema)
      .updateTable('place')
      .set({ position: sql<number>`array_position(${[...order]}::text[], place.id)` })
      .execute();
    await transaction.announce(admissionRulesChanged, { rule: lastRule });
    const target = { kind: 'admission-rule', id: 'order' };
    await audit(transaction, {
      ...author,
      action: 'admission-rules-ordered',
      target,
      detail: { before, after: order },
    });
  });
}

/** Rules that name a collection, in words. */
export async function rulesWithCollection(queries: Queries, collection: string): Promise<readonly string[]> {
  const rules = (await readRules(queries)).filter(({ rule }) => rule.collections?.includes(collection) === true);
  return rules.map(({ rule }) => `admission rule "${rule.name}"`);
}

function checkSettings({ settings }: AdmissionRuleText): void {
  const kinds = settings.map(({ kind }) => kind);
  const twice = kinds.find((kind, at) => kinds.indexOf(kind) !== at);
  if (twice !== undefined) throw new AppError('bad-request', `settings: ${twice} is named more than once.`);
}

function saysTheSame(before: AdmissionRule, text: AdmissionRuleText): boolean {
  const { id, version } = before;
  return sorted(before) === sorted({ ...text, id, version });
}

function sorted(rule: AdmissionRule): string {
  return JSON.stringify(Object.entries(rule).toSorted());
}
