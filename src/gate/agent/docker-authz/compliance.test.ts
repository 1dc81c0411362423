import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestEngine, type TestEngine } from '../../../../test/make/docker.ts';
import { docker, loadProgramImage } from '../../../../test/make/program-image.ts';
import type { ComplianceRule, CustomCheck, RuleLine } from '#compliance/contract.ts';
import { type AuthorizationPlugin, serveAuthorization } from './server.ts';
import { entryOf, ledgerOf, rawJson, sendRaw, strictRule, type TestPorts, testPorts } from './testing.ts';

const line = (id: string, effect: RuleLine['effect']): RuleLine => ({ checks: { by: 'check', id }, effect });
const rule: ComplianceRule = {
  id: 'default',
  version: 4,
  name: 'Containers',
  state: 'on',
  lines: [line('CTR-001', 'block'), line('CTR-035', 'alert'), line('CTR-048', 'block')],
  notAssessed: 'block',
  running: 'alert',
};

describe('an engine whose ledger has compliance rules alone', () => {
  const name = `seawall-test-${process.pid}`;
  let engine: TestEngine;
  let plugin: AuthorizationPlugin;
  let made: TestPorts;
  let entry: ReturnType<typeof entryOf>;

  beforeAll(async () => {
    const delegate: { to: TestPorts | undefined } = { to: undefined };
    const waiting = testPorts('/nowhere', '/nowhere');
    plugin = await serveAuthorization(
      { kind: 'path', path: `/run/docker/plugins/${name}.sock` },
      new Proxy(waiting.ports, { get: (_, key) => Reflect.get((delegate.to ?? waiting).ports, key) }),
    );
    engine = await startTestEngine({ store: 'docker', driver: 'overlay2', authorization: name });
    made = testPorts(engine.socket, engine.root);
    delegate.to = made;
    await loadProgramImage(engine, 'box:1');
    await docker(engine, 'create', '--name', 'older', '--privileged', 'box:1', '/bin/sleep', '100');
    entry = entryOf((await docker(engine, 'image', 'inspect', '-f', '{{.Id}}', 'box:1')).stdout);
    judgeBy(rule);
  });
  afterEach(() => judgeBy(rule));
  afterAll(async () => {
    await engine.stop();
    await plugin.close();
  });

  function judgeBy(one: ComplianceRule, customChecks: readonly CustomCheck[] = []): void {
    made.decisions.length = 0;
    const compliance = { rules: [one], lists: {}, customChecks };
    made.ledger.ledger = { ...ledgerOf([entry], { ...strictRule, settings: [] }), compliance };
  }

  test('refuses a privileged container when it is made, by the rule, the check, what was seen and the remedy', async () => {
    const { code, stderr } = await docker(engine, 'create', '--privileged', 'box:1', '/bin/sleep', '1');
    expect(code).not.toBe(0);
    expect(stderr).toContain(
      'Seawall refuses to create box:1 in prod by the rule “Containers”. CTR-001 “The container is not privileged” is not met: privileged. Run without --privileged;',
    );
    expect(made.decisions).toMatchObject([
      {
        answer: 'deny',
        effect: 'block',
        cause: 'compliance',
        rule: { id: 'default', version: 4, name: 'Containers' },
        evidence: [
          'CTR-001 “The container is not privileged” is not met: privileged.',
          expect.stringMatching(/^CTR-035 “/),
        ],
      },
    ]);
  });

  test('refuses by a check that was written at the console', async () => {
    const own: CustomCheck = {
      id: 'custom-quiet',
      version: 1,
      subject: 'container',
      title: 'It keeps to itself',
      why: 'Why',
      remedy: { docker: 'Run without --privileged' },
      severity: 'high',
      nist: [],
      expression: 'privileged ? ["it may do everything"] : []',
    };
    judgeBy({ ...rule, lines: [{ checks: { by: 'check', id: own.id }, effect: 'block' }] }, [own]);
    const { code, stderr } = await docker(engine, 'create', '--privileged', 'box:1', '/bin/sleep', '1');
    expect(code).not.toBe(0);
    expect(stderr).toContain('custom-quiet “It keeps to itself” is not met: it may do everything.');
    expect((await docker(engine, 'create', 'box:1', '/bin/sleep', '1')).code).toBe(0);
  });

  test('refuses one that was made before, when it starts', async () => {
    const { code, stderr } = await docker(engine, 'start', 'older');
    expect([code, stderr]).toEqual([1, expect.stringContaining('CTR-001')]);
    expect(made.decisions).toMatchObject([{ action: 'start', answer: 'deny', cause: 'compliance' }]);
  });

  test('records what a line alerts on, and lets it through', async () => {
    const { code } = await docker(engine, 'create', 'box:1', '/bin/sleep', '1');
    expect(code).toBe(0);
    expect(made.decisions).toMatchObject([
      { answer: 'allow', effect: 'alert', cause: 'compliance', evidence: [expect.stringMatching(/^CTR-035 “/)] },
    ]);
    judgeBy({ ...rule, lines: [line('CTR-035', 'alert')], notAssessed: 'ignore' });
    await docker(engine, 'create', 'box:1', '/bin/sleep', '1');
    expect(made.decisions, 'what no rule may refuse is judged once it is there').toMatchObject([
      { answer: 'allow', effect: 'ignore', cause: 'verdict' },
    ]);
    judgeBy(rule);
    await docker(engine, 'create', '--read-only', 'box:1', '/bin/sleep', '1');
    expect(made.decisions).toMatchObject([{ answer: 'allow', effect: 'ignore', cause: 'verdict' }]);
  });

  test('leaves alone what a rule for elsewhere, or no line, speaks of', async () => {
    judgeBy({ ...rule, collections: ['elsewhere'] });
    expect((await docker(engine, 'create', '--privileged', 'box:1', '/bin/sleep', '1')).code).toBe(0);
    judgeBy({ ...rule, lines: [] });
    expect((await docker(engine, 'create', '--privileged', 'box:1', '/bin/sleep', '1')).code).toBe(0);
  });

  test.each([
    ['CTR-035', '"ReadonlyRootfs":true,"readonlyrootfs":false', 'gate-fault'],
    // What may open the host is read strictly before any rule is asked.
    ['CTR-001', '"Privileged":false,"privileged":true', 'request'],
  ] as const)('refuses what a request spells otherwise, so that %s cannot be judged', async (id, host, cause) => {
    judgeBy({ ...rule, lines: [line(id, 'block')], notAssessed: 'ignore' });
    const body = `{"Image":"box:1","Cmd":["/bin/true"],"HostConfig":{${host}}}`;
    const reply = await sendRaw(engine.socket, rawJson('POST /v1.45/containers/create', body));
    expect(reply.status).toBe(403);
    expect(made.decisions).toMatchObject([{ cause, effect: 'block' }]);
  });

  test.each([
    [{ Memory: 'much' }, 'block', 'deny'],
    [{ Memory: 'much' }, 'ignore', 'allow'],
  ] as const)('answers %j, of which nothing can be told, as not assessed: %s', async (host, notAssessed, answer) => {
    judgeBy({ ...rule, lines: [line('CTR-032', 'alert')], notAssessed });
    await sendRaw(
      engine.socket,
      rawJson('POST /v1.45/containers/create', JSON.stringify({ Image: 'box:1', HostConfig: host })),
    );
    expect(made.decisions).toMatchObject([{ answer }]);
  });
});
