import { task } from '#http/console/tasks.ts';
import type { KeptDocument } from '../catalogue.ts';
import type { SubjectKind } from '../check.ts';
import type { CustomCheck } from '../contract.ts';
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
