import { createHmac } from 'node:crypto';
import { mergeFindings } from './merge-findings.ts';
import type { SecretFinding } from './finding.ts';

/** A text without its secrets. Equal secrets have equal ids under one key, and say nothing without it; without a key they have none. */
export function redact(text: string, findings: readonly SecretFinding[], key?: Uint8Array): string {
  let redacted = '';
  let at = 0;
  for (const { offset, length } of mergeFindings(findings)) {
    redacted += text.slice(at, offset) + redactWhole(text.slice(offset, offset + length), key);
    at = offset + length;
  }
  return redacted + text.slice(at);
}

/** `‹redacted len=20 id=1f0c2a3b›`: for values of variables and arguments, of which nothing is shown. */
export function redactWhole(value: string, key?: Uint8Array): string {
  if (key === undefined) return `‹redacted len=${value.length}›`;
  const id = createHmac('sha256', key).update(value).digest('hex').slice(0, 8);
  return `‹redacted len=${value.length} id=${id}›`;
}
