import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withElement, withMember } from './json-text.ts';

describe('an edit of JSON as text', () => {
  test.each([
    ['{}', '{\n  "a": 1\n}'],
    ['{ }\n', '{\n  "a": 1\n}\n'],
    ['{\n\t"x": [1, 2]\n}\n', '{\n\t"x": [1, 2],\n\t"a": 1\n}\n'],
    ['{\n    "x": {"y": "}"},\n    "z": true\n}', '{\n    "x": {"y": "}"},\n    "z": true,\n    "a": 1\n}'],
    ['{"x":"\\"{"}', '{"x":"\\"{", "a": 1}'],
    ['{"x": 1,"y": 2}', '{"x": 1,"y": 2,"a": 1}'],
    ['{\n  "a": 7,\n  "b": 2\n}', '{\n  "a": 1,\n  "b": 2\n}'],
  ])('adds or sets a member of %j', (text, expected) => {
    expect(withMember(text, ['a'], 1)).toBe(expected);
  });

  test('goes into objects and makes those that are missing', () => {
    expect(withMember('{\n  "r": {\n    "x": {}\n  }\n}', ['r', 'y', 'path'], '/p')).toBe(
      '{\n  "r": {\n    "x": {},\n    "y": {"path": "/p"}\n  }\n}',
    );
    expect(withMember('{\n  "z": 1\n}', ['r', 'y'], '/p')).toBe('{\n  "z": 1,\n  "r": {"y": "/p"}\n}');
  });

  test.each([
    ['{}', '{\n  "p": ["seawall"]\n}'],
    ['{"p": []}', '{"p": ["seawall"]}'],
    ['{"p": ["other"]}', '{"p": ["other", "seawall"]}'],
    ['{"p": [\n    "other"\n  ]}', '{"p": [\n    "other",\n    "seawall"\n  ]}'],
  ])('appends to the list of %j', (text, expected) => {
    expect(withElement(text, 'p', 'seawall')).toBe(expected);
  });

  test('means what was asked for, whatever the text', () => {
    const key = fc.string({ maxLength: 8 }).filter((name) => name !== '__proto__');
    const object = fc.dictionary(key, fc.jsonValue(), { maxKeys: 5 });
    fc.assert(
      fc.property(object, key, fc.constantFrom(undefined, 1, 2, '\t'), (value, name, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(JSON.parse(withMember(text, [name], 'set'))).toEqual({ ...JSON.parse(text), [name]: 'set' });
      }),
      { numRuns: 500 },
    );
  });
});
