import { type Field, type FieldsOf, known, missing, partly } from '#base/index.ts';
import type { HostNamespace } from '../../contract.ts';
import { capabilitiesOfMask } from '../capabilities.ts';
import type { ContainerProcess, ContainerShape } from '../container-shape.ts';
import { both } from './member.ts';

/** What was read of a running container's processes in /proc, as text. */
export interface ProcessesSeen {
  /** The first one of the container first. */
  readonly processes: readonly ProcessSeen[];
  /** Why not all of it was read, as part of a sentence. */
  readonly incomplete?: string;
  /** Links of namespaces of the host: `net:[4026531840]`. */
  readonly hostNamespaces: Namespaces;
  readonly cgroup: CgroupSeen;
}

export type Namespaces = Readonly<Partial<Record<HostNamespace, string>>>;

export interface ProcessSeen {
  readonly pid: number;
  /** Of `/proc/PID/status`. */
  readonly status: string;
  /** Name of the program's file; empty: it has none. */
  readonly program: string;
}

/** Of the first process and its cgroup; what is missing could not be read. */
export interface CgroupSeen {
  readonly uidMap?: string;
  /** Of `/proc/PID/attr/current`; empty: no module answers. */
  readonly label?: string;
  readonly namespaces: Namespaces;
  /** `memory.max` or `memory.limit_in_bytes`. */
  readonly memory?: string;
  /** `pids.max`. */
  readonly pids?: string;
}

/** What the kernel has of a container, as far as fields tell of it. */
export type EffectiveFields = Pick<FieldsOf<ContainerShape>, (typeof effectiveNames)[number]>;

const effectiveNames = [
  'processCapabilities',
  'processes',
  'processLabel',
  'rootUid',
  'hostNamespaces',
  'memory',
  'pids',
] as const;

/** The state of a container that holds whatever was asked for. */
export function containerOfProcesses(seen: ProcessesSeen): EffectiveFields {
  const { uidMap, label, namespaces, memory, pids } = seen.cgroup;
  return {
    processCapabilities: ofAll(seen, (statuses) => heldBy(statuses), '/proc/PID/status Cap*'),
    processes: ofAll(seen, kindsOf, '/proc/PID/status'),
    processLabel: read(label, (text) => known(text.replace(/[\0\n]+$/, ''), '/proc/PID/attr/current')),
    rootUid: read(uidMap, rootUidOf),
    hostNamespaces: sharedWith(seen.hostNamespaces, namespaces),
    memory: read(memory, (text) => ceilingOf(text, 'memory')),
    pids: read(pids, (text) => ceilingOf(text, 'pids')),
  };
}

/**
 * A container as its document and the kernel tell of it together: what the kernel has counts more. Where not all processes
 * were seen, nobody knows what the others hold, whatever was granted: a container may start as many as it wants. What those
 * that were seen hold is a part of it.
 */
export function withProcesses(
  document: FieldsOf<ContainerShape>,
  effective: EffectiveFields,
): FieldsOf<ContainerShape> {
  const { processCapabilities } = effective;
  const capabilities = both(document.capabilities, processCapabilities, (granted, held) =>
    [...new Set([...granted, ...held])].toSorted(),
  );
  const held = [capabilities, processCapabilities].find(({ kind }) => kind === 'known');
  const seen = Object.entries(effective).filter(([, field]) => field.kind === 'known' || field.part !== undefined);
  return {
    ...document,
    ...Object.fromEntries(seen),
    capabilities: held ?? processCapabilities,
  };
}

interface ParsedProcess extends ContainerProcess {
  readonly masks: readonly string[];
}

