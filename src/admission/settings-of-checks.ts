import type { HostNamespace } from '#inventory/contract.ts';
import { blockedAtStart, type Lists } from '#compliance/index.ts';
import { type ComplianceRule, namespaceChecks, type SettingsRule } from '#compliance/contract.ts';
import type { LedgerCompliance } from './contract.ts';

/** A rule over settings that stands for a check. */
export type CheckSettings = SettingsRule & {
  /** The check that fails where it objects. */
  readonly check: string;
  /** `pass`: more mounts or devices than are looked at are no objection; the check is then not assessed. */
  readonly many?: 'pass';
};

/**
 * What a compliance rule blocks, as far as rules over settings say exactly the same of an OCI spec: the runtime wrapper goes
 * by it without an agent. What is left out here the agent judges, checks with an exception among it.
 */
export function settingsOfChecks(
  rule: Pick<ComplianceRule, 'lines' | 'notAssessed'>,
  { lists, exceptions = [] }: Pick<LedgerCompliance, 'lists' | 'exceptions'>,
): readonly CheckSettings[] {
  const excepted = new Set(exceptions.map(({ check }) => check));
  const blocked = new Set(blockedAtStart('bundle', rule).filter((id) => !excepted.has(id)));
  const effect = 'block' as const;
  const shares = namespaces.filter((name) => blocked.has(namespaceChecks[name]));
  // One check is about every device and one about the paths; the rule objects to either.
  const devices = ['CTR-043', 'CTR-042'].find((id) => blocked.has(id));
  const many = rule.notAssessed === 'block' ? {} : ({ many: 'pass' } as const);
  const { 'allowed-added-capabilities': allow = [] }: Lists = lists;
  return [
    ...(devices !== undefined && blocked.has('CTR-066')
      ? [{ kind: 'privileged', effect, check: devices } as const]
      : []),
    ...(blocked.has('CTR-020') ? [{ kind: 'engine-socket', effect, check: 'CTR-020', ...many } as const] : []),
    ...shares.map((name) => ({ kind: 'host-namespaces', effect, deny: [name], check: namespaceChecks[name] }) as const),
    ...(blocked.has('CTR-005') ? [{ kind: 'added-capabilities', effect, allow, check: 'CTR-005' } as const] : []),
    ...(blocked.has('CTR-047') ? [{ kind: 'seccomp-off', effect, check: 'CTR-047' } as const] : []),
  ];
}

/** Without `user`: its check asks for something else. */
const namespaces: readonly HostNamespace[] = ['pid', 'network', 'ipc', 'uts', 'cgroup'];
