import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdmissionRule } from '#admission/contract.ts';
import type { SettingsRule } from '#compliance/contract.ts';
import { settingsRules } from '#compliance/settings/rules/index.ts';
import { silentLog } from '#base/index.ts';
import type { ComplianceRule, RuleLine } from '#compliance/contract.ts';
import { answerStart, type StartAnswer, type StartsOptions } from '#gate/agent/answer/starts.ts';
import { bundleJudge } from '#gate/agent/answer/judge-bundle.ts';
import { bundleReader } from '#gate/agent/answer/read-bundle.ts';
import { readEngineContainer } from '#gate/agent/host/engine-container.ts';
import { encodeRules, type WrapperView } from '#gate/agent/ledger/encode-rules.ts';
import { ledgerSettings } from '#gate/agent/ledger/ledger-settings.ts';
import { EffectiveLedger } from '#gate/agent/ledger/effective-ledger.ts';
import { environmentOf } from '#inventory/agent/index.ts';
import { usualSockets } from '#inventory/index.ts';
import type { Ledger } from '#admission/contract.ts';
import { makeGate, runToEnd, type TestGate, type WrittenDecision } from '../make/gate.ts';
import { canBuildWrapper } from '../make/wrapper.ts';
import { makeHost } from './agreement-host.ts';
import { entry, good, ledgerOf, taskFolder, withRoot, writeRoot } from './gated.ts';
import { type GeneratedStart, generatedStarts, hostileForms } from './generated-starts.ts';

const count = 1000;
const seed = 20261128;
const allowed = ['dev'];
const known = (['prod', 'dev'] as const).map((environment) => entry(good, { environment: environment as never }));

