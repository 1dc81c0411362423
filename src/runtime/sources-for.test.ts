import { expect, test } from 'vitest';
import { canApply } from './can-apply.ts';
import type { RuntimeRule } from './contract.ts';
import { sourcesFor } from './sources-for.ts';
import { testRule } from './testing.ts';

const collections = [
  { id: 'prod', name: 'prod', description: '', selects: { environments: ['prod'] } },
  { id: 'api', name: 'api', description: '', selects: { labels: ['tier=api'] } },
  { id: 'pier', name: 'pier', description: '', selects: { hosts: ['pier-*'], images: ['shop/*'] } },
  { id: 'rest', name: 'rest', description: '', selects: { environments: ['-prod'] } },
];
const rule = (id: string, more: Partial<RuntimeRule>): RuntimeRule => ({ ...testRule, id, ...more });
const at = (environment: string, labels: Readonly<Record<string, string>> = {}) => ({
  images: [],
  labels,
  environment,
});
const model = { environment: 'prod', repositories: ['shop/web'], places: [at('prod')] };

test.each<[string, readonly RuntimeRule[], readonly ReturnType<typeof at>[], readonly string[]]>([
  ['no rule names one', [rule('default', {})], [at('prod')], []],
  ['the rule in force does', [rule('default', { evidenceFrom: ['test', 'dev'] })], [at('prod')], ['dev', 'test']],
  ['its own is none', [rule('default', { evidenceFrom: ['prod', 'dev'] })], [at('prod')], ['dev']],
  [
    'a rule before it holds',
    [rule('p', { collections: ['prod'] }), rule('d', { evidenceFrom: ['dev'] })],
    [at('prod')],
    [],
  ],
  ['nothing runs', [rule('p', { collections: ['prod'], evidenceFrom: ['dev'] }), rule('d', {})], [], ['dev']],
  [
    'containers have different rules',
    [rule('a', { collections: ['api'], evidenceFrom: ['dev', 'test'] }), rule('d', { evidenceFrom: ['test'] })],
    [at('prod', { tier: 'api' }), at('prod')],
    ['test'],
  ],
  [
    'one of the rules names none',
    [rule('a', { collections: ['api'], evidenceFrom: ['dev'] }), rule('d', {})],
    [at('prod', { tier: 'api' }), at('prod')],
    [],
  ],
])('evidence of others: %s', (...[, rules, places, expected]) => {
  expect(sourcesFor(rules, collections, { ...model, places })).toEqual(expected);
});

test.each<[readonly string[] | undefined, readonly string[], boolean]>([
  [undefined, ['dev'], true],
  [['prod'], ['dev'], false],
  [['prod'], ['dev', 'prod'], true],
  [['prod'], [], false],
  [['rest'], [], true],
  [['rest'], ['prod'], false],
  [['api'], ['dev'], true],
  [['pier'], ['dev'], false],
  [['prod', 'api'], ['dev'], true],
  [['gone'], ['dev'], false],
])('a rule with the scope %s on a host of %s can apply: %s', (scope, environments, expected) => {
  const of = scope === undefined ? {} : { collections: [...scope] };
  expect(canApply(of, collections, { host: 'quay-1', environments })).toBe(expected);
});
