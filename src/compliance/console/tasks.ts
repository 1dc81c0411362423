import { task } from '#http/console/tasks.ts';
import type { CustomAnswer, KeptDocument } from '../catalogue.ts';
import type { SubjectKind } from '../check.ts';
import type { CustomCheck, CustomCheckText } from '../contract.ts';
import type { Lists } from '../lists/index.ts';
import type { PackedResults } from './pack-results.ts';

/** Documents of one set of facts. */
export interface FactsToAssess {
  readonly id: string;
  readonly kind: SubjectKind;
  readonly documents: readonly KeptDocument[];
}

/** What is judged together, and what by. */
interface Assessing {
  readonly facts: readonly FactsToAssess[];
  readonly lists: Lists;
  readonly custom: readonly CustomCheck[];
  readonly now: Date;
}

/**
 * Judges documents in a child process and packs the results as they are kept: what a host reports may be made to take long,
 * so may a check that somebody wrote, and of many facts together it is seconds.
 */
export const assessTask = task<Assessing, readonly PackedResults[]>('assess-documents', async (asked) => {
  const { assessMany } = await import('../catalogue.ts');
  const { openCustom } = await import('../open-custom.ts');
  const { packResults } = await import('./pack-results.ts');
  const { facts, lists, now } = asked;
  const assess = assessMany({ now, lists, custom: await openCustom(asked.custom) });
  const packed: PackedResults[] = [];
  for (const { id, kind, documents } of facts) packed.push(await packResults(id, assess(kind, documents)));
  return sharing(packed);
});

/** Of equal outcomes one is sent: most of many subjects are. */
function sharing(packed: readonly PackedResults[]): readonly PackedResults[] {
  const outcomes = new Map(packed.map(({ outcome }) => [outcome.id, outcome]));
  return packed.map((one) => ({ ...one, outcome: outcomes.get(one.outcome.id) ?? one.outcome }));
}

/** Reads the expression of a check that somebody sent. Throws `bad-request` with line and column. */
export const readCheckTask = task<CustomCheckText, void>('read-custom-check', async (text) => {
  const { checkedCustom } = await import('../checked-custom.ts');
  await checkedCustom(text);
});

/** A check that somebody sent, and the documents of each set of facts that it is tried on. */
interface Trying {
  readonly text: CustomCheckText;
  readonly facts: readonly (readonly KeptDocument[])[];
  readonly lists: Lists;
  readonly now: Date;
}

/** What it says of each. Throws `bad-request` like `readCheckTask`. */
export const tryCheckTask = task<Trying, readonly CustomAnswer[]>('try-custom-check', async (tried) => {
  const { checkedCustom } = await import('../checked-custom.ts');
  const { assessCustom } = await import('../catalogue.ts');
  const { text, facts, lists, now } = tried;
  const check = await checkedCustom(text);
  return facts.map((documents) => assessCustom(check, documents, { now, lists }));
});
