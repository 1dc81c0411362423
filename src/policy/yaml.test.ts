import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PolicyText } from './contract.ts';
import { policyFromYaml, policyToYaml } from './yaml.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((one) => !/\p{Cc}/u.test(one));
const tricky = fc.constantFrom(
  'yes',
  'null',
  '1.0',
  '0x1f',
  '~',
  '- a',
  'a: b',
  '# c',
  '*x',
  '&y',
  '!t',
  "it's",
  '"q"',
);
const words = fc.oneof(text, tricky);
const effect = fc.constantFrom('block', 'alert', 'ignore');
const days = fc.integer({ min: 0, max: 3650 });
const threshold = fc.oneof(
  fc.record({ by: fc.constant('severity'), severity: fc.constantFrom('low', 'medium', 'high', 'critical') }),
  fc.record({ by: fc.constant('cvss'), score: fc.integer({ min: 0, max: 100 }).map((tenths) => tenths / 10) }),
);
const rule = fc.oneof(
  fc.record(
    {
      kind: fc.constant('severity'),
      threshold,
      onlyFixed: fc.boolean(),
      unrated: effect,
      effect,
      grace: fc.record({ critical: days, low: days, other: days }, { requiredKeys: ['other'] }),
    },
    { requiredKeys: ['kind', 'threshold', 'onlyFixed', 'unrated', 'effect'] },
  ),
  fc.record({ kind: fc.constant('kev'), only: fc.constantFrom('listed', 'ransomware'), effect }),
  fc.record({
    kind: fc.constant('package'),
    deny: fc.array(fc.record({ name: words, below: words, why: words }, { requiredKeys: ['name', 'why'] }), {
      minLength: 1,
      maxLength: 3,
    }),
    effect,
  }),
  fc.record({
    kind: fc.constant('custom'),
    on: fc.constant('finding'),
    expression: fc.constantFrom(
      'finding.kev',
      'finding.score == null ||\n  finding.score > 7.0',
      '"#" in finding.aliases',
    ),
    message: words,
    effect,
  }),
  fc.record({ kind: fc.constant('stale-feed'), days: fc.integer({ min: 1, max: 99 }), effect }),
);
const policies = fc.record(
  {
    name: words,
    description: words,
    collections: fc.array(fc.constantFrom('prod', '1', 'on'), { maxLength: 3 }),
    state: fc.constantFrom('on', 'off'),
    rules: fc.array(rule, { maxLength: 6 }),
  },
  { requiredKeys: ['name', 'rules'] },
);

test('is the same object both ways', async () => {
  await fc.assert(
    fc.asyncProperty(policies, async (written) => {
      const policy = PolicyText.parse(written);
      expect(await policyFromYaml(await policyToYaml(policy))).toEqual({ state: 'read', policy });
    }),
  );
});

describe('what is wrong is told by its line', () => {
  const good = 'name: Gate\nrules:\n  - kind: kev\n    only: listed\n    effect: block\n';

  test.each([
    ['a value', good.replace('listed', 'some'), 4, 'rules[0].only'],
    ['a slip of the pen', `${good}    efect: alert\n`, 6, 'rules[0].efect is not a known field'],
    ['what is missing', good.replace('    only: listed\n', ''), 3, 'rules[0].only'],
    ['a kind of rule', good.replace('kev', 'vek'), 3, 'rules[0]'],
    [
      'an expression',
      `${good}  - {kind: custom, on: image, message: m, effect: block, expression: "1 +"}\n`,
      6,
      'column 3',
    ],
    ['YAML', `${good}  - [\n`, 7, 'Flow'],
    ['a field said twice', `${good}name: Other\n`, 6, 'name stands twice'],
    ['a key of a rule said twice', good.replace('kind: kev', 'kind: kev\n    kind: kev'), 4, 'kind stands twice'],
    ['an anchor', good.replace('Gate', '&a Gate'), 1, 'Anchors'],
    ['an alias', `a: &a [x]\nb: [*a, *a]\n`, 1, 'Anchors'],
    ['a tag', good.replace('Gate', '!!binary R2F0ZQ=='), 1, 'Tags'],
    ['two documents', `${good}---\n${good}`, 6, 'document'],
  ])('%s', async (...[, yaml, line, message]) => {
    const read = await policyFromYaml(yaml);
    expect(read.state === 'refused' && read.problems).toContainEqual({
      line,
      message: expect.stringContaining(message),
    });
  });

  test.each([
    ['nothing', ''],
    ['a list', '- 1'],
    ['a cascade of aliases', Array.from({ length: 30 }, (_, n) => `x${n}: &x${n} [*x${n - 1}, *x${n - 1}]`).join('\n')],
    ['an alias of a thousand', `a: &a [${'[],'.repeat(1000)}]\n${'- *a\n'.repeat(1000)}`],
  ])('%s is refused', async (_, yaml) => expect((await policyFromYaml(yaml)).state).toBe('refused'));
});

describe('a text made to cost much is refused before it is parsed', () => {
  const good = 'name: Gate\nrules:\n  - kind: kev\n    only: listed\n    effect: block\n';

  test.each([
    ['40,000 keys', Array.from({ length: 40_000 }, (_, n) => `k${n}: 1`).join('\n'), 'larger than'],
    ['25,000 keys', Array.from({ length: 25_000 }, (_, n) => `k${n}:`).join('\n'), 'more than 20000'],
    ['25,000 keys on one line', `{${Array.from({ length: 25_000 }, (_, n) => `k${n}:`).join()}}`, 'more than 20000'],
    ['[], 20 million times', '[],'.repeat(20_000_000), 'larger than 262144 bytes'],
    ['[], as often as there are bytes', '[],'.repeat(80_000), 'more than 20000'],
    ['what is nested without end', '['.repeat(10_000), 'nested too deep'],
    ['what is nested in maps', '{a: '.repeat(100), 'nested too deep'],
    ['keys in each other', '? '.repeat(20_000), 'nested too deep'],
    ['lists in each other', `${'- '.repeat(20)}a`, 'nested too deep'],
    ['a comment without end', `${good}#${'x'.repeat(300_000)}`, 'larger than'],
    ['much in other letters', `${good}#${'ü'.repeat(150_000)}`, 'larger than'],
  ])('%s', async (_, yaml, message) => {
    const before = process.cpuUsage();
    const parsed = await policyFromYaml(yaml);
    const { user } = process.cpuUsage(before);
    expect(parsed).toEqual({ state: 'refused', problems: [{ message: expect.stringContaining(message) }] });
    expect(user).toBeLessThan(1_000_000);
  });

  test('and what is within is read, or refused by the line', async () => {
    const listed = (count: number): string =>
      `${good}  - kind: package\n    effect: alert\n    deny:\n${'      - {name: a, why: b}\n'.repeat(count)}`;
    expect(await policyFromYaml(listed(400))).toMatchObject({ state: 'read' });
    expect(await policyFromYaml(listed(2800))).toMatchObject({
      state: 'refused',
      problems: [{ message: expect.stringContaining('rules[1].deny') }],
    });
  });
});
