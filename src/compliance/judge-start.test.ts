import { describe, expect, test } from 'vitest';
import { type FieldsOf, known, missing } from '#base/index.ts';
import { type ContainerShape, type StartDocument, startDocuments } from '#inventory/index.ts';
import { good } from './checks/container/testing.ts';
import { containerChecks } from './checks/container/index.ts';
import type { ComplianceRule, ExpressionCheck, RuleLine } from './contract.ts';
import { judgeStart } from './judge-start.ts';
import { openCustom } from './open-custom.ts';
import { gatesOf, isDecidedBy, startGates, strictestAtStart, undecidedBy } from './start-gates.ts';

const now = new Date('2026-11-30T00:00:00Z');
const line = (id: string, effect: RuleLine['effect']): RuleLine => ({ checks: { by: 'check', id }, effect });
const everything = (effect: RuleLine['effect']): RuleLine => ({ checks: { by: 'severity', severity: 'low' }, effect });

function ruleOf(lines: readonly RuleLine[], notAssessed: ComplianceRule['notAssessed'] = 'alert'): ComplianceRule {
  return { id: 'prod', version: 2, name: 'Production', state: 'on', lines, notAssessed, running: 'alert' };
}

function fieldsOf(change: Partial<ContainerShape>, lacking: readonly string[] = []): FieldsOf<ContainerShape> {
  const fields = Object.entries({ ...good, ...change }).map(([name, value]) => [
    name,
    lacking.includes(name) ? missing('nobody looked') : known(value, name),
  ]);
  return Object.fromEntries(fields) as never;
}

interface Asked {
  readonly document?: StartDocument;
  readonly fields?: FieldsOf<ContainerShape>;
  readonly rule: ComplianceRule;
  readonly asker?: 'docker' | 'kubernetes';
}

const judge = ({ document = 'request', fields = fieldsOf({ privileged: true }), rule, asker = 'docker' }: Asked) =>
  judgeStart({ document, fields }, { rule, lists: {}, now, asker });

