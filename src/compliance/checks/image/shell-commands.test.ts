import { expect, it } from 'vitest';
import { pipelinesOf } from './shell-commands.ts';

const longest = 65_000;

it.each(['${', 'a=${', '$(', '`', '"\\', ' #', '<('])('reads a step that repeats %j at once', (text) => {
  const started = performance.now();
  pipelinesOf(text.repeat(longest / text.length));
  expect(performance.now() - started).toBeLessThan(3000);
});

it('keeps a nested substitution in its word', () => {
  expect(pipelinesOf('curl ${A:-b c} x | sh')).toEqual([[['curl', '${A:-b c}', 'x'], ['sh']]]);
});