function ofAll<Value>(
  { processes, incomplete }: ProcessesSeen,
  make: (processes: readonly ParsedProcess[]) => Value,
  at: string,
): Field<Value> {
  const parsed = processes.map(parsedOf);
  const whole = parsed.filter((one) => one !== undefined);
  if (whole.length === 0) return missing(incomplete ?? 'none of its processes runs');
  const why =
    incomplete ?? (whole.length < parsed.length ? 'a process’s status is not of the expected form' : undefined);
  return why === undefined ? known(make(whole), at) : partly(why, make(whole), at);
}

const capabilitySets = ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb'] as const;

function parsedOf({ status, program }: ProcessSeen): ParsedProcess | undefined {
  const lines = new Map(
    status.split('\n').map((text) => [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1).trim()]),
  );
  const line = (name: string): string => lines.get(name) ?? '';
  const number = (text: string | undefined): number => (/^[0-9]+$/.test(text ?? '') ? Number(text) : Number.NaN);
  const masks = capabilitySets.map(line);
  const [seccomp, seccompFilters] = [number(line('Seccomp')), number(line('Seccomp_filters'))];
  const [uid, bit] = [number(line('Uid').split('\t')[1]), line('NoNewPrivs')];
  if (masks.some((mask) => !/^[0-9a-f]{1,16}$/.test(mask)) || !/^[01]$/.test(bit)) return undefined;
  if ([seccomp, seccompFilters, uid].some(Number.isNaN)) return undefined;
  return { program, uid, seccomp, seccompFilters, noNewPrivileges: bit === '1', masks };
}

/** Each kind once, in an order that does not hang on which process began first. */
function kindsOf(processes: readonly ParsedProcess[]): readonly ContainerProcess[] {
  const kinds = processes.map(({ program, uid, seccomp, seccompFilters, noNewPrivileges }) => {
    const kind: ContainerProcess = { program, uid, seccomp, seccompFilters, noNewPrivileges };
    return [JSON.stringify(kind), kind] as const;
  });
  return [...new Map(kinds)].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, kind]) => kind);
}

function heldBy(processes: readonly ParsedProcess[]): readonly string[] {
  return [...new Set(processes.flatMap(({ masks }) => masks.flatMap(capabilitiesOfMask)))].toSorted();
}

function read<Value>(text: string | undefined, make: (text: string) => Field<Value>): Field<Value> {
  return text === undefined ? missing('its processes could not be read') : make(text);
}

/** Lines `FIRST FIRST-ON-HOST COUNT`. */
function rootUidOf(text: string): Field<number | 'none'> {
  const lines = text.split('\n').flatMap((line) => {
    const [, inside, outside, size] = /^ *([0-9]+) +([0-9]+) +([0-9]+) *$/.exec(line) ?? [];
    return size === undefined ? [] : [{ inside: Number(inside), outside: Number(outside), size: Number(size) }];
  });
  return known(lines.find(({ inside, size }) => inside === 0 && size > 0)?.outside ?? 'none', '/proc/PID/uid_map');
}

/** One whose link could not be read may be the host's. */
function sharedWith(host: Namespaces, own: Namespaces): Field<ContainerShape['hostNamespaces']> {
  const names: readonly HostNamespace[] = ['pid', 'network', 'ipc', 'uts', 'user', 'cgroup'];
  if (names.some((name) => host[name] === undefined || own[name] === undefined))
    return missing('the links of its namespaces could not be read');
  const shared = names.filter((name) => host[name] === own[name]);
  return known(
    shared.map((namespace) => ({ namespace, certainty: 'shared' as const })),
    '/proc/PID/ns',
  );
}

/** From here on the kernel takes a limit for none: the highest number of whole pages. */
const unlimited = 0x7fff_ffff_ffff_f000n;

function ceilingOf(text: string, name: string): Field<number> {
  const word = text.trim();
  if (word === 'max') return known(0, `cgroup ${name}.max`);
  if (!/^[0-9]{1,20}$/.test(word)) return missing(`the limit ${name} of its cgroup is not a number`);
  return known(BigInt(word) >= unlimited ? 0 : Number(word), `cgroup ${name}.max`);
}
