import { describe, expect, test } from 'vitest';
import { checkProtocol, environmentAtJoin, environmentNow } from './introduction.ts';

const refused = 'refused';

test('one version of the messages is served, and none before the first', () => {
  checkProtocol({ protocol: 1, version: '1' });
  for (const protocol of [-1, 0, 2])
    expect(() => checkProtocol({ protocol, version: '1' })).toThrow(
      expect.objectContaining({ code: 'protocol-unsupported' }),
    );
});

test('a refusal says what was asked for', () => {
  expect(() => environmentAtJoin('dev', ['prod'])).toThrow('"dev" is not among them');
  expect(() => environmentAtJoin(undefined, ['prod', 'test'])).toThrow('environments prod, test; the agent names none');
});

describe('the environment of an agent', () => {
  test.each([
    [undefined, ['prod'], 'prod'],
    ['prod', ['prod'], 'prod'],
    ['dev', ['prod'], refused],
    ['unassigned', ['prod'], refused],
    [undefined, ['unassigned'], null],
    ['unassigned', ['unassigned'], null],
    ['prod', ['unassigned'], refused],
    [undefined, ['dev', 'prod'], refused],
    ['dev', ['dev', 'prod'], 'dev'],
    ['prod', ['dev', 'prod'], 'prod'],
    ['test', ['dev', 'prod'], refused],
    [undefined, ['dev', 'unassigned'], null],
    ['unassigned', ['dev', 'unassigned'], null],
    ['dev', ['dev', 'unassigned'], 'dev'],
    [undefined, [], refused],
    ['prod', [], refused],
  ] as const)('that asks for %s by a token for %o is %s when it joins', (asked, allowed, environment) => {
    if (environment === refused) {
      expect(() => environmentAtJoin(asked, allowed)).toThrow(expect.objectContaining({ code: 'join-refused' }));
      return;
    }
    expect(environmentAtJoin(asked, allowed)).toBe(environment);
  });

  test.each([
    [undefined, 'prod', ['prod'], 'prod', null],
    ['prod', 'prod', ['prod'], 'prod', null],
    ['dev', 'prod', ['prod'], 'prod', 'dev'],
    ['unassigned', 'prod', ['prod'], 'prod', 'unassigned'],
    ['dev', 'prod', ['dev', 'prod'], 'dev', null],
    [undefined, 'dev', ['dev', 'prod'], 'dev', null],
    ['test', 'dev', ['dev', 'prod'], 'dev', 'test'],
    [undefined, null, ['unassigned'], null, null],
    ['prod', null, ['unassigned'], null, 'prod'],
    ['unassigned', 'dev', ['dev', 'unassigned'], null, null],
    ['unassigned', null, ['unassigned'], null, null],
    // As an upgrade left it: in none, moved to prod by a collection.
    [undefined, null, ['prod', 'unassigned'], null, null],
  ] as const)(
    'that says %s later, from %s by a token for %o, is %s, and %s is refused',
    (...[asked, before, environments, environment, no]) => {
      expect(environmentNow(asked, { environment: before, environments })).toEqual({ environment, refused: no });
    },
  );
});