describe('a container that is to start', () => {
  test('is objected to by the check, what was seen and the change in the words of who asks', () => {
    const rule = ruleOf([line('CTR-001', 'block')]);
    const [docker, ...others] = judge({ rule });
    expect(others).toEqual([]);
    expect(docker).toEqual({
      check: { id: 'CTR-001', severity: 'critical' },
      effect: 'block',
      message: 'CTR-001 “The container is not privileged” is not met: privileged.',
      remedy: 'Run without --privileged; give single capabilities with --cap-add and devices with --device.',
    });
    expect(judge({ rule, asker: 'kubernetes' })[0]?.remedy).toBe('Set securityContext.privileged: false.');
  });

  test.each([
    ['ignore', 'block', []],
    ['alert', 'block', ['alert']],
    ['block', 'alert', ['block']],
  ] as const)('fails a line that says %s', (effect, other, expected) => {
    const rule = ruleOf([line('CTR-001', effect), line('CTR-001', other)]);
    expect(judge({ rule }).map((one) => one.effect)).toEqual(expected);
  });

  test.each([
    ['ignore', []],
    ['alert', ['alert']],
    ['block', ['block']],
  ] as const)('of which nobody knows whether it is privileged is answered by the rule: %s', (notAssessed, expected) => {
    const objections = judge({
      rule: ruleOf([line('CTR-001', 'block')], notAssessed),
      fields: fieldsOf({}, ['privileged']),
    });
    expect(objections.map(({ effect }) => effect)).toEqual(expected);
    for (const { message } of objections) expect(message).toBe('CTR-001 not assessed: Nobody looked.');
  });

  test.each<readonly [readonly string[], readonly string[], readonly string[]]>([
    [['NET_RAW'], ['CAP_NET_RAW'], []],
    [['NET_RAW', 'MKNOD'], ['CAP_NET_RAW'], ['CTR-006']],
    [['MKNOD'], ['CAP_NET_RAW'], ['CTR-006']],
    [['NET_RAW'], [], ['CTR-006']],
  ])('with %j, and an exception of %j, is objected to by %j', (capabilities, values, expected) => {
    const held = [{ id: 'a', check: 'CTR-006', values, expiresAt: new Date(now.getTime() + 1) }];
    const rule = ruleOf([line('CTR-006', 'block')]);
    const lists = { 'allowed-capabilities': [] };
    const start = { document: 'request', fields: fieldsOf({ capabilities }) } as const;
    const found = judgeStart(start, { rule, lists, now, held, asker: 'docker' });
    expect(found.map(({ check }) => check.id)).toEqual(expected);
  });

  test('is not judged by checks that its document has no place for', () => {
    const rule = ruleOf([everything('block')], 'block');
    const wild = fieldsOf({ loosePaths: ['/srv 0777'], privileged: true });
    for (const document of startDocuments) {
      const ids = judge({ document, fields: wild, rule }).map(({ check }) => check.id);
      expect(ids.includes('CTR-001')).toBe(document === 'request' || document === 'bundle' || document === 'pod');
      expect(ids).not.toContain('CTR-023');
    }
  });

  test('that breaks what a broken check brings along is told of the cause alone, what blocks first', () => {
    const capabilities = ['SYS_ADMIN', 'NET_RAW'];
    const fields = fieldsOf({ privileged: true, capabilities, readonlyRoot: false });
    const blocked = judge({ rule: ruleOf([line('CTR-035', 'alert'), everything('block')], 'ignore'), fields });
    const ids = blocked.map(({ check }) => check.id);
    expect(ids[0]).toBe('CTR-001');
    expect(ids).not.toContain('CTR-007');
    const mixed = judge({ rule: ruleOf([line('CTR-001', 'alert'), line('CTR-035', 'block')], 'ignore'), fields });
    expect(mixed.map(({ check, effect }) => [check.id, effect])).toEqual([
      ['CTR-035', 'block'],
      ['CTR-001', 'alert'],
    ]);
    const alone = judge({ rule: ruleOf([line('CTR-007', 'block')]), fields });
    expect(alone.map(({ check }) => check.id)).toEqual(['CTR-007']);
  });

  test('is not let through by a check that this release does not know', () => {
    const objections = judge({ rule: ruleOf([line('CTR-999', 'block'), line('IMG-999', 'block')], 'block') });
    expect(objections).toMatchObject([
      { check: { id: 'CTR-999' }, effect: 'block', message: expect.stringContaining('older') },
    ]);
  });

  test('that every check passes is objected to by none', () => {
    for (const document of startDocuments)
      expect(judge({ document, fields: fieldsOf({}), rule: ruleOf([everything('block')], 'ignore') })).toEqual([]);
  });
});

describe('a check that was written at the console', () => {
  const blocking = ruleOf([line('custom-own', 'block')], 'block');
  const written = (expression: string, more: Partial<ExpressionCheck> = {}): ExpressionCheck => ({
    id: 'custom-own',
    version: 1,
    subject: 'container',
    title: 'It is ours',
    why: 'Why',
    remedy: { docker: 'Run ours' },
    severity: 'high',
    nist: [],
    expression,
    ...more,
  });
  const refusals = async (
    custom: readonly ExpressionCheck[],
    asked: Omit<Asked, 'rule'> & { rule?: ComplianceRule } = {},
  ) => {
    const { document = 'request', fields = fieldsOf({ privileged: true }), rule = blocking } = asked;
    const ruling = { rule, lists: {}, now, asker: 'docker', custom: await openCustom(custom) } as const;
    return judgeStart({ document, fields }, ruling);
  };

  test.each([
    ['!privileged', [{ effect: 'block', message: 'custom-own “It is ours” is not met.', remedy: 'Run ours.' }]],
    ['privileged ? ["it is"] : []', [{ effect: 'block', message: 'custom-own “It is ours” is not met: it is.' }]],
    ['privileged', []],
    ['!privileged || true', []],
    ['no.such', [{ effect: 'block', message: expect.stringContaining('cannot be read') }]],
    ['"yes"', [{ effect: 'block', message: expect.stringContaining('neither true, false') }]],
  ])('%s is asked of a container that is to start', async (expression, expected) => {
    expect(await refusals([written(expression)])).toMatchObject(expected);
  });

  test('is not passed over where a fact is missing, and left to what runs where no document has it', async () => {
    const fields = fieldsOf({}, ['privileged']);
    const [objection] = await refusals([written('!privileged || true')], { fields });
    expect(objection).toMatchObject({ effect: 'block', message: 'custom-own not assessed: Nobody looked.' });
    expect(await refusals([written('size(processes) == 0')])).toEqual([]);
  });

  test('that did not come along, or takes more than all of them may, is not passed over', async () => {
    expect(await refusals([])).toMatchObject([{ effect: 'block', message: expect.stringContaining('not assessed') }]);
    const fields = fieldsOf({ capabilities: Array.from({ length: 5000 }, (_, at) => `CAP_${at}`) });
    const dear = 'capabilities.all(c, c != "A" && c != "B" && c != "C")';
    const one = await refusals([written(dear)], { fields });
    expect(one).toEqual([]);
    const many = Array.from({ length: 60 }, (_, at) => written(dear, { id: `custom-${at}` }));
    const rule = ruleOf([everything('block')], 'block');
    const objections = await refusals(many, { fields, rule });
    const dearer = objections.filter(({ message }) => message.includes('costs more steps'));
    expect(dearer).toHaveLength(1);
  });

  test('makes a gate read the container where a line blocks it', async () => {
    const check = { ...written('!privileged'), needs: ['privileged'] };
    const strictest = (effect: RuleLine['effect'], custom = [check]) =>
      strictestAtStart('request', ruleOf([line('custom-own', effect)], 'ignore'), custom);
    expect([strictest('block'), strictest('alert'), strictest('block', [])]).toEqual(['block', 'alert', 'ignore']);
    expect(strictest('block', [{ ...check, needs: ['processes'] }])).toBe('ignore');
  });
});

