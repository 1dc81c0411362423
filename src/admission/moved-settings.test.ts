import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Collection } from '#access/contract.ts';
import type { Selectable } from '#access/index.ts';
import {
  type ComplianceRule,
  lastComplianceRule,
  type ScopedSettings,
  type SettingsRule,
} from '#compliance/contract.ts';
import { judgeSettings, scopedSettings } from '#compliance/index.ts';
import { type ContainerSettings, nothingOfHost } from '#inventory/index.ts';
import { ruleFor } from '#rules/index.ts';
import { type AdmissionRule, newAdmissionRule } from './contract.ts';
import { type BothLists, movedSettings } from './moved-settings.ts';
import { withSettingsWithin } from './settings-within.ts';

const effects = ['ignore', 'alert', 'block'] as const;
/** Kinds with parameters of their own way, and some without. */
const ofKind: Readonly<
  Partial<Record<SettingsRule['kind'], readonly ((effect: SettingsRule['effect']) => SettingsRule)[]>>
> = {
  privileged: [(effect) => ({ kind: 'privileged', effect })],
  'engine-socket': [(effect) => ({ kind: 'engine-socket', effect })],
  'seccomp-off': [(effect) => ({ kind: 'seccomp-off', effect })],
  'added-capabilities': [
    (effect) => ({ kind: 'added-capabilities', allow: [], effect }),
    (effect) => ({ kind: 'added-capabilities', allow: ['NET_ADMIN'], effect }),
  ],
  'host-namespaces': [
    (effect) => ({ kind: 'host-namespaces', deny: ['pid'], effect }),
    (effect) => ({ kind: 'host-namespaces', deny: ['network', 'user'], effect }),
  ],
  'host-paths': [
    (effect) => ({ kind: 'host-paths', deny: ['/etc'], effect }),
    (effect) => ({ kind: 'host-paths', deny: ['/', '/srv'], effect }),
  ],
};
const everyRule = Object.values(ofKind).flatMap((makes) => makes.flatMap((make) => effects.map(make)));

const collections = [
  collection('prod', { environments: ['prod'] }),
  collection('shop', { images: ['shop*'] }),
  collection('payments', { applications: ['payments'] }),
  collection('hosts', { hosts: ['pier-*'] }),
];
const scopes = [undefined, ['prod'], ['shop'], ['prod', 'payments'], ['hosts', 'shop'], ['gone']] as const;
const places: readonly Selectable[] = ['prod', 'dev'].flatMap((environment) =>
  ['shop:1', 'gauge:1'].flatMap((image) =>
    ['payments', 'others'].flatMap((application) =>
      ['pier-1', 'quay-1'].map((host) => ({ images: [image], labels: {}, host, environment, application })),
    ),
  ),
);

/** One container that breaks each kind in turn. */
const clean: ContainerSettings = { ...nothingOfHost, engineSockets: ['/run/docker.sock'] };
const containers: readonly ContainerSettings[] = [
  clean,
  { ...clean, everyDevice: true },
  { ...clean, seccomp: 'off' },
  { ...clean, addedCapabilities: ['NET_ADMIN'] },
  { ...clean, addedCapabilities: ['SYS_ADMIN', 'NET_ADMIN'] },
  { ...clean, hostNamespaces: [{ namespace: 'pid', certainty: 'shared' }] },
  { ...clean, hostNamespaces: [{ namespace: 'network', certainty: 'shared' }] },
  ...['/etc', '/srv/www', '/', '/run/docker.sock'].map((path) => ({
    ...clean,
    mounts: [{ source: path, target: '/m', place: { kind: 'paths' as const, paths: [path] } }],
  })),
];

describe('settings that move into compliance rules', () => {
  test.each(everyRule.map((rule) => [`${rule.kind} ${rule.effect} ${JSON.stringify(rule)}`, rule] as const))(
    'are decided as before: %s',
    (_, rule) => {
      for (const scope of scopes) {
        for (const agentAway of ['allow', 'deny'] as const) {
          const lists = { admission: [admission('own', { scope, settings: [rule], agentAway }), last()], compliance };
          expectSame(lists);
          expectSame({ ...lists, admission: [lists.admission[0] ?? expect.fail(), last([rule])] });
        }
      }
    },
  );

  test('are decided as before for any list of rules', () => {
    fc.assert(
      fc.property(anyRules(), (admissionRules) => expectSame({ admission: admissionRules, compliance })),
      { numRuns: 200, seed: 20261130 },
    );
  });

  test('never let start more where compliance rules have scopes of their own, and keep their lines there', () => {
    const own = fc.array(anyScope(), { maxLength: 3 });
    fc.assert(
      fc.property(anyRules(), own, (admissionRules, ownScopes) => {
        const before = [...ownScopes.map((scope, at) => complianceRule(`c${at}`, scope)), ...compliance];
        const after = appliedTo({ admission: admissionRules, compliance: before });
        for (const place of places) {
          expectStricter(ruleFor(scopedSettings(after), collections, place), saidBy(admissionRules, place));
          const [lines, were] = [after, before].map((rules) => ruleFor(rules, collections, place)?.lines);
          expect(lines).toEqual(were);
        }
      }),
      { numRuns: 200, seed: 20261130 },
    );
  });

  test('are one rule for each scope, and none where it would change nothing', () => {
    const block: readonly SettingsRule[] = [{ kind: 'privileged', effect: 'block' }];
    const rules = [
      admission('prod', { scope: ['prod'], settings: block }),
      admission('shop', { scope: ['shop'], settings: [] }),
      admission('off', { scope: ['hosts'], settings: block, state: 'off' }),
      last([]),
    ];
    const ids = movedSettings({ admission: rules, compliance }).map(({ rule: { id, state } }) => `${id} ${state}`);
    expect(ids).toEqual(['prod on', 'off off', 'default on']);
    const two = [complianceRule('prod', ['hosts']), ...compliance];
    expect(movedSettings({ admission: rules, compliance: two }).map(({ rule: { id } }) => id)).toEqual([
      'prod',
      'prod-settings',
      'default',
    ]);
  });

  test('stay what compliance rules say of them where the admission rule says nothing any more', () => {
    const { settings: _, agentAway: __, ...moved } = last();
    const before = [{ ...lastRule, settings: [{ kind: 'seccomp-off', effect: 'block' }] as const }];
    const after = appliedTo({
      admission: [admission('own', { scope: ['prod'], settings: [{ kind: 'privileged', effect: 'block' }] }), moved],
      compliance: before,
    });
    expect(after.map(({ settings }) => settings?.map(({ kind }) => kind))).toEqual([['privileged'], ['seccomp-off']]);
  });

  test('reach agents of the release before as they were', () => {
    fc.assert(
      fc.property(anyRules(), (before) => {
        const settings = scopedSettings(appliedTo({ admission: before, compliance }));
        const after = withSettingsWithin(before.map(withoutSettings), settings);
        for (const place of places)
          expect(textOf(ruleFor(after, collections, place))).toBe(textOf(ruleFor(before, collections, place)));
      }),
      { numRuns: 200, seed: 20261130 },
    );
  });

  test('are never less for agents of the release before, whatever both lists become', () => {
    fc.assert(
      fc.property(anyRules(), anyRules(), (admissionRules, others) => {
        const settings = others.map((rule) => ({
          ...rule,
          settings: rule.settings ?? [],
          agentAway: rule.agentAway ?? 'allow',
        }));
        const after = withSettingsWithin(admissionRules.map(withoutSettings), settings);
        for (const place of places)
          expectStricter(ruleFor(after, collections, place), ruleFor(settings, collections, place));
      }),
      { numRuns: 200, seed: 20261130 },
    );
  });
});

