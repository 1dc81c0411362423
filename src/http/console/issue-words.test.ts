import { expect, test } from 'vitest';
import { z } from 'zod';
import { issuePath, issueWords } from './issue-words.ts';

const Query = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).optional(),
  sort: z.enum(['risk', 'name']).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  name: z.string().min(2).max(4).optional(),
  subject: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .optional(),
  id: z.uuid().optional(),
  list: z.array(z.string()).max(1).optional(),
  by: z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]).optional(),
});

function wordsOf(value: object): readonly string[] {
  return (Query.safeParse(value).error?.issues ?? []).map(issueWords);
}

test.each([
  [{ limit: 'abc' }, 'must be a number'],
  [{ limit: 1.5 }, 'must be a whole number'],
  [{ limit: 0 }, 'must be at least 1'],
  [{ limit: 501 }, 'must be at most 500'],
  [{ sort: 'age' }, 'must be one of risk, name'],
  [{ since: 'yesterday' }, 'must be a time such as 2026-11-24T15:47:17Z'],
  [{ name: 'secret' }, 'must be at most 4 characters long'],
  [{ name: 7 }, 'must be a text'],
  [{ subject: 'sha256:x' }, 'not in the expected form'],
  [{ id: 'x' }, 'must be a UUID'],
  [{ list: ['a', 'b'] }, 'must be at most 1 entry long'],
  [{ by: { kind: 'c' } }, 'not in the expected form'],
  [{ page: 'abc' }, 'has fields that are not known: page'],
])('%j: %s', (value, words) => {
  expect(wordsOf(value)).toEqual([words]);
});

test('no words name a value, a type of the language or a pattern', () => {
  const sent = { limit: Number.NaN, name: 'hunter2', sort: 'hunter2', subject: 'hunter2', since: 'hunter2' };
  expect(wordsOf(sent).join()).not.toMatch(/hunter2|NaN|received|Invalid|pattern|undefined|\^/);
  expect(wordsOf(sent)).toHaveLength(5);
});

test('of the names that a caller made up only the beginning of some is said again, on one line', () => {
  const long = Array.from({ length: 100 }, (_, at) => `${at}\n\u202e${'k'.repeat(10_000)}`);
  const [words = ''] = wordsOf(Object.fromEntries(long.map((key) => [key, 1])));
  expect(words.length).toBeLessThan(20 * 66 + 50);
  expect(words).not.toMatch(/[\n\u202e]/);
  const path = issuePath('body', long);
  expect(path.length).toBeLessThan(20 * 66);
  expect(path).not.toMatch(/[\n\u202e]/);
  expect(issuePath('body', ['rules', 0, Symbol('name')])).toBe('body.rules.0.Symbol(name)');
});
