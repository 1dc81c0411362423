import { describe, expect, test } from 'vitest';
import type { ComplianceRule, RuleLine } from '#compliance/contract.ts';
import type { LedgerCompliance } from './contract.ts';
import { settingsOfChecks } from './settings-of-checks.ts';

const blocks = (...ids: readonly string[]): readonly RuleLine[] =>
  ids.map((id) => ({ checks: { by: 'check', id }, effect: 'block' }));
const bySeverity = (severity: 'high' | 'critical'): readonly RuleLine[] => [
  { checks: { by: 'severity', severity }, effect: 'block' },
];
const excepted = (check: string) => ({
  id: 'x',
  check,
  values: ['no filter'],
  expiresAt: '2027-01-01T00:00:00Z',
});

function compiled(
  lines: readonly RuleLine[],
  more: Partial<LedgerCompliance> & Partial<Pick<ComplianceRule, 'notAssessed'>> = {},
): readonly string[] {
  const { notAssessed = 'block', lists = {}, exceptions } = more;
  const settings = settingsOfChecks({ lines, notAssessed }, { lists, ...(exceptions && { exceptions }) });
  return settings.map(({ check, effect, ...rule }) => `${check} ${effect} ${JSON.stringify(rule)}`);
}

describe('what the wrapper refuses by a compliance rule', () => {
  test.each<readonly [string, readonly string[], readonly string[]]>([
    ['calls without a filter', ['CTR-047'], ['CTR-047 block {"kind":"seccomp-off"}']],
    ['capabilities', ['CTR-005'], ['CTR-005 block {"kind":"added-capabilities","allow":[]}']],
    ['sockets', ['CTR-020'], ['CTR-020 block {"kind":"engine-socket"}']],
    [
      'namespaces, one by one',
      ['CTR-030', 'CTR-038', 'CTR-040', 'CTR-046', 'CTR-054', 'CTR-064'],
      ['pid', 'network', 'ipc', 'uts', 'cgroup'].map(
        (name, at) => `CTR-0${[38, 30, 40, 46, 54][at]} block {"kind":"host-namespaces","deny":["${name}"]}`,
      ),
    ],
    ['devices and paths together', ['CTR-043', 'CTR-066'], ['CTR-043 block {"kind":"privileged"}']],
    ['devices, by the other check', ['CTR-042', 'CTR-066'], ['CTR-042 block {"kind":"privileged"}']],
    ['of them one alone is the agent’s', ['CTR-066'], []],
    ['the other one too', ['CTR-042', 'CTR-043'], []],
    ['a word of the engine is the agent’s', ['CTR-001'], []],
    ['mounts of other folders are the agent’s', ['CTR-017', 'CTR-018', 'CTR-042'], []],
  ])('%s', (_, ids, expected) => {
    expect(compiled(blocks(...ids))).toEqual(expected);
  });

  test('only what blocks, by the first line that names it', () => {
    const alert: RuleLine = { checks: { by: 'check', id: 'CTR-047' }, effect: 'alert' };
    expect(compiled([alert, ...blocks('CTR-047')])).toEqual([]);
    expect(compiled([...blocks('CTR-047'), alert])).toHaveLength(1);
    expect(compiled([])).toEqual([]);
    expect(compiled(bySeverity('critical')).map((words) => words.slice(0, 7))).toEqual(['CTR-020']);
    expect(compiled(bySeverity('high')).map((words) => words.slice(0, 7))).toEqual([
      'CTR-043',
      'CTR-020',
      'CTR-038',
      'CTR-030',
      'CTR-040',
      'CTR-005',
      'CTR-047',
    ]);
  });

  test('with the operator’s list of capabilities', () => {
    const lists = { 'allowed-added-capabilities': ['SYS_TIME'] };
    expect(compiled(blocks('CTR-005'), { lists })).toEqual([
      'CTR-005 block {"kind":"added-capabilities","allow":["SYS_TIME"]}',
    ]);
  });

  test('not where an exception may hold: the agent knows for whom', () => {
    const lines = blocks('CTR-047', 'CTR-005');
    expect(compiled(lines, { exceptions: [excepted('CTR-047')] })).toEqual([
      'CTR-005 block {"kind":"added-capabilities","allow":[]}',
    ]);
  });

  test.each(['alert', 'ignore'] as const)(
    'more mounts than are looked at pass where not assessed is %s',
    (notAssessed) => {
      expect(compiled(blocks('CTR-020'), { notAssessed })).toEqual([
        'CTR-020 block {"kind":"engine-socket","many":"pass"}',
      ]);
    },
  );
});
