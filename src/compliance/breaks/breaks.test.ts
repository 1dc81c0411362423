import { describe, expect, test } from 'vitest';
import {
  containerOfBundle,
  containerOfCreate,
  type ContainerShape,
  CreateRequest,
  nothingAround,
  RuntimeSpec,
  settingsOfCreate,
  settingsOfSpec,
  type StartDocument,
} from '#inventory/index.ts';
import type { FieldsOf } from '#base/index.ts';
import { aroundFor } from '../../inventory/settings/container/testing.ts';
import { containerChecks } from '../checks/container/index.ts';
import type { ComplianceRule, SettingsRule } from '../contract.ts';
import { evaluate } from '../evaluate.ts';
import { judgeStart } from '../judge-start.ts';
import { judgeSettings } from '../settings/index.ts';
import { isDecidedBy } from '../start-gates.ts';
import { type Break, breakOf, breakOfSettings, trialBundle, trialRequest, type TrialStart } from './index.ts';

const now = new Date('2026-11-30T00:00:00Z');
const lists = { 'approved-ports': ['8443/tcp'] };
/** A host that has everything by which a start can be told apart. */
const around = aroundFor({
  facts: { confinement: ['apparmor', 'selinux'] },
  view: {
    remapsUsers: true,
    host: {
      ...aroundFor().view.host,
      devices: async (paths) =>
        new Map(
          paths.map((path) => [
            path,
            path === '/dev/kmsg' ? [{ type: 'character' as const, major: 1, minor: 11 }] : [],
          ]),
        ),
      devicePaths: async (devices) => devices.map(() => '/dev/kmsg'),
      sockets: async () => ['/run/docker.sock', '/run/seawall'],
    },
  },
});

type Document = Extract<StartDocument, 'request' | 'bundle'>;
const documents: readonly Document[] = ['request', 'bundle'];

async function read(document: Document, start: Partial<TrialStart>): Promise<FieldsOf<ContainerShape>> {
  const whole = { image: 'trial', labels: {}, ...start };
  // As it travels.
  const sent = JSON.parse(JSON.stringify(document === 'request' ? trialRequest(whole) : trialBundle(whole)));
  return document === 'request'
    ? await containerOfCreate(sent, around)
    : await containerOfBundle(sent, { host: around.view.host, facts: nothingAround });
}

const decided = documents.flatMap((document) =>
  containerChecks.filter((check) => isDecidedBy(document, check)).map(({ id }) => ({ id, document })),
);
const breakable = decided.flatMap(({ id, document }) => {
  const broken = breakOf(id);
  return typeof broken === 'string' ? [] : [{ id, document, broken }];
});

function ruleOf(check: string): ComplianceRule {
  const lines = [{ checks: { by: 'check', id: check }, effect: 'block' } as const];
  return { id: 'r', version: 1, name: 'R', state: 'on', lines, notAssessed: 'block', running: 'alert' };
}

async function blockedBy(check: string, document: Document, broken?: Break): Promise<readonly string[]> {
  const fields = await read(document, broken === undefined ? {} : { broken });
  const findings = judgeStart({ document, fields }, { rule: ruleOf(check), lists, now, asker: 'docker' });
  return findings.filter(({ effect }) => effect === 'block').map(({ message }) => message);
}

async function statesOf(document: Document, broken?: Break): Promise<ReadonlyMap<string, string>> {
  const fields = await read(document, broken === undefined ? {} : { broken });
  const asked = containerChecks.filter((check) => isDecidedBy(document, check));
  return new Map(evaluate(asked, fields, { now, lists }).map(({ id, state }) => [id, state]));
}

describe('a start that breaks one check', () => {
  test.each(breakable)('$id in a $document is refused for it, and without the break it is not', async (one) => {
    const { id, document, broken } = one;
    const refused = await blockedBy(id, document, broken);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatch(new RegExp(`^${id} “.*” is not met: `));
    expect(await blockedBy(id, document)).toEqual([]);
  });

  test.each(breakable)('$id in a $document breaks nothing else but what it says', async ({ id, document, broken }) => {
    const failed = [...(await statesOf(document, broken))].filter(([, state]) => state === 'fail').map(([one]) => one);
    const said = [id, ...(broken.with ?? [])];
    expect(failed.filter((one) => !said.includes(one))).toEqual([]);
  });

  test('is there for every check that a gate decides, or there is a reason why not', () => {
    const reasons = decided
      .filter(({ id }) => typeof breakOf(id) === 'string')
      .map(({ id }) => [id, breakOf(id)] as const);
    const ids = [...new Set(reasons.map(([id]) => id))];
    expect(ids).toEqual(['CTR-031', 'CTR-039', 'CTR-022', 'CTR-068', 'CTR-077', 'CTR-041']);
    expect(reasons.filter(([, why]) => why === breakOf('CTR-999'))).toEqual([]);
    expect(breakable.length).toBeGreaterThan(90);
  });
});

const settings: readonly SettingsRule[] = [
  { kind: 'privileged', effect: 'block' },
  { kind: 'engine-socket', effect: 'block' },
  { kind: 'host-paths', deny: ['/srv/secrets'], effect: 'block' },
  ...(['pid', 'network', 'ipc', 'uts', 'user', 'cgroup'] as const).map(
    (name): SettingsRule => ({ kind: 'host-namespaces', deny: [name], effect: 'block' }),
  ),
  { kind: 'added-capabilities', allow: ['WAKE_ALARM'], effect: 'block' },
  { kind: 'seccomp-off', effect: 'block' },
];

describe('a start that breaks one rule over settings', () => {
  test.each(settings)('%j is refused by each document, and without the break it is not', async (rule) => {
    const broken = breakOfSettings(rule);
    if (broken === undefined) throw new Error('there is none');
    for (const document of documents) {
      expect(await objectionsOf(document, rule, broken)).toEqual([rule.kind]);
      expect(await objectionsOf(document, rule)).toEqual([]);
    }
  });

  test('is not there where the rule refuses nothing', () => {
    expect(breakOfSettings({ kind: 'host-namespaces', deny: [], effect: 'block' })).toBeUndefined();
    expect(breakOfSettings({ kind: 'host-paths', deny: [], effect: 'block' })).toBeUndefined();
    const allow = ['WAKE_ALARM', 'LEASE', 'SYS_NICE', 'NET_ADMIN'];
    expect(breakOfSettings({ kind: 'added-capabilities', allow, effect: 'block' })).toBeUndefined();
  });
});

async function objectionsOf(document: Document, rule: SettingsRule, broken?: Break): Promise<readonly string[]> {
  const start = { image: 'trial', labels: {}, ...(broken !== undefined && { broken }) };
  const found =
    document === 'request'
      ? await settingsOfCreate(CreateRequest.parse(trialRequest(start)), around.view)
      : await settingsOfSpec(RuntimeSpec.parse(trialBundle(start).spec), around.view.host);
  return judgeSettings(found, [rule], 'docker').map(({ kind }) => kind);
}

test.each(documents)('nothing objects to a %s without a break, and everything in it is assessed', async (document) => {
  const states = [...(await statesOf(document))].filter(([, state]) => !['pass', 'not-applicable'].includes(state));
  expect(states).toEqual([]);
});
