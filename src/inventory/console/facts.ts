import type { SubjectId } from '#base/index.ts';
import { fact, type Transaction } from '#store/index.ts';

/** Something about a host is another: what it told, its images, what could not be scanned, its environment, its agent. */
export const hostChanged = fact<{ readonly host: string }>('host-changed');

/** Where a subject lies, what runs of it, in which environment or which of its files are in use is another. */
export const subjectPlaced = fact<{ readonly subject: SubjectId }>('subject-placed');

/** Containers of a host began, ended or are set up otherwise. */
export const containersChanged = fact<{ readonly host: string }>('containers-changed');

/** Announces `subjectPlaced` for each of them once, in one statement; `null` is none. */
export async function announcePlaced(transaction: Transaction, subjects: Iterable<SubjectId | null>): Promise<void> {
  const known = [...new Set(subjects)].filter((subject) => subject !== null).toSorted();
  await transaction.announceAll(
    subjectPlaced,
    known.map((subject) => ({ subject })),
  );
}
