import { describe, expect, test } from 'vitest';
import { missing } from '#base/index.ts';
import { imageFactsOfConfig } from '#catalog/index.ts';
import { evaluate } from '../../evaluate.ts';
import { configRows } from './config-rows.testing.ts';
import { contentRows } from './content-rows.testing.ts';
import { namesOfEnvironmentChecks } from './environment.ts';
import { imageChecks } from './index.ts';
import { secretChecks } from './secrets.ts';
import { fieldsOf, now } from './row.testing.ts';
import { stepRows } from './step-rows.testing.ts';

const rows = [...configRows, ...stepRows, ...contentRows];

describe('a check of images', () => {
  test.each(rows)('$id is $state: $when', ({ id, facts, lists = {}, state, seen }) => {
    const checks = imageChecks.filter((check) => check.id === id);
    const [result] = evaluate(checks, fieldsOf(facts), { now, lists });
    expect(result).toMatchObject({ id, state, ...(seen && { seen }) });
  });

  /** Those of secrets have a table of their own. */
  const others = imageChecks.filter((check) => !secretChecks.includes(check));

  test.each(others.map(({ id }) => id))('%s has a subject that fails and one that passes', (id) => {
    const states = rows.filter((row) => row.id === id).map(({ state }) => state);
    expect(states).toContain('pass');
    // What is only worth a look never fails.
    expect(states.some((state) => state === 'fail' || (state === 'warn' && id === 'IMG-042'))).toBe(true);
  });

  test.each(imageChecks)('$id never answers without its facts', (check) => {
    for (const need of check.needs) {
      const [result] = evaluate([check], { ...fieldsOf({}), [need]: missing('it is not there') }, { now, lists: {} });
      expect(result).toMatchObject({ state: 'not-assessed', reason: 'It is not there.' });
    }
  });

  test('has an id of its own, and says what to do', () => {
    expect(new Set(imageChecks.map(({ id }) => id)).size).toBe(imageChecks.length);
    for (const { id, remedy, title, why } of imageChecks) {
      expect([id, Object.keys(remedy).length > 0]).toEqual([id, true]);
      expect([id, title]).toEqual([id, expect.not.stringMatching(/\.$/)]);
      expect([id, why]).toEqual([id, expect.stringMatching(/\.$/)]);
    }
  });

  test('gets every variable of the environment that it looks at, and none that may hold a secret', () => {
    const Env = [...namesOfEnvironmentChecks.map((name) => `${name}=x`), 'DATABASE_PASSWORD=secret'];
    const { steering } = imageFactsOfConfig(JSON.stringify({ config: { Env } }));
    expect(steering).toMatchObject({ value: namesOfEnvironmentChecks.map((name) => ({ name, value: 'x' })) });
  });
});
