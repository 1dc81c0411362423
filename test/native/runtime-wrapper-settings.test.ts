import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AdmissionRule } from '#admission/contract.ts';
import type { ComplianceRule } from '#compliance/contract.ts';
import type { LedgerSettings } from '#gate/agent/ledger/encode-ledger.ts';
import { encodeRules } from '#gate/agent/ledger/encode-rules.ts';
import { runToEnd } from '../make/gate.ts';
import { canBuildWrapper } from '../make/wrapper.ts';
import { type Gated, good, hour, ledgerOf, makeGated, settings, strange, willing } from './gated.ts';

const usual: AdmissionRule = {
  id: 'usual',
  version: 4,
  name: 'Usual',
  state: 'on',
  fail: 'block',
  cannotJudge: 'block',
  unknown: 'block',
  holdSeconds: 0,
  settings: [
    { kind: 'privileged', effect: 'block' },
    { kind: 'host-paths', deny: ['/etc'], effect: 'block' },
    { kind: 'seccomp-off', effect: 'alert' },
  ],
  agentAway: 'allow',
  builds: 'allow',
  rogue: 'ignore',
};

const linux = {
  seccomp: { defaultAction: 'SCMP_ACT_ERRNO' },
  maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware'],
  readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
};
const everyDevice = { ...linux, resources: { devices: [{ allow: true, access: 'rwm' }] } };

