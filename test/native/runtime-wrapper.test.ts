import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runToEnd, type Said } from '../make/gate.ts';
import { canBuildWrapper } from '../make/wrapper.ts';
import {
  alias,
  bad,
  entry,
  type Gated,
  good,
  hour,
  ledgerOf,
  makeGated,
  rule,
  settings,
  strange,
  willing,
} from './gated.ts';

describe.runIf(canBuildWrapper() && process.getuid?.() === 0)('the runtime wrapper', () => {
  let gated: Gated;
  beforeAll(() => {
    gated = makeGated();
  });
  beforeEach(() => gated.reset());
  afterEach(() => gated.hangUp());
  afterAll(() => gated.remove());

  test('hands other verbs on as they came, with what the runtime says, and judges nothing', async () => {
    const ended = await runToEnd(gated.gate.wrapper, ['--root', '/x y', 'kill', 'one', 'KILL']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(gated.runtimeCalls()).toEqual(['--root /x y kill one KILL']);
    expect(gated.gate.decisions()).toEqual([]);
  });

  test('refuses a known image without any agent, in the words of its rule', async () => {
    gated.container('refused', bad);
    const ended = await gated.call('create', 'refused');
    const message = 'refused by Seawall: It has “CVE-2026-1”. Upgrade libx to 2.';
    expect(ended).toMatchObject({ code: 1, stderr: `${message}\n` });
    expect(JSON.parse(readFileSync(gated.log, 'utf8'))).toMatchObject({ level: 'error', msg: message });
    expect(gated.runtimeCalls()).toEqual([]);
    const [decision, ...more] = gated.gate.decisions();
    expect(more).toEqual([]);
    expect(decision).toMatchObject({
      form: 1,
      verb: 'create',
      container: 'refused',
      image: bad,
      answer: 'deny',
      cause: 'verdict',
      effect: 'block',
      rule,
      reason: 'It has “CVE-2026-1”. Upgrade libx to 2.',
      ledger: 'deny',
      ledgerSequence: 7,
      asked: 'no',
    });
    expect(decision?.milliseconds).toBeLessThan(100);
  });

  test.each(['create', 'run', 'restore'])('asks the agent at %s of a known image, and lets it start', async (verb) => {
    gated.container('known', good);
    await gated.answerWith(willing);
    expect(await gated.call(verb, 'known')).toMatchObject({ code: 0, stderr: '' });
    expect(gated.said()[0]).toEqual({
      form: 1,
      kind: 'start',
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      verb,
      container: 'known',
      bundle: gated.bundle,
      image: good,
      build: false,
      ledger: 'allow',
      annotations: {},
      settings: { sequence: 7, broken: [] },
    });
    expect(gated.runtimeCalls()).toEqual([
      `--log ${gated.log} --log-format json ${verb} --bundle ${gated.bundle} known`,
    ]);
    const [decision] = gated.gate.decisions();
    expect(decision).toMatchObject({
      id: expect.stringContaining('agent-'),
      answer: 'allow',
      cause: 'verdict',
      asked: 'answered',
      verb,
    });
    // Only `create` ends before the container's first program.
    expect(gated.said()[1]).toEqual(verb === 'create' ? { form: 1, kind: 'created', container: 'known' } : undefined);
    expect(decision?.armed?.armed).toBe(verb === 'create' ? true : undefined);
  });

  test('knows an image by another of its names', async () => {
    gated.container('aliased', alias);
    await gated.answerWith(willing);
    expect(await gated.call('create', 'aliased')).toMatchObject({ code: 0 });
    expect(gated.said()[0]).toMatchObject({ ledger: 'allow', image: alias });
  });

  test('refuses a known image when the agent refuses its settings', async () => {
    gated.container('known', good);
    await gated.answerWith(() => ({ answer: 'deny', reason: 'Privileged is not allowed. Drop it.', id: 'a-2' }));
    expect(await gated.call('create', 'known')).toMatchObject({
      code: 1,
      stderr: 'refused by Seawall: Privileged is not allowed. Drop it.\n',
    });
    expect(gated.gate.decisions()).toMatchObject([{ id: 'a-2', answer: 'deny', cause: 'settings', asked: 'answered' }]);
    expect(gated.runtimeCalls()).toEqual([]);
  });

  test('goes by the ledger where no agent listens', async () => {
    gated.container('known', good);
    expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
    expect(gated.gate.decisions()).toMatchObject([
      { answer: 'allow', asked: 'away', cause: 'verdict', armed: { armed: false } },
    ]);
    gated.writeLedger({ settings: 'judged', agentAway: 'deny' });
    const refused = await gated.call('create', 'known');
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('seawall gate status');
    gated.writeLedger({ settings: 'judged', agentAway: 'allow' });
    expect(await gated.call('create', 'known')).toMatchObject({ code: 0 });
    expect(gated.gate.decisions()).toMatchObject([
      { answer: 'deny', cause: 'gate-fault' },
      { answer: 'allow', cause: 'gate-fault' },
    ]);
  });

  test('starts images of the product, and what root let start, where no agent listens', async () => {
    gated.container('own', strange);
    const entries = [entry(strange, { cause: 'own-image' })];
    gated.writeLedger({ settings: 'judged', agentAway: 'deny' }, entries);
    expect(await gated.call('create', 'own')).toMatchObject({ code: 0 });
    const breakGlass = [{ digest: bad, until: new Date(Date.now() + hour) }];
    gated.container('glass', bad);
    gated.gate.ledger({
      ledger: ledgerOf([entry(bad, { answer: 'deny' })], { expiresAt: new Date(0).toISOString() }),
      breakGlass,
      settings,
    });
    expect(await gated.call('create', 'glass')).toMatchObject({ code: 0 });
    expect(gated.gate.decisions()).toMatchObject([{ cause: 'own-image' }, { cause: 'break-glass', effect: 'alert' }]);
  });

  test('waits 100 ms for an agent that is there and says nothing, and goes by the ledger', async () => {
    gated.container('known', good);
    await gated.answerWith(() => undefined);
    expect((await gated.call('create', 'known')).code).toBe(0);
    const [decision] = gated.gate.decisions();
    expect(decision).toMatchObject({ asked: 'late', answer: 'allow', cause: 'verdict' });
    expect(decision?.milliseconds).toBeGreaterThanOrEqual(100);
    expect(decision?.milliseconds).toBeLessThan(400);
  });

  test('waits longer the more starts wait, up to a second, and goes by the ledger', async () => {
    await gated.answerWith(() => undefined);
    const names = Array.from({ length: 12 }, (_, at) => `known-${at}`);
    for (const name of names) gated.container(name, good);
    const ended = await Promise.all(names.map((name) => gated.call('create', name)));
    expect(ended.map(({ code }) => code)).toEqual(names.map(() => 0));
    const decisions = gated.gate.decisions();
    expect(decisions.map(({ asked, answer }) => [asked, answer])).toEqual(names.map(() => ['late', 'allow']));
    const longest = Math.max(...decisions.map(({ milliseconds }) => milliseconds ?? 0));
    expect(longest).toBeGreaterThanOrEqual(500);
    expect(longest).toBeLessThan(1500);
  });

  test('goes on after 100 ms when nobody says that the container is armed', async () => {
    gated.container('known', good);
    await gated.answerWith((said) => (said.kind === 'start' ? willing(said) : undefined));
    const { code, took } = await gated.call('create', 'known');
    expect(code).toBe(0);
    expect(took).toBeLessThan(500);
    const [decision] = gated.gate.decisions();
    expect(decision).toMatchObject({ answer: 'allow', armed: { armed: false } });
    expect(decision?.armed?.milliseconds).toBeGreaterThanOrEqual(100);
  });

  describe('where the runtime rule prevents', () => {
    const mustArm = (said: Said, then: object | string | undefined): object | string | undefined =>
      said.kind === 'start' ? { ...willing(said), mustArm: true } : then;

    test('a container that was not armed in time is removed before its first program, and refused', async () => {
      gated.container('known', good);
      const refusal = 'Its runtime rule prevents, and the sensor had not armed it within 5.0 s: It is not marked.';
      await gated.answerWith((said) => mustArm(said, { armed: false, milliseconds: 5000, refusal }));
      const { code, stderr } = await gated.call('create', 'known');
      expect([code, stderr]).toEqual([1, `refused by Seawall: ${refusal}\n`]);
      expect(JSON.parse(readFileSync(gated.log, 'utf8'))).toMatchObject({ msg: `refused by Seawall: ${refusal}` });
      const globals = `--log ${gated.log} --log-format json`;
      expect(gated.runtimeCalls()).toEqual([
        `${globals} create --bundle ${gated.bundle} known`,
        `${globals} delete --force known`,
      ]);
      expect(gated.gate.decisions()).toMatchObject([
        {
          answer: 'deny',
          cause: 'unarmed',
          effect: 'block',
          reason: refusal,
          asked: 'answered',
          armed: { armed: false },
        },
      ]);
    });

    test('an agent that ends meanwhile is no leave to start', async () => {
      gated.container('known', good);
      await gated.answerWith((said) => mustArm(said, 'hang-up'));
      const { code, stderr } = await gated.call('create', 'known');
      expect(code).toBe(1);
      expect(stderr).toContain('did not say in time whether the sensor has armed it');
      expect(gated.runtimeCalls()).toHaveLength(2);
      expect(gated.gate.decisions()).toMatchObject([{ answer: 'deny', cause: 'unarmed' }]);
    });

    test('one that is armed later than the clock of other starts goes on', async () => {
      gated.container('known', good);
      await gated.answerWith(async (said) => {
        if (said.kind !== 'start') await new Promise((resolve) => setTimeout(resolve, 400));
        return mustArm(said, { armed: true, milliseconds: 400 });
      });
      expect((await gated.call('create', 'known')).code).toBe(0);
      expect(gated.runtimeCalls()).toHaveLength(1);
      expect(gated.gate.decisions()).toMatchObject([{ answer: 'allow', armed: { armed: true } }]);
    });
  });

  test.each([
    'x\n',
    '[]\n',
    '{"answer":"perhaps"}\n',
    '{"answer":"deny","answer":"allow"}\n',
    `{"answer":"deny","reason":"${'a'.repeat(70_000)}"}\n`,
    `{"answer":"allow","reason":"${'a'.repeat(70_000)}"}\n`,
  ])(
    'takes an answer that it cannot read for a refusal, whatever holds for an agent that is away: %#',
    async (reply) => {
      gated.container('known', good);
      const away = { settings: 'judged', agentAway: 'allow', unknown: 'allow' } as const;
      gated.writeLedger(away, [entry(strange, { cause: 'own-image' })]);
      await gated.answerWith(() => reply);
      const { code, stderr, took } = await gated.call('create', 'known');
      expect([code, stderr]).toEqual([1, expect.stringContaining('The agent answered, and its answer cannot be read')]);
      expect(took).toBeLessThan(1000);
      gated.writeLedger({ agentAway: 'allow' });
      expect(await gated.call('create', 'known')).toMatchObject({ code: 1 });
      const refused = { asked: 'answered', answer: 'deny', cause: 'gate-fault' };
      expect(gated.gate.decisions()).toMatchObject([refused, refused]);
      // Else nobody could start another agent.
      gated.writeLedger(away, [entry(strange, { cause: 'own-image' })]);
      gated.container('own', strange);
      expect(await gated.call('create', 'own')).toMatchObject({ code: 0 });
    },
  );

  test('takes an agent that hangs up for one that is away', async () => {
    gated.container('known', good);
    gated.writeLedger({ settings: 'judged', agentAway: 'deny' });
    await gated.answerWith(() => 'hang-up');
    expect(await gated.call('create', 'known')).toMatchObject({ code: 1 });
    expect(gated.gate.decisions()).toMatchObject([{ asked: 'away', answer: 'deny', cause: 'gate-fault' }]);
  });
});
