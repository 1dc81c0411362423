import type { Clock, ImageDigest, SubjectId } from '#base/index.ts';
import type { Store } from '#store/index.ts';
import { hourOf } from '../hours.ts';

/** An hour of the learning method, in seconds. */
export const usualBucketSeconds = 3600;

/** What the domain stands on. */
export interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
  /** Length of an hour: 3600 but in a lab. */
  readonly bucketSeconds: number;
}

/** Bucket that a moment falls in. */
export function bucketOf(moment: Date, { bucketSeconds }: Pick<Dependencies, 'bucketSeconds'>): number {
  return hourOf(moment.getTime(), bucketSeconds);
}

/** An image as the inventory and the catalog name it. */
export function subjectOf(digest: ImageDigest): SubjectId {
  return digest as string as SubjectId;
}
