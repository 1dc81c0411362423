import type { ProtectionPart } from '#inventory/contract.ts';
import type { RuntimeRule } from './contract.ts';

/** A mechanism of the sensor by which something is stopped in a container. */
export type ArmedMechanism = 'exec-refused' | 'exec-killed' | 'mappings-killed' | 'mappings-refused' | 'code-opened';

/** As people read them. */
export const mechanismWords: Readonly<Record<ArmedMechanism, string>> = {
  'exec-refused': 'refused before they start',
  'exec-killed': 'killed before their first instruction',
  'mappings-killed': 'killed before mapped code runs',
  'mappings-refused': 'refused as they are mapped',
  'code-opened': 'judged as they are opened',
};

/** Something that a rule may prevent. */
export interface ProtectionKind {
  readonly what: ProtectionPart['what'];
  /** Whether the rule prevents it. */
  readonly asks: (rule: RuntimeRule) => boolean;
  /** One of these in force is enough. */
  readonly by: readonly ArmedMechanism[];
}

/** Everything that a rule may prevent, and what that takes. A mechanism to come is a line here. */
export const protections: readonly ProtectionKind[] = [
  {
    what: 'programs',
    asks: ({ drift, process }) => prevents(drift) || prevents(process),
    by: ['exec-refused', 'exec-killed'],
  },
  { what: 'code files', asks: ({ code }) => prevents(code), by: ['code-opened'] },
  { what: 'mapped code', asks: ({ code }) => prevents(code), by: ['mappings-refused', 'mappings-killed'] },
];

/** Whether a rule prevents anything. */
export function isPreventing(rule: RuntimeRule): boolean {
  return protections.some(({ asks }) => asks(rule));
}

function prevents(effect: RuntimeRule['drift']): boolean {
  return effect === 'prevent' || effect === 'block';
}
