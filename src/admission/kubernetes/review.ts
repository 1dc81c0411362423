import { AppError, countJson, overText } from '#base/index.ts';
import { AdmissionReview, type ReviewRequest } from './schema.ts';

/** Bytes of a request: an object of the API server has at most 3 MiB, and its old form comes beside it. */
export const reviewLimit = 8 * 1024 * 1024;

/** A pod of 3 MiB has some 100,000 values and keys, and about 15 levels. */
const most = { bytes: reviewLimit, tokens: 500_000, depth: 128 };

/** What an API server asks. */
export interface Review {
  readonly uid: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  /** `ephemeralcontainers`, `status`; empty: the object itself. */
  readonly subResource: string;
  /** Empty: none. */
  readonly namespace: string;
  /** Empty: the API server is yet to make one up. */
  readonly name: string;
  /** Who asked the API server. */
  readonly user: string;
  /** Nothing may be changed by it, here neither. */
  readonly dryRun: boolean;
  /** Missing where nothing is to be: on deletion. */
  readonly object: unknown;
  readonly oldObject: unknown;
}

/**
 * Reads the body of a request. Throws `AppError`: `too-large`, `bad-json`, and `bad-request` for what is no
 * AdmissionReview of `admission.k8s.io/v1`. The API server takes each for a failed call, never for an answer.
 */
export function readReview(body: Uint8Array): Review {
  const count = countJson(body, most);
  if (count.kind === 'over')
    throw new AppError(count.what === 'depth' ? 'bad-request' : 'too-large', `The body ${overText(count)}.`);
  const read = AdmissionReview.safeParse(parsed(body));
  if (read.success) return toReview(read.data.request);
  const issues = read.error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new AppError('bad-request', `This is no AdmissionReview of admission.k8s.io/v1. ${issues.join('; ')}`, {
    next: 'Let the API server of a cluster send it.',
  });
}

function toReview({ uid, operation, kind, userInfo, object, oldObject, ...rest }: ReviewRequest): Review {
  return {
    uid,
    operation,
    kind,
    subResource: rest.subResource ?? '',
    namespace: rest.namespace ?? '',
    name: rest.name ?? '',
    user: userInfo.username ?? '',
    dryRun: rest.dryRun ?? false,
    object: object ?? undefined,
    oldObject: oldObject ?? undefined,
  };
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw new AppError('bad-json', 'The body is not valid JSON.', { cause });
  }
}
