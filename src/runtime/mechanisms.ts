import type { SensorFact } from './contract.ts';

/** What of that which containers run can be stopped. */
export type Stoppable = 'programs' | 'code files';

/** A part of the sensor that works or does not, by what the kernel of the host has. */
export interface Mechanism {
  /** As people read it; facts carry it. */
  readonly name: string;
  /** What the sensor calls the parts behind it, where it says that one is missing. */
  readonly parts?: readonly string[];
  /** What the kernel must have for it, said beside the reason why it is missing. */
  readonly needs?: string;
  readonly stops?: Stoppable;
}

const bpfLsm = 'bpf among lsm= of the kernel';

/** All mechanisms, under the words of the wire. */
export const mechanisms = {
  birth: { name: 'containers armed at birth', parts: ['cgroup_made'] },
  // The program that records also kills, before the first instruction.
  execRecord: { name: 'programs recorded', parts: ['exec_done'], stops: 'programs' },
  execPrepare: { name: 'programs killed before they start', parts: ['exec_prepared'], stops: 'programs' },
  execLsm: { name: 'programs refused by BPF LSM', parts: ['exec_checked'], needs: bpfLsm, stops: 'programs' },
  execFanotify: { name: 'programs refused by fanotify', parts: ['fanotify'], stops: 'programs' },
  codeFanotify: { name: 'code files judged by fanotify', parts: ['fanotify'], stops: 'code files' },
  listen: { name: 'listening ports recorded', parts: ['socket_listens'] },
  pinned: { name: 'goes on without its agent' },
  codeLsm: {
    name: 'mapped code refused by BPF LSM',
    parts: ['mapping_checked', 'protection_checked'],
    needs: bpfLsm,
    stops: 'code files',
  },
  codeKill: {
    name: 'programs killed as they map code',
    parts: ['mapping_stored', 'mapping_protected'],
    stops: 'code files',
  },
} as const satisfies Readonly<Record<string, Mechanism>>;

const all: readonly Mechanism[] = Object.values(mechanisms);

/** What a sensor with these mechanisms can stop; nothing: it can only watch. */
export function stoppableBy(reported: SensorFact['mechanisms']): readonly Stoppable[] {
  const active = new Set(reported.flatMap(({ name, active: works }) => (works ? [name] : [])));
  return [...new Set(all.flatMap(({ name, stops }) => (stops !== undefined && active.has(name) ? [stops] : [])))];
}
