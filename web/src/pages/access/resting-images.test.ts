import { describe, expect, it } from 'vitest';
import { askResting, mayPublish, restingWords } from './resting-images.ts';

const answering = (answers: Readonly<Record<string, Response | Error>>): typeof fetch =>
  (async (address: string) => {
    const answer = answers[address.split('/')[4] ?? ''];
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error(address);
    return answer;
  }) as typeof fetch;
const saying = (count: unknown): Response => Response.json({ count, images: [] });

describe('images that rest on tokens', () => {
  it('are counted over all of them', async () => {
    expect(await askResting([], answering({}))).toEqual({ kind: 'known', images: 0 });
    const both = answering({ a: saying(2), b: saying(3) });
    expect(await askResting(['a', 'b'], both)).toEqual({ kind: 'known', images: 5 });
  });

  it.each([
    ['the console does not know the question', new Response('', { status: 404 })],
    ['the console answers otherwise', saying('many')],
    ['the console is away', new Error('away')],
  ])('are unknown where %s', async (_, answer) => {
    expect(await askResting(['a', 'b'], answering({ a: saying(2), b: answer }))).toEqual({ kind: 'unknown' });
  });

  it('are told in one sentence', () => {
    expect(restingWords({ kind: 'known', images: 0 }, 'jenkins')).toBe('No image rests on jenkins alone.');
    expect(restingWords({ kind: 'known', images: 1 }, 'jenkins')).toMatch(/^1 image rests on jenkins alone: /);
    expect(restingWords({ kind: 'known', images: 7 }, 'jenkins')).toMatch(/^7 images rest on jenkins alone: /);
    expect(restingWords({ kind: 'unknown' }, 'jenkins')).toMatch(/^How many images rest on jenkins alone is unknown/);
  });
});

it.each([
  ['administrator', false, true],
  ['operator', false, true],
  ['auditor', false, false],
  ['developer', false, false],
  ['administrator', true, false],
] as const)('a user who is %s, disabled: %s, publishes: %s', (role, disabled, expected) => {
  expect(mayPublish({ role, disabled })).toBe(expected);
});