describe.runIf(canBuildWrapper() && process.getuid?.() === 0)('the wrapper and the agent', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-agree-'));
  const mounted: string[] = [];
  const engineRoot = join(folder, 'engine');
  const socket = join(folder, 'run/engine.sock');
  const view: WrapperView = { engineRoot, sockets: [...usualSockets, socket], environment: 'prod' };
  let gate: TestGate;

  beforeAll(() => {
    gate = makeGate({ folder, engineRoot, runc: '/bin/true' });
    makeHost(folder, mounted);
  });
  afterAll(() => {
    for (const path of mounted) execFileSync('umount', [path]);
    rmSync(folder, { recursive: true });
  });

  test(`agree on ${count} generated bundles`, { timeout: 600_000 }, async () => {
    const starts = fc.sample(generatedStarts(folder), { numRuns: count, seed });
    const words = { allow: 0, alert: 0, deny: 0, unread: 0, asked: 0, foreign: 0 };
    const differing: unknown[] = [];
    for (const [at, start] of starts.entries()) {
      const ledger = ledgerOf(known, { environment: 'prod' as never, ...start.rules });
      const [ours, peer] = [await byWrapper(start, ledger), await byAgent(start, ledger)];
      if (ours.reason.includes("need the agent's answer")) {
        words.asked += 1;
        // What only the agent can say is none of what bundles hold.
        if (!/which rule holds/.test(ours.reason)) differing.push({ at, start, ours });
        continue;
      }
      // What names no root is none of the engine's containers to the wrapper.
      if (ours.cause === 'not-admitted' && ours.answer === 'deny') {
        words.foreign += 1;
        continue;
      }
      words[peer.cause === 'gate-fault' ? 'unread' : peer.effect === 'alert' ? 'alert' : peer.answer] += 1;
      // Which rule holds can only the agent say here, and both of them let it start.
      const isUnclear = /[^ -~]/.test(JSON.stringify([start.labels, start.rules.collections]));
      if (isUnclear && ours.answer === 'allow' && peer.answer === 'allow' && ours.effect !== peer.effect) {
        words.asked += 1;
        continue;
      }
      const both = [briefOf(ours), briefOf(peer)].map((one) => JSON.stringify(one));
      if (both[0] !== both[1])
        differing.push({ at, both, text: start.text.toString().slice(0, 2000), rules: start.rules });
    }
    process.stdout.write(`wrapper and agent on ${count} bundles: ${JSON.stringify(words)}\n`);
    expect(differing.slice(0, 3)).toEqual([]);
    expect(Math.min(words.allow, words.alert, words.deny, words.unread)).toBeGreaterThan(count / 40);
    expect(words.asked).toBeLessThan(count / 20);
    expect(words.foreign).toBeLessThan(count / 20);
  });

  test.each(hostileForms)('agree that a config.json is not read: %s', async (_, text) => {
    const rules = {
      rules: [{ ...rule, settings: [{ kind: 'seccomp-off', effect: 'block' }] }] as never,
      collections: [],
    };
    const start: GeneratedStart = { text, rules, labels: {}, image: 'shop/app:1' };
    const ledger = ledgerOf(known, { environment: 'prod' as never, ...rules });
    const ours = await byWrapper(start, ledger);
    expect(ours).toMatchObject({ answer: 'deny' });
    // One that names no root as an engine does is none of its containers.
    expect(['gate-fault', 'not-admitted']).toContain(ours.cause);
    expect(await byAgent(start, ledger)).toMatchObject({ answer: 'deny', cause: 'gate-fault' });
  });

  const bound = (source: string): object => ({ mounts: [{ destination: '/m', type: 'bind', source, options: [] }] });
  const opened = (...devices: readonly object[]): object => ({ linux: { ...closed, resources: { devices } } });
  const mounts = (type: string): object => ({ mounts: [{ destination: '/m', type, source: type }] });
  const everyDevice = 'It is privileged: every device of the host is open to it.';

  test.each<readonly [string, object, SettingsRule, string]>([
    ['every device, to make', opened({ allow: true, type: 'a', access: 'm' }), privileged, everyDevice],
    [
      'every device, with numbers',
      opened({ allow: true, type: 'a', major: 1, minor: 3, access: 'm' }),
      privileged,
      everyDevice,
    ],
    [
      'a disk by its generic device',
      opened({ allow: true, type: 'c', major: 21, minor: 0, access: 'r' }),
      paths('/etc'),
      'The device character 21:0 is open to it, and a disk or memory of the host holds every folder.',
    ],
    [
      'a volume of the engine’s folder',
      bound(join(engineRoot, 'volumes/root/_data')),
      paths(join(engineRoot, 'containers')),
      `, which is ${engineRoot} on the host; that holds ${engineRoot}/containers, which the rule denies.`,
    ],
    [
      'an overlay of a link',
      bound(join(engineRoot, 'volumes/over/_data')),
      paths('/etc'),
      ', which is /etc on the host; /etc is what the rule denies.',
    ],
    [
      'a folder in an overlay of a link',
      bound(join(engineRoot, 'volumes/over/_data/ssh')),
      paths('/etc'),
      ', which is /etc/ssh on the host; /etc is what the rule denies.',
    ],
    [
      'an overlay of a folder that is not whole',
      bound(join(engineRoot, 'volumes/short/_data')),
      paths('/nowhere'),
      ', of which cannot be seen where it leads.',
    ],
    ['programs of other systems', mounts('binfmt_misc'), paths('/proc/sys'), '/proc/sys is what the rule denies.'],
    ['variables of the firmware', mounts('efivarfs'), paths('/sys'), '/sys is what the rule denies.'],
    ['what crashes left', mounts('pstore'), paths('/sys'), '/sys is what the rule denies.'],
    ['connections of FUSE', mounts('fusectl'), paths('/sys'), '/sys is what the rule denies.'],
    ['the policy of SELinux', mounts('selinuxfs'), paths('/sys'), '/sys is what the rule denies.'],
    ['shares of caches', mounts('resctrl'), paths('/sys'), '/sys is what the rule denies.'],
    ['a server of NFS', mounts('nfsd'), paths('/proc/fs'), '/proc/fs is what the rule denies.'],
  ])('both refuse %s', async (...row) => {
    const [, spec, setting, message] = row;
    const text = JSON.stringify({ ociVersion: '1.2.0', linux: closed, ...spec });
    const rules = { rules: [{ ...rule, settings: [setting] }] as never, collections: [] };
    const start: GeneratedStart = { text, rules, labels: {}, image: 'shop/app:1' };
    const ledger = ledgerOf(known, { environment: 'prod' as never, ...rules });
    const refused = { answer: 'deny', cause: 'settings', reason: expect.stringContaining(message) };
    expect(await byWrapper(start, ledger)).toMatchObject(refused);
    expect(await byAgent(start, ledger)).toMatchObject(refused);
  });

  test('both still let plain volumes be', async () => {
    const rules = { rules: [{ ...rule, settings: [paths(folder)] }] as never, collections: [] };
    const text = JSON.stringify({
      ociVersion: '1.2.0',
      linux: closed,
      ...bound(join(engineRoot, 'volumes/plain/_data')),
    });
    const start: GeneratedStart = { text, rules, labels: {}, image: 'shop/app:1' };
    const ledger = ledgerOf(known, { environment: 'prod' as never, ...rules });
    expect(await byWrapper(start, ledger)).toMatchObject({ answer: 'allow' });
    expect(await byAgent(start, ledger)).toMatchObject({ answer: 'allow' });
  });

  const checked: readonly (readonly [string, object])[] = [
    ['CTR-047', { linux: { ...apart, seccomp: null } }],
    ['CTR-047', { linux: { ...apart, seccomp: { defaultAction: 'SCMP_ACT_LOG' } } }],
    ['CTR-005', { linux: apart, process: { capabilities: { ambient: ['CAP_SYS_TIME'] } } }],
    ['CTR-020', { linux: apart, ...bound(socket) }],
    ['CTR-020', { linux: apart, ...bound(join(folder, 'run')) }],
    ['CTR-043', { linux: { ...apart, resources: { devices: [{ allow: true, type: 'a', access: 'rwm' }] } } }],
    ['CTR-043', { linux: { ...apart, maskedPaths: [] } }],
    ...(['pid', 'network', 'ipc', 'uts', 'cgroup'] as const).map(
      (type, at) =>
        [
          `CTR-0${[38, 30, 40, 46, 54][at]}`,
          { linux: { ...closed, namespaces: namespaces.filter((one) => one.type !== type) } },
        ] as const,
    ),
  ];

  test.each(checked)('both refuse by a compliance rule what fails %s', async (id, spec) => {
    const start = startOf(spec);
    const ledger = complying({ lines: blocking });
    const refused = { answer: 'deny', cause: 'compliance', effect: 'block', rule: { id: 'central', version: 3 } };
    expect(await byWrapper(start, ledger)).toMatchObject({ ...refused, asked: 'no' });
    const peer = await byAgent(start, ledger);
    expect(peer).toMatchObject(refused);
    const names = id === 'CTR-043' ? /CTR-043|CTR-066/ : new RegExp(id);
    expect(peer.reason).toMatch(names);
  });

  test('both let start what fails no check of a compliance rule, or one that it does not block there', async () => {
    const unfiltered = startOf({ linux: { ...apart, seccomp: null } });
    for (const [start, rule] of [
      [startOf({ linux: apart }), { lines: blocking }],
      [unfiltered, { lines: [{ checks: { by: 'check', id: 'CTR-047' }, effect: 'alert' }, ...blocking] }],
      [unfiltered, { lines: blocking, state: 'off' }],
      [unfiltered, { lines: blocking, collections: ['elsewhere'] }],
    ] as const) {
      expect(await byWrapper(start, complying(rule))).toMatchObject({ answer: 'allow' });
      expect(await byAgent(start, complying(rule))).toMatchObject({ answer: 'allow' });
    }
  });

  test('by a compliance rule the wrapper refuses what the agent refuses', { timeout: 600_000 }, async () => {
    const words = { allow: 0, deny: 0, unread: 0, foreign: 0 };
    // Of devices the wrapper sees whether all are open, and not whether a whole class is.
    const whole = blocking.filter(({ checks }) => checks.by !== 'check' || !/CTR-0(?:43|66)/.test(checks.id));
    for (const { text, labels, image } of fc.sample(generatedStarts(folder), { numRuns: 300, seed })) {
      const start = { text, labels, image, rules: { rules: [rule], collections: [] } };
      const ours = await byWrapper(start, complying({ lines: blocking }));
      const peer = await byAgent(start, complying({ lines: blocking }));
      // What cannot be read is the agent's to refuse; the wrapper asks it, and it is away here.
      const word = ours.cause === 'not-admitted' ? 'foreign' : peer.cause === 'gate-fault' ? 'unread' : peer.answer;
      words[word] += 1;
      if (word === 'foreign' || word === 'unread') continue;
      const brief = text.toString().slice(0, 2000);
      if (ours.answer === 'deny') expect([peer.answer, brief]).toEqual(['deny', brief]);
      const exactly = [
        await byWrapper(start, complying({ lines: whole })),
        await byAgent(start, complying({ lines: whole })),
      ];
      expect([exactly[0]?.answer, brief]).toEqual([exactly[1]?.answer, brief]);
    }
    process.stdout.write(`wrapper and agent by compliance: ${JSON.stringify(words)}\n`);
    expect(Math.min(words.allow, words.deny)).toBeGreaterThan(5);
  });

  test('know the same kinds of rules, in the same order', () => {
    const source = readFileSync('native/runtime-wrapper/settings-rules.c', 'utf8');
    const kinds = /\} kinds\[\] = \{(.*?)\n\};/s.exec(source)?.[1] ?? '';
    const ids = [...kinds.matchAll(/\{ "([a-z-]+)", [a-z_]+ \}/g)].map(([, kind]) => kind);
    expect(ids).toEqual(settingsRules.map(({ id: kind }) => kind));
  });

  function startOf(spec: object): GeneratedStart {
    const text = JSON.stringify({ ociVersion: '1.2.0', ...spec });
    return { text, rules: { rules: [rule], collections: [] }, labels: {}, image: 'shop/app:1' };
  }

  const id = 'ab'.repeat(32);
  const bundle = join(folder, taskFolder, id);

  function put({ text, labels, image }: GeneratedStart): void {
    mkdirSync(bundle, { recursive: true });
    mkdirSync(join(engineRoot, 'containers', id), { recursive: true });
    const root = writeRoot(engineRoot, id);
    writeFileSync(
      join(bundle, 'config.json'),
      Buffer.from(withRoot(Buffer.from(text).toString('latin1'), root), 'latin1'),
    );
    const config = { ID: id, Image: good, Name: '/one', Driver: 'vfs', Config: { Image: image, Labels: labels } };
    const state = { State: { Running: false }, HasBeenManuallyStopped: false };
    writeFileSync(join(engineRoot, 'containers', id, 'config.v2.json'), JSON.stringify({ ...config, ...state }));
  }

  async function byWrapper(start: GeneratedStart, ledger: Ledger): Promise<WrittenDecision> {
    put(start);
    const ground = { host: 'h', environments: allowed };
    const rules = encodeRules(ledger, { ...ground, view });
    gate.ledger({ ledger, breakGlass: [], settings: { ...ledgerSettings(ledger, ground), ...(rules && { rules }) } });
    await runToEnd(gate.wrapper, ['run', '--bundle', bundle, id]);
    const [decision] = gate.decisions();
    if (decision === undefined) throw new Error('The wrapper wrote nothing down.');
    return decision;
  }

  async function byAgent(start: GeneratedStart, ledger: Ledger): Promise<StartAnswer> {
    put(start);
    const question = {
      form: 1,
      kind: 'start',
      verb: 'run',
      container: id,
      bundle,
      image: good,
      build: false,
      ledger: 'allow',
      annotations: {},
    } as const;
    return await answerStart(agentWith(ledger), question, new AbortController().signal);
  }

  const settings = bundleJudge({ engineRoot: () => engineRoot, sockets: [socket], patience: 20_000 });

  function agentWith(ledger: Ledger): StartsOptions {
    return {
      effectiveLedger: new EffectiveLedger({
        ledger: () => ledger,
        breakGlass: () => [],
        ownImages: [],
        namesOf: () => [],
        environments: allowed,
      }),
      broken: () => 'deny',
      host: 'h',
      container: (one) => readEngineContainer(engineRoot, one, silentLog),
      environment: (labels) => environmentOf(labels, { environment: 'prod', allowEnvironments: allowed }),
      identify: () => undefined,
      imageOf: async () => undefined,
      settings,
      read: bundleReader({ engineRoot: () => engineRoot, sockets: [socket], patience: 20_000 }),
      base: async () => ({ state: 'approved' }),
      hurry: () => undefined,
      seccomp: async () => undefined,
      log: silentLog,
    };
  }
});