describe.runIf(canBuildWrapper() && process.getuid?.() === 0)('settings of a start, by the compiled ledger', () => {
  let gated: Gated;
  beforeAll(() => {
    gated = makeGated();
  });
  beforeEach(() => gated.reset());
  afterEach(() => gated.hangUp());
  afterAll(() => gated.remove());

  function prepare(
    agentAway: 'allow' | 'deny',
    spec: object,
    ...[rules = [usual], more]: readonly [rules?: readonly AdmissionRule[], more?: Partial<LedgerSettings>]
  ): void {
    const view = { engineRoot: gated.engineRoot, sockets: [], environment: undefined };
    const compiled = encodeRules(ledgerOf([], { rules }), { host: 'h', environments: [], view });
    gated.writeLedger({ settings: 'judged', agentAway, ...more, ...(compiled && { rules: compiled }) });
    writeFileSync(join(gated.bundle, 'config.json'), gated.rooted(JSON.stringify({ ociVersion: '1.2.0', ...spec })));
  }

  test('refuse what a rule forbids without any agent, also where its absence would let it start', async () => {
    gated.container('known', good);
    await gated.answerWith(willing);
    prepare('allow', { linux: everyDevice });
    const { code, stderr } = await gated.call('create', 'known');
    const messages = [
      'It is privileged: every device of the host is open to it.',
      'Every device is open to it, the host’s disks among them, so it reaches every folder of the host.',
    ];
    const remedy = 'Leave out --privileged and rules for all devices; give single devices with --device';
    expect(code).toBe(1);
    expect(stderr).toContain(`refused by Seawall: ${messages.join(' ')} ${remedy}`);
    expect(gated.said()).toEqual([]);
    expect(gated.runtimeCalls()).toEqual([]);
    expect(gated.gate.decisions()).toMatchObject([
      {
        answer: 'deny',
        effect: 'block',
        cause: 'settings',
        asked: 'no',
        rule: { id: 'usual', version: 4, name: 'Usual' },
        evidence: messages,
      },
    ]);
  });

  test('let start what no rule forbids, though an agent says nothing and its absence would refuse it', async () => {
    gated.container('known', good);
    await gated.answerWith(() => undefined);
    prepare('deny', { linux });
    expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
    expect(gated.gate.decisions()).toMatchObject([{ answer: 'allow', cause: 'verdict', asked: 'late' }]);
  });

  test('are told to the agent, and alert where it is away', async () => {
    gated.container('known', good);
    await gated.answerWith(willing);
    const message = 'It runs without a seccomp profile: every system call is open to it.';
    prepare('deny', { linux: { ...linux, seccomp: null } });
    expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
    expect(gated.said()[0]).toMatchObject({
      settings: { sequence: 7, broken: [{ kind: 'seccomp-off', effect: 'alert', message }] },
    });
    await gated.hangUp();
    expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
    expect(gated.gate.decisions()).toMatchObject([
      { asked: 'answered' },
      { asked: 'away', answer: 'allow', effect: 'alert', cause: 'settings', reason: message, evidence: [message] },
    ]);
  });

  test('see systempaths=unconfined, and file systems of the kernel in another place', async () => {
    gated.container('known', good);
    prepare('allow', { linux: { ...linux, maskedPaths: [], readonlyPaths: [] } });
    expect((await gated.call('create', 'known')).stderr).toContain('systempaths=unconfined');
    const mounts = [{ destination: '/host', type: 'proc', source: 'proc', options: ['rw'] }];
    const rules = [{ ...usual, settings: [{ kind: 'host-paths', deny: ['/proc'], effect: 'block' }] as const }];
    prepare('allow', { linux, mounts }, rules);
    expect((await gated.call('create', 'known')).stderr).toContain(
      'It mounts /proc into /host; /proc is what the rule',
    );
    prepare('allow', { linux, mounts: [{ ...mounts[0], destination: '/proc' }] }, rules);
    expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
  });

  test('are no way in for an unknown image that may start, and refuse none of the product’s own', async () => {
    gated.container('known', strange);
    prepare('allow', { linux: everyDevice });
    const compiled = { settings: 'judged', agentAway: 'allow', unknown: 'allow' } as const;
    const view = { engineRoot: gated.engineRoot, sockets: [], environment: undefined };
    const rules = encodeRules(ledgerOf([], { rules: [usual] }), { host: 'h', environments: [], view });
    gated.writeLedger({ ...compiled, ...(rules && { rules }) });
    expect((await gated.call('create', 'known')).stderr).toContain('It is privileged');
  });

  test('are asked about where the ledger does not hold the rules, and the answer says why it is what it is', async () => {
    gated.container('known', good);
    gated.writeLedger({ settings: 'judged', agentAway: 'deny' });
    expect((await gated.call('create', 'known')).stderr).toContain(
      "its settings need the agent's answer: the ledger does not hold the rules over them. The agent is not running. See what",
    );
  });

  test('are asked about where a compliance rule may refuse them, unless a rule that is at hand refuses first', async () => {
    gated.container('known', good);
    for (const [agentAway, code] of [
      ['deny', 1],
      ['allow', 0],
    ] as const) {
      gated.writeLedger({ compliance: 'judged', agentAway });
      expect((await gated.call('create', 'known')).code).toBe(code);
      expect(gated.gate.decisions()).toMatchObject([
        {
          asked: 'away',
          cause: 'gate-fault',
          reason: expect.stringContaining("need the agent's answer: a compliance rule may refuse them."),
        },
      ]);
    }
    prepare('allow', { linux: everyDevice }, [usual], { compliance: 'judged' });
    expect((await gated.call('create', 'known')).stderr).toContain('It is privileged');
  });

  describe('by a compliance rule', () => {
    const central: ComplianceRule = {
      id: 'central',
      version: 3,
      name: 'Central',
      state: 'on',
      lines: [{ checks: { by: 'check', id: 'CTR-047' }, effect: 'block' }],
      notAssessed: 'ignore',
      running: 'alert',
    };
    const unfiltered = { linux: { ...linux, seccomp: null } };
    const message = 'CTR-047: It runs without a seccomp profile: every system call is open to it.';

    function complying(spec: object, more: Partial<LedgerSettings> = {}): void {
      const view = { engineRoot: gated.engineRoot, sockets: [], environment: undefined };
      const ledger = ledgerOf([], { rules: [usual], compliance: { rules: [central], lists: {} } });
      const compiled = encodeRules(ledger, { host: 'h', environments: [], view });
      prepare('allow', spec);
      const judged = { settings: 'judged', compliance: 'judged', agentAway: 'allow' } as const;
      gated.writeLedger({ ...judged, ...more, ...(compiled && { rules: compiled }) });
    }

    test('are refused without any agent, and a rule over settings that refuses is told first', async () => {
      gated.container('known', good);
      await gated.answerWith(willing);
      complying(unfiltered);
      expect((await gated.call('create', 'known')).stderr).toContain(`refused by Seawall: ${message} Leave out`);
      expect(gated.said()).toEqual([]);
      expect(gated.gate.decisions()).toMatchObject([
        {
          answer: 'deny',
          effect: 'block',
          cause: 'compliance',
          asked: 'no',
          rule: { id: 'central', version: 3, name: 'Central' },
          evidence: [message],
        },
      ]);
      complying({ linux: { ...everyDevice, seccomp: null } });
      expect((await gated.call('create', 'known')).stderr).toContain('refused by Seawall: It is privileged');
    });

    test('are refused where no admission rule speaks of settings', async () => {
      gated.container('known', good);
      complying(unfiltered, { settings: 'not-judged' });
      expect((await gated.call('create', 'known')).stderr).toContain(message);
    });

    test('of a step of a build are none of its business', async () => {
      complying(unfiltered, { builds: 'allow' });
      const bundle = join(gated.engineRoot, 'buildkit/executor/step');
      mkdirSync(bundle, { recursive: true });
      cpSync(join(gated.bundle, 'config.json'), join(bundle, 'config.json'));
      expect(await runToEnd(gated.gate.wrapper, ['run', '--bundle', bundle, 'step'])).toMatchObject({ code: 0 });
    });

    test('of an unknown image are the agent’s to judge, and refused where it is away', async () => {
      gated.container('known', strange);
      complying(unfiltered, { unknown: 'allow' });
      await gated.answerWith(willing);
      expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
      expect(gated.said()[0]).not.toHaveProperty('settings');
      await gated.hangUp();
      expect((await gated.call('create', 'known')).stderr).toContain(message);
    });
  });

  test('wait three seconds for an agent that alone can judge them, however many starts wait, and say so', async () => {
    gated.writeLedger({ settings: 'judged', agentAway: 'deny' });
    await gated.answerWith(() => undefined);
    const names = Array.from({ length: 4 }, (_, at) => `known-${at}`);
    for (const name of names) gated.container(name, good);
    const ended = await Promise.all(names.map((name) => gated.call('create', name)));
    for (const { code, stderr } of ended)
      expect([code, stderr]).toEqual([1, expect.stringContaining('The agent did not answer within 3000 ms')]);
  });

  test('of what root let start are asked about as those of other images', async () => {
    gated.container('strange', strange);
    const breakGlass = [{ digest: strange, until: new Date(Date.now() + hour) }];
    const started = async (agentAway: 'allow' | 'deny') => {
      gated.gate.ledger({ ledger: ledgerOf([]), breakGlass, settings: { ...settings, settings: 'judged', agentAway } });
      return gated.call('create', 'strange');
    };
    const refused = await started('deny');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("its settings need the agent's answer") });
    expect(await started('allow')).toMatchObject({ code: 0 });
    gated.gate.ledger({ ledger: ledgerOf([]), breakGlass, settings });
    expect(await gated.call('create', 'strange')).toMatchObject({ code: 0 });
  });

  test('are asked about where a rule is of a kind that is not known here, unless it ignores', async () => {
    gated.container('known', good);
    const ruled = (...more: readonly object[]): AdmissionRule =>
      ({ ...usual, settings: [...(usual.settings ?? []), ...more] }) as unknown as AdmissionRule;
    prepare('deny', { linux }, [ruled({ kind: 'new', effect: 'alert' })]);
    expect((await gated.call('create', 'known')).stderr).toContain(
      "need the agent's answer: this wrapper does not know one of the rules: run seawall gate install. The agent is not running.",
    );
    prepare('deny', { linux: everyDevice }, [ruled({ kind: 'new', effect: 'block' })]);
    expect((await gated.call('create', 'known')).stderr).toContain('It is privileged');
    prepare('deny', { linux }, [ruled({ kind: 'new', effect: 'ignore' })]);
    expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
    await gated.answerWith(willing);
    prepare('deny', { linux }, [ruled({ kind: 'new', effect: 'block' })]);
    expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
    expect(gated.said()[0]).not.toHaveProperty('settings');
  });

  test('are told to the agent in as many words as a line has room for', async () => {
    gated.container('known', good);
    await gated.answerWith(willing);
    const mounts = Array.from({ length: 100 }, (_, at) => ({
      destination: `/m/${at}/x${'ä'.repeat(1000)}`,
      type: 'bind',
      source: '/etc',
    }));
    const rules = [{ ...usual, settings: [{ kind: 'host-paths', deny: ['/etc'], effect: 'alert' }] as const }];
    prepare('deny', { linux, mounts }, rules);
    expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
    const said = gated.said()[0]?.['settings'] as { readonly broken: readonly { readonly message: string }[] };
    expect(said.broken).toHaveLength(64);
    for (const [at, { message }] of said.broken.entries()) {
      expect(message).toMatch(new RegExp(`^It mounts /etc into /m/${at}/xä+$`));
      expect(Buffer.byteLength(message)).toBeGreaterThan(510);
      expect(Buffer.byteLength(message)).toBeLessThanOrEqual(512);
    }
  });

  describe('of a program in a container', () => {
    const usualNames = ['CAP_CHOWN', 'CAP_KILL'];
    const state = (padding: number): string =>
      JSON.stringify({ config: { capabilities: { Bounding: usualNames } }, padding: 'x'.repeat(padding) });

    async function exec(text: string | undefined, names = usualNames): Promise<number | null> {
      gated.container('known', good);
      const root = join(gated.folder, 'state');
      const program = join(gated.folder, 'program.json');
      mkdirSync(join(root, 'known'), { recursive: true });
      if (text !== undefined) writeFileSync(join(root, 'known/state.json'), text);
      writeFileSync(program, JSON.stringify({ capabilities: { bounding: names } }));
      const words = ['--root', text === undefined ? join(gated.folder, 'none') : root, 'exec', '--process', program];
      return (await runToEnd(gated.gate.wrapper, [...words, 'known'])).code;
    }

    test('are judged by what the runtime keeps of its container, up to 16 MiB of it', async () => {
      gated.writeLedger({ settings: 'judged', agentAway: 'deny' });
      for (const padding of [0, 5 * 1024 * 1024]) {
        expect(await exec(state(padding))).toBe(0);
        expect(await exec(state(padding), [...usualNames, 'CAP_SYS_ADMIN'])).toBe(1);
      }
      expect(await exec(undefined, ['CAP_SYS_ADMIN'])).toBe(0);
    });

    test.each([
      ['is longer', () => state(16 * 1024 * 1024)],
      ['is cut off', () => state(0).slice(0, -1)],
      ['is nothing', () => ''],
    ])('count as more than its container has where that record %s', async (_, text) => {
      gated.writeLedger({ settings: 'judged', agentAway: 'deny' });
      expect(await exec(text(), [])).toBe(0);
      expect(await exec(text())).toBe(1);
      expect(gated.gate.decisions()).toMatchObject([
        { verb: 'exec', answer: 'deny', cause: 'gate-fault', asked: 'away' },
      ]);
      await gated.answerWith(willing);
      expect(await exec(text())).toBe(0);
      expect(gated.said()).toMatchObject([{ verb: 'exec', exec: { capabilities: usualNames } }]);
    });

    test('are refused where the answer cannot be read or has no name that may stand, and its words are cut whole', async () => {
      gated.writeLedger({ settings: 'judged', agentAway: 'allow' });
      const names = [...usualNames, 'CAP_SYS_ADMIN'];
      const replies = ['x\n', { answer: 'deny', id: '../x', reason: `${'a'.repeat(2046)}ä`, cause: 'gate-fault' }];
      await gated.answerWith(() => replies.shift());
      expect(await exec(state(0), names)).toBe(1);
      expect(await exec(state(0), names)).toBe(1);
      const refused = { verb: 'exec', answer: 'deny', effect: 'block', cause: 'gate-fault', asked: 'answered' };
      expect(gated.gate.decisions()).toMatchObject([
        { ...refused, reason: expect.stringContaining('its answer cannot be read') },
        { ...refused, id: expect.stringMatching(/^[0-9a-f]{32}$/), reason: 'a'.repeat(2046) },
      ]);
    });
  });
});
