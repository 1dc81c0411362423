import { oneLine } from '#base/index.ts';
import type { Review } from './review.ts';

/** What the API server is told. A reply of a validating webhook never changes the object: there is no patch. */
export type Answer =
  | { readonly kind: 'allow'; readonly warnings: readonly string[]; readonly audit: Audit }
  /** `code` is an HTTP status from 400 on; below it the API server would take 400. */
  | { readonly kind: 'deny'; readonly code: 403 | 422; readonly message: string; readonly audit: Audit };

/** By key; the API server puts the name of the webhook in front. */
type Audit = Readonly<Record<string, string>>;

/** `AdmissionReview` as it is sent back. */
export interface Reply {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly status?: {
      readonly status: 'Failure';
      readonly reason: 'Forbidden' | 'Invalid';
      readonly code: number;
      readonly message: string;
    };
    readonly warnings?: readonly string[];
    readonly auditAnnotations: Audit;
  };
}

/** Longer ones the API server may cut. */
const longestWarning = 256;
/** All of an answer together are cut beyond 4,096 characters. */
const mostWarnings = 15;
const longestMessage = 4000;
const longestAudit = 2000;

/** The reply to a review, with its uid. */
export function replyTo({ uid }: Pick<Review, 'uid'>, answer: Answer): Reply {
  const auditAnnotations = Object.fromEntries(
    Object.entries(answer.audit).map(([key, value]) => [key, oneLine(value, longestAudit)]),
  );
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response:
      answer.kind === 'deny'
        ? {
            uid,
            allowed: false,
            status: {
              status: 'Failure',
              reason: answer.code === 403 ? 'Forbidden' : 'Invalid',
              code: answer.code,
              message: oneLine(answer.message, longestMessage),
            },
            auditAnnotations,
          }
        : { uid, allowed: true, ...warned(answer.warnings), auditAnnotations },
  };
}

function warned(warnings: readonly string[]): Pick<Reply['response'], 'warnings'> {
  const lines = [...new Set(warnings.map((warning) => oneLine(warning, longestWarning)))];
  if (lines.length === 0) return {};
  if (lines.length <= mostWarnings) return { warnings: lines };
  const more = lines.length - mostWarnings + 1;
  return { warnings: [...lines.slice(0, mostWarnings - 1), `Seawall has ${more} more warnings; see its console.`] };
}