const rule: AdmissionRule = {
  id: 'usual',
  version: 1,
  name: 'Usual',
  state: 'on',
  fail: 'block',
  cannotJudge: 'block',
  unknown: 'block',
  holdSeconds: 0,
  settings: [],
  agentAway: 'allow',
  builds: 'allow',
  rogue: 'alert',
};

function complying(more: Partial<ComplianceRule>): Ledger {
  const central: ComplianceRule = {
    id: 'central',
    version: 3,
    name: 'Central',
    state: 'on',
    lines: [],
    notAssessed: 'ignore',
    running: 'alert',
    ...more,
  };
  const elsewhere = {
    id: 'elsewhere',
    name: 'Elsewhere',
    description: '',
    selects: { environments: ['dev' as never] },
  };
  return ledgerOf(known, {
    environment: 'prod' as never,
    rules: [rule],
    collections: [elsewhere],
    compliance: { rules: [central], lists: {} },
  });
}

/** The checks that the wrapper decides by itself. */
const blocking: readonly RuleLine[] = 'CTR-005 CTR-020 CTR-030 CTR-038 CTR-040 CTR-043 CTR-046 CTR-047 CTR-054 CTR-066'
  .split(' ')
  .map((id) => ({ checks: { by: 'check', id }, effect: 'block' }));

const privileged: SettingsRule = { kind: 'privileged', effect: 'block' };
const paths = (...deny: readonly string[]): SettingsRule => ({ kind: 'host-paths', deny: [...deny], effect: 'block' });
const closed = {
  seccomp: { defaultAction: 'SCMP_ACT_ERRNO' },
  maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware'],
  readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
};

const namespaces = ['pid', 'network', 'ipc', 'uts', 'cgroup', 'mount', 'user'].map((type) => ({ type }));
/** One that shares nothing either. */
const apart = { ...closed, namespaces };

/** What both say, but why a file is not read, which each says in its own words. */
function briefOf(one: StartAnswer | WrittenDecision): object {
  const { answer, effect, cause, reason, evidence, rule: by } = one;
  if (cause === 'gate-fault') return { answer, effect, cause };
  return {
    answer,
    effect,
    cause,
    reason: reason.slice(0, 600),
    evidence: (evidence ?? []).slice(0, 20),
    rule: cause === 'settings' ? by : undefined,
  };
}
