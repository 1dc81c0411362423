import { describe, expect, it } from 'vitest';
import { countDependents, mayPublish, dependentsText } from './dependent-images.ts';

const asked: string[] = [];
const answering = (answer: Response | Error): typeof fetch =>
  (async (address: string) => {
    asked.push(address);
    if (answer instanceof Error) throw answer;
    return answer.clone();
  }) as typeof fetch;
const saying = (count: unknown): Response => Response.json({ count, images: [] });

describe('images that depend on tokens', () => {
  it('are counted for all tokens of one owner together', async () => {
    expect(await countDependents([], answering(new Error('not asked')))).toEqual({ kind: 'known', images: 0 });
    expect(await countDependents(['a', 'b', 'c'], answering(saying(5)))).toEqual({ kind: 'known', images: 5 });
    expect(decodeURIComponent(asked.at(-1) ?? '')).toBe('/api/v1/tokens/a/dependent-images?also=b,c');
  });

  it.each([
    ['the console does not know the question', new Response('', { status: 404 })],
    ['the console is away', new Error('away')],
  ])('are unknown where %s', async (_, answer) => {
    expect(await countDependents(['a', 'b'], answering(answer))).toEqual({ kind: 'unknown' });
  });

  it('are told in one sentence', () => {
    expect(dependentsText({ kind: 'known', images: 0 }, 'jenkins')).toMatch(/^\D*\bjenkins\b\D*$/);
    expect(dependentsText({ kind: 'known', images: 1 }, 'jenkins')).toMatch(/^1 image .*\bjenkins\b/);
    expect(dependentsText({ kind: 'known', images: 7 }, 'jenkins')).toMatch(/^7 images .*\bjenkins\b/);
    expect(dependentsText({ kind: 'unknown' }, 'jenkins')).toMatch(/\bjenkins\b.*\bunknown\b/);
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
