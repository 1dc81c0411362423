import { createHash } from 'node:crypto';
import type { Fact } from './contract.ts';

/** Longest key that a model holds. */
const longest = 8192;

/**
 * Text that names a fact within its model, `process "/bin/sh" by="/usr/sbin/nginx"`. The same fact has the same key
 * everywhere. Names are quoted as JSON, so none can pass for another field; what is too long is named by its SHA-256.
 */
export function entryKeyOf(fact: Fact): string {
  const text = textOf(fact);
  if (text.length <= longest) return text;
  return `${fact.dimension} #${createHash('sha256').update(text).digest('hex')}`;
}

function textOf(fact: Fact): string {
  if (fact.dimension === 'process')
    return [
      `process ${quoted(fact.path)}`,
      field('applet', fact.applet),
      field('by', fact.caller),
      field('args', fact.shape),
      field('origin', fact.origin),
      field('session', fact.session),
      field('sha256', fact.sha256),
    ].join('');
  switch (fact.kind) {
    case 'generated-code':
      return `generated-code ${quoted(fact.path)}${field('below', fact.folder)}`;
    case 'code-file':
      return `code-file ${quoted(fact.file)}${field('by', fact.path)}${field('sha256', fact.sha256)}`;
    default:
      return fact satisfies never;
  }
}

function field(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` ${name}=${quoted(value)}`;
}

/** JSON leaves DEL as it is; a key holds no control character at all. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', String.raw`\u007f`);
}
