import { AppError } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import { checkScope } from './writer.ts';

/** Who asked for an exception; `requester` is the person behind it, `null` where nobody knows that. */
export interface AskedBy {
  readonly requester: string | null;
  readonly requested_by: { readonly id: string };
}

/** Throws `own-exception` unless another person decides than the one who asked. A token whose maker is not known could be the requester's. */
export function checkOtherPerson(
  { requester, requested_by }: AskedBy,
  { approver, id }: { readonly approver: string | undefined; readonly id: string },
): void {
  const isOther = requester !== null && approver !== undefined && approver !== requester && requested_by.id !== id;
  if (isOther) return;
  const isUnknown = requester === null || approver === undefined;
  throw new AppError(
    'own-exception',
    isUnknown
      ? 'It is not known which person stands behind a token, so it could be the one who asked.'
      : 'An exception is decided by another person than the one who asked for it.',
  );
}

interface Cancelled extends AskedBy {
  readonly state: string;
  readonly collections: readonly string[] | null;
}

/** Throws `not-allowed` unless who cancels asked for it or may decide it, and `conflict` where it ended already. */
export function checkMayCancel(
  row: Cancelled,
  { principal, person }: { readonly principal: Principal; readonly person: string | undefined },
): void {
  const asked = row.requested_by.id === principal.id || (person !== undefined && row.requester === person);
  if (!asked && !principal.permissions.includes('approve-exceptions'))
    throw new AppError('not-allowed', 'Only who asked for an exception, or may decide it, cancels it.');
  if (!asked) checkScope(principal, row.collections ?? undefined);
  if (row.state !== 'requested' && row.state !== 'approved')
    throw new AppError('conflict', `The exception is ${row.state} already.`);
}

/** How many exceptions may be, and how many one person may have waiting. */
interface Room {
  readonly open: number;
  readonly waiting: number;
}

/** Throws `limit-reached` where there is no room for one more; people read those that wait. */
export function checkExceptionRoom(there: Room, most: Room): void {
  if (there.waiting >= most.waiting)
    throw new AppError('limit-reached', `${there.waiting} exceptions that you asked for wait for a decision already.`, {
      next: 'Cancel some, or have somebody decide them first.',
    });
  if (there.open < most.open) return;
  throw new AppError('limit-reached', `There are ${there.open} exceptions already, and as many may be.`, {
    next: 'Cancel those that are no longer needed.',
  });
}