function expectSame(lists: BothLists): void {
  const settings = scopedSettings(appliedTo(lists));
  for (const place of places)
    expect(textOf(ruleFor(settings, collections, place))).toBe(textOf(saidBy(lists.admission, place)));
}

type Said = Pick<AdmissionRule, 'settings' | 'agentAway'> | undefined;

/** All that is refused and told by one is so by the other. */
function expectStricter(strict: Said, said: Said): void {
  const weights = (of: Said): readonly number[] =>
    containers.map((container) =>
      Math.max(
        0,
        ...judgeSettings(container, of?.settings ?? [], 'docker').map(({ effect }) => effects.indexOf(effect)),
      ),
    );
  const least = weights(said);
  expect(weights(strict).every((weight, at) => weight >= (least[at] ?? 0))).toBe(true);
  if (said?.agentAway === 'deny') expect(strict?.agentAway).toBe('deny');
}

function saidBy(rules: readonly AdmissionRule[], place: Selectable): Said {
  return ruleFor(rules, collections, place);
}

function textOf(said: Said): string {
  return JSON.stringify([said?.settings ?? [], said?.agentAway ?? 'allow']);
}

function appliedTo(lists: BothLists): readonly ComplianceRule[] {
  return movedSettings(lists).map(({ rule }) => rule);
}

function withoutSettings(rule: AdmissionRule): AdmissionRule {
  const { settings: _, agentAway: __, ...kept } = rule;
  return kept;
}

interface Own {
  readonly scope: readonly string[] | undefined;
  readonly settings: readonly SettingsRule[];
  readonly agentAway?: ScopedSettings['agentAway'];
  readonly state?: AdmissionRule['state'];
}

function admission(id: string, { scope, settings, agentAway = 'allow', state = 'on' }: Own): AdmissionRule {
  const scoped = scope === undefined ? {} : { collections: scope };
  return { ...newAdmissionRule, id, version: 3, name: `Rule ${id}`, ...scoped, state, settings, agentAway };
}

function last(settings: readonly SettingsRule[] = [{ kind: 'engine-socket', effect: 'alert' }]): AdmissionRule {
  return admission('default', { scope: undefined, settings });
}

function complianceRule(id: string, scope: readonly string[] | undefined): ComplianceRule {
  const lines = [{ checks: { by: 'check', id: `CTR-${id}` }, effect: 'block' }] as const;
  const scoped = scope === undefined ? {} : { collections: scope };
  return { ...lastComplianceRule, id, version: 1, name: id, ...scoped, lines };
}

const lastRule: ComplianceRule = { ...lastComplianceRule, id: 'default', version: 1 };
const compliance: readonly ComplianceRule[] = [lastRule];

function collection(id: string, selects: Collection['selects']): Collection {
  return { id, name: id, description: '', selects };
}

function anyScope(): fc.Arbitrary<readonly string[] | undefined> {
  return fc.constantFrom<readonly string[] | undefined>(...scopes.filter((scope) => scope !== undefined), undefined);
}

function anyRules(): fc.Arbitrary<readonly AdmissionRule[]> {
  const own = fc.record({
    scope: anyScope(),
    settings: fc.uniqueArray(fc.constantFrom(...everyRule), { selector: ({ kind }) => kind, maxLength: 3 }),
    agentAway: fc.constantFrom('allow' as const, 'deny' as const),
    state: fc.constantFrom('on' as const, 'on' as const, 'off' as const),
  });
  return fc
    .tuple(fc.array(own, { maxLength: 4 }), own)
    .map(([rules, of]) => [
      ...rules.map((rule, at) => admission(`r${at}`, rule)),
      admission('default', { ...of, scope: undefined, state: 'on' }),
    ]);
}
