import { task } from '#http/console/tasks.ts';
import type { CustomAnswer, KeptDocument } from '../catalogue.ts';
import type { SubjectKind } from '../check.ts';
import type { CustomCheck, CustomCheckText } from '../contract.ts';
import type { JoinedResult } from '../join.ts';
import type { Lists } from '../lists/index.ts';

/** Documents of one subject, and what they are judged by. */
interface Assessing {
  readonly kind: SubjectKind;
  readonly documents: readonly KeptDocument[];
  readonly lists: Lists;
  readonly custom: readonly CustomCheck[];
  readonly now: Date;
}

/** Judges documents in a child process: what a host reports may be made to take long, and so may a check that somebody wrote. */
export const assessTask = task<Assessing, readonly JoinedResult[]>('assess-documents', async (asked) => {
  const { assessDocuments } = await import('../catalogue.ts');
  const { openCustom } = await import('../open-custom.ts');
  const { kind, documents, lists, custom, now } = asked;
  return assessDocuments(kind, documents, { now, lists, custom: await openCustom(custom) });
});

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
