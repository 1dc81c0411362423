import { expect, it } from 'vitest';
import { plain, plainJson } from './plain.ts';

const hostile = 'a\u001b[2J\u009b31m\nPASS\r\u202e\u2028\u007fé→…';

it('keeps letters and signs, and nothing that a terminal obeys', () => {
  expect(plain(hostile)).toBe('a\ufffd[2J\ufffd31m\ufffdPASS\ufffd\ufffd\ufffd\ufffdé→…');
});

it('escapes in JSON what JSON.stringify leaves, and loses nothing', () => {
  const json = plainJson(JSON.stringify(hostile));
  expect(json).toMatch(/^[\u0020-\u007eé→…]*$/);
  expect(JSON.parse(json)).toBe(hostile);
});
