import { readFileSync } from 'node:fs';
import type { Fields } from '#compliance/index.ts';
import type { Origin, Subject } from '../subject.ts';

/** Real machines, each of which its own script recorded; they name themselves in `MACHINE-system.json`. */
type Machine = 'debian-13' | 'debian-13-secured' | 'debian-sid' | 'kubelet';

/** What a machine is called here, by the state in which it was recorded. */
const hosts = [
  ['debian-13', 'neglected', 'neglected debian'],
  ['debian-13', 'unsaved', 'debian without saved rules'],
  ['debian-13', 'tidy', 'debian in order'],
  ['debian-13-secured', 'lax', 'permissive debian'],
  ['debian-13-secured', 'secure', 'secured debian'],
  ['kubelet', 'neglected', 'neglected node'],
  ['kubelet', 'written', 'node'],
] as const satisfies readonly (readonly [Machine, string, string])[];

const engines = [
  ['debian-sid', 'routing', 'routing'],
  ['debian-sid', 'not-routing', 'not routing'],
] as const satisfies readonly (readonly [Machine, string, string])[];

/** Containers of an engine with AppArmor, and of one with SELinux. */
const containers = [
  ['debian-13', ['apparmor', 'apparmor-off']],
  ['debian-13-secured', ['selinux', 'selinux-off']],
] as const satisfies readonly (readonly [Machine, readonly string[]])[];

/** Real machines, as the product’s collectors told of each in each state. */
export function recordedMachines(): readonly Subject[] {
  return hosts.map(([machine, state, name]) => subjectOf('host', machine, { state, name }));
}

/** Engines of a Docker that is newer than the lab’s. */
export function recordedEngines(): readonly Subject[] {
  return engines.map(([machine, state, name]) => subjectOf('engine', machine, { state, name }));
}

export function recordedContainers(): readonly Subject[] {
  return containers.flatMap(([machine, names]) => {
    const found = recordingOf<readonly Pick<Subject, 'documents'>[]>(machine, 'containers');
    return names.map((name, at): Subject => {
      const documents = found[at]?.documents ?? [];
      return { name, kind: 'container', origin: originOf(machine), documents };
    });
  });
}

function subjectOf(
  kind: 'host' | 'engine',
  machine: Machine,
  { state, name }: { readonly state: string; readonly name: string },
): Subject {
  const fields = recordingOf<Fields>(machine, state);
  return { name, kind, origin: originOf(machine), documents: [{ kind, fields }] };
}

function originOf(machine: Machine): Origin {
  const { system, recorded } = recordingOf<{ readonly system: string; readonly recorded: string }>(machine, 'system');
  return { kind: 'recorded', of: `${system}, on ${recorded}` };
}

function recordingOf<Recording>(machine: Machine, name: string): Recording {
  const place = new URL(`../recordings/${machine}-${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(place, 'utf8')) as Recording;
}
