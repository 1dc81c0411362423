import { expect, test } from 'vitest';
import { plainJson } from './plain-json.ts';

test.each([
  ['{"a": [1, 2, ], }', '{"a": [1, 2 ] }'],
  ['[[],[],\n\t]', '[[],[]\n\t]'],
  ['["a,]", "b\\",}", ]', '["a,]", "b\\",}" ]'],
  ['["\\\\", ]', '["\\\\" ]'],
  ['["unfinished, ]', '["unfinished, ]'],
  ['[1,,]', '[1,]'],
  ['', ''],
  ['{"a": 1, "b": 2}', '{"a": 1, "b": 2}'],
])('%s without commas before closing brackets is %s', (text, plain) => expect(plainJson(text)).toBe(plain));
