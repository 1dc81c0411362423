import type { z } from 'zod';
import { oneLine } from '#base/index.ts';

/** Choices of a field that are named; a longer list says nothing more. */
const mostChoices = 20;
/** Names of fields, and parts of their paths, are the caller's: this much of each is said again. */
const longestName = 64;

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const formats: Readonly<Record<string, string>> = {
  datetime: 'a time such as 2026-11-24T15:47:17Z',
  date: 'a day such as 2026-11-24',
  uuid: 'a UUID',
  url: 'a URL',
};

/** Where a field is: `body.rules.0.name`. */
export function issuePath(part: string, path: readonly PropertyKey[]): string {
  return [part, ...path.slice(0, mostChoices).map(nameOf)].join('.');
}

function nameOf(key: PropertyKey): string {
  return oneLine(String(key), longestName);
}

/** What a field must be, for people. It never tells the value that was sent: that may be a secret. */
export function issueWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return mustBe(issue.expected, kinds);
    case 'invalid_format':
      return mustBe(issue.format, formats);
    case 'invalid_value':
      return oneOf(issue.values);
    case 'too_small':
      return `must be at least ${bound(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `must be at most ${bound(issue.origin, issue.maximum)}`;
    case 'unrecognized_keys':
      return `has fields that are not known: ${issue.keys.slice(0, mostChoices).map(nameOf).join(', ')}`;
    case 'invalid_union':
      return 'not in the expected form';
    default:
      return issue.message;
  }
}

function mustBe(name: string, words: Readonly<Record<string, string>>): string {
  return Object.hasOwn(words, name) ? `must be ${words[name]}` : 'not in the expected form';
}

function oneOf(values: readonly unknown[]): string {
  const [only] = values;
  if (values.length === 1) return `must be ${String(only)}`;
  return values.length > mostChoices ? 'not in the expected form' : `must be one of ${values.join(', ')}`;
}

function bound(origin: string, limit: number | bigint): string {
  if (origin === 'string') return `${limit} ${limit === 1 ? 'character' : 'characters'} long`;
  if (origin === 'array') return `${limit} ${limit === 1 ? 'entry' : 'entries'} long`;
  return String(limit);
}
