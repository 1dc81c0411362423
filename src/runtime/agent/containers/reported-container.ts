import { oneLine } from '#base/index.ts';
import type { ArmedFrame } from '../wire/frames.ts';
import { mechanism } from '../wire/words.ts';
import type { ArmedMechanism } from '../../protections.ts';
import type { ArmedFact } from '../../contract.ts';

/** What the sensor said last is in force for a container. */
export interface ReportedContainer {
  readonly cgroup: bigint;
  /** Number of its policy, 0 for the default, and the version that is in force. */
  readonly policy: number;
  readonly version: number;
  readonly mechanisms: readonly ArmedMechanism[];
  readonly problem?: NonNullable<ArmedFact['problem']>;
  /** When it began to hold, in milliseconds since 1970. */
  readonly since: number;
}

const words: Readonly<Record<keyof typeof mechanism, ArmedMechanism>> = {
  execRefused: 'exec-refused',
  execKilled: 'exec-killed',
  mappingsKilled: 'mappings-killed',
  mappingsRefused: 'mappings-refused',
  codeOpened: 'code-opened',
};
const problems = {
  notMarked: 'not-marked',
  tableFull: 'table-full',
  noPolicy: 'no-policy',
  noOverlay: 'no-overlay',
  noGuard: 'no-guard',
} as const satisfies Readonly<
  Record<Exclude<ArmedFrame['problem'], 'none'>, NonNullable<ArmedFact['problem']>['kind']>
>;

/** What a frame of the sensor says of a container. Pure. */
export function reportedContainer(frame: ArmedFrame, since: number): ReportedContainer {
  const { cgroup, policy, version, mechanisms: bits, problem, reason } = frame;
  const all = Object.entries(mechanism) as [keyof typeof mechanism, number][];
  const mechanisms = all.flatMap(([name, bit]) => ((bits & bit) === 0 ? [] : [words[name]]));
  return {
    cgroup,
    policy,
    version,
    mechanisms,
    ...(problem !== 'none' && { problem: { kind: problems[problem], reason: oneLine(reason, 1000) } }),
    since,
  };
}
