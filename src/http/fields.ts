import { z } from 'zod';
import {
  type DiffId,
  digestPattern,
  type ImageDigest,
  type ScanId,
  type SubjectId,
  subjectIdPattern,
  uuidPattern,
} from '#base/index.ts';

/** Fields that many contracts share. Each leaves its schema branded. */

export const imageDigest = z.string().regex(digestPattern) as unknown as z.ZodType<ImageDigest, string>;
export const diffId = z.string().regex(digestPattern) as unknown as z.ZodType<DiffId, string>;
export const digest = z.string().regex(digestPattern);
export const subjectId = z.string().regex(subjectIdPattern) as unknown as z.ZodType<SubjectId, string>;
export const scanId = z.string().regex(uuidPattern) as unknown as z.ZodType<ScanId, string>;

/** A moment as ISO 8601 in UTC, `2026-11-24T15:47:17Z`. */
export const moment = z.iso.datetime({ offset: true });

/** Anything but the control characters of ASCII; a tab is allowed. */
const printable = /^[\t\u0080-\u009f\P{Cc}]*$/u;

/** Text of a bounded length, without control characters; what a hostile image may put on a page. */
export function line(longest: number): z.ZodString {
  return z.string().max(longest).regex(printable);
}

/** A file as an answer. */
export interface FileReply {
  readonly type: string;
  /** What a browser calls it: letters, digits, `.`, `-`, `_`. */
  readonly name: string;
  /** Its content, in parts. */
  readonly parts: readonly Uint8Array[];
}

/** The reply of an endpoint that answers with a file. */
export const fileReply = z.custom<FileReply>(
  (value) => typeof value === 'object' && value !== null && 'parts' in value && Array.isArray(value.parts),
);