describe('what a rule may do at a start', () => {
  test.each([
    [[], 'block', 'ignore'],
    [[line('CTR-001', 'ignore')], 'block', 'ignore'],
    [[line('CTR-001', 'alert')], 'ignore', 'alert'],
    [[line('CTR-001', 'alert')], 'block', 'block'],
    [[line('CTR-001', 'block')], 'ignore', 'block'],
    [[line('CTR-048', 'block')], 'block', 'ignore'],
    [[line('IMG-001', 'block')], 'block', 'ignore'],
    [[line('CTR-001', 'ignore'), everything('alert')], 'ignore', 'alert'],
  ] as const)('%j with %s is %s', (lines, notAssessed, expected) => {
    expect(strictestAtStart('request', ruleOf(lines, notAssessed))).toBe(expected);
  });

  test('leaves to the running container what no gate decides', () => {
    const rule = ruleOf([line('CTR-048', 'block'), line('CTR-001', 'block'), line('CTR-023', 'ignore')]);
    expect(undecidedBy(rule, ['docker-authorization', 'runtime-wrapper'])).toEqual(['CTR-048']);
    const own = { why: '', remedy: {}, severity: 'high', nist: [], version: 1, title: '' } as const;
    const written = (['container', 'image'] as const).flatMap((subject) => [
      { ...own, subject, id: `custom-${subject}-asked`, needs: ['privileged'] },
      { ...own, subject, id: `custom-${subject}-running`, needs: ['privileged', 'processes'] },
    ]);
    const ofWritten = (rule: ComplianceRule) =>
      undecidedBy(rule, startGates, written).filter((id) => id.startsWith('custom-'));
    expect(ofWritten(ruleOf([everything('block')]))).toEqual(['custom-container-running']);
    expect(ofWritten(ruleOf([line('custom-container-running', 'ignore')]))).toEqual([]);
    expect(undecidedBy(rule, [])).toEqual(['CTR-001', 'CTR-048']);
    expect(undecidedBy(ruleOf([line('CTR-021', 'block')]), ['runtime-wrapper'])).toEqual(['CTR-021']);
    expect(undecidedBy(ruleOf([line('CTR-021', 'block')]), ['docker-authorization'])).toEqual([]);
  });

  test('each check is decided by the gates whose document holds all that it needs', () => {
    const decided = (document: StartDocument) =>
      containerChecks.filter((check) => isDecidedBy(document, check)).map(({ id }) => id);
    expect(decided('bundle')).toEqual(expect.arrayContaining(decided('spec')));
    for (const document of startDocuments) expect(decided(document)).toContain('CTR-047');
    expect(gatesOf({ needs: ['processes'] })).toEqual([]);
  });
});
