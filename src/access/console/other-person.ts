import { AppError } from '#base/index.ts';

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
