import { task } from '#http/console/tasks.ts';
import type { KeptDocument } from '../catalogue.ts';
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

/** What a check that is only tried goes by. */
export const triedId = 'custom-tried';

/** Sets of facts, and the check that is tried on them. */
interface Trying {
  readonly check: CustomCheckText;
  readonly facts: readonly { readonly id: string; readonly documents: readonly KeptDocument[] }[];
  readonly lists: Lists;
  readonly now: Date;
}

/** What it says of one set of facts. */
export interface TriedAnswer {
  readonly state: JoinedResult['state'];
  readonly seen?: readonly string[] | undefined;
  readonly reason?: string | undefined;
}

/** Tries a check that somebody writes: one may take 30 ms on a document, and there are hundreds. */
export const tryCustomTask = task<Trying, ReadonlyMap<string, TriedAnswer>>('try-custom-check', async (asked) => {
  const { assessCustom } = await import('../catalogue.ts');
  const { openCustom } = await import('../open-custom.ts');
  const { check: text, facts, lists, now } = asked;
  const checks = await openCustom([{ ...text, id: triedId, version: 1 }]);
  return new Map(
    checks.flatMap((check) => facts.map(({ id, documents }) => [id, assessCustom(check, documents, { now, lists })])),
  );
});
