import { describe, expect, test } from 'vitest';
import { keptScopeOf } from './kept-scope.ts';
import type { Scope } from './scopes.ts';

const all: Scope = { environment: '*', application: '*' };
const environment = (name: string): Scope => ({ environment: name, application: '*' });
const application = (name: string): Scope => ({ environment: '*', application: name });
const prod = environment('prod');
const shop = application('shop');
const both: Scope = { environment: 'prod', application: 'shop' };
const kept = [all, ...['dev', 'none', 'prod'].map(environment), ...['mail', 'shop', 'shop-2'].map(application)];

type Selects = NonNullable<Parameters<typeof keptScopeOf>[0]>[number];

describe('the kept scope that is exactly what somebody sees', () => {
  test.each<readonly [string, readonly Selects[] | undefined, Scope, Scope | undefined]>([
    ['the whole estate', undefined, all, all],
    ['an environment of it', undefined, prod, prod],
    ['an application of it', undefined, shop, shop],
    ['none for an application in one environment', undefined, both, undefined],
    ['a collection of everything', [{}], all, all],
    ['a collection with empty fields', [{ environments: [], hosts: [] }], all, all],
    ['no collection', [], all, undefined],
    ['no collection, in an environment', [], prod, undefined],
    ['an environment for who sees just that', [{ environments: ['prod'] }], all, prod],
    ['however it is written', [{ environments: ['PR*'] }], all, prod],
    ['two collections of one environment', [{ environments: ['prod'] }, { environments: ['pro*'] }], all, prod],
    ['none for two environments', [{ environments: ['prod', 'dev'] }], all, undefined],
    ['none for two collections', [{ environments: ['prod'] }, { environments: ['dev'] }], all, undefined],
    ['one of two environments', [{ environments: ['prod', 'dev'] }], prod, prod],
    ['one of two collections', [{ environments: ['dev'] }, { environments: ['prod'] }], prod, prod],
    ['none for an environment that is not his', [{ environments: ['dev'] }], prod, undefined],
    ['what is left of all environments', [{ environments: ['-dev', '-none'] }], all, undefined],
    ['an environment that is not left out', [{ environments: ['-dev'] }], prod, prod],
    ['what stands in none', [{ environments: ['-dev'] }], environment('none'), environment('none')],
    ['none for what stands in none', [{ environments: ['*'] }], environment('none'), undefined],
    ['none for all named environments', [{ environments: ['*'] }], all, undefined],
    ['an application for who sees just that', [{ applications: ['shop'] }], all, shop],
    ['none for two applications', [{ applications: ['shop*'] }], all, undefined],
    ['one of two applications', [{ applications: ['shop*'] }], shop, shop],
    ['none where applications are left out', [{ applications: ['-mail', '-shop-2'] }], all, undefined],
    ['one that is not left out', [{ applications: ['-mail'] }], shop, shop],
    ['none for an application across environments', [{ applications: ['shop'] }], prod, undefined],
    ['none for an environment across applications', [{ environments: ['prod'] }], shop, undefined],
    ['none for an application in an environment', [{ environments: ['prod'], applications: ['shop'] }], all, undefined],
    ['an environment beside an application', [{ environments: ['prod'] }, { applications: ['shop'] }], prod, prod],
    ['none for both', [{ environments: ['prod'] }, { applications: ['shop'] }], all, undefined],
    ['none for what is not kept', [{ applications: ['radio'] }], all, undefined],
    ...(['images', 'repositories', 'registries', 'labels', 'hosts'] as const).flatMap((field) => [
      [`none by ${field}`, [{ [field]: ['*'] }], all, undefined] as const,
      [`none by environment and ${field}`, [{ environments: ['prod'], [field]: ['*'] }], all, undefined] as const,
      [
        `none by environment and ${field} in it`,
        [{ environments: ['prod'], [field]: ['*'] }],
        prod,
        undefined,
      ] as const,
      [`an environment beside ${field}`, [{ [field]: ['*'] }, { environments: ['prod'] }], prod, prod] as const,
      [`none beside ${field}`, [{ environments: ['prod'] }, { [field]: ['*'] }], all, undefined] as const,
    ]),
  ])('%s', (...[, collections, asked, expected]) => {
    expect(keptScopeOf(collections, asked, kept)).toEqual(expected);
  });
});
