import { byDefault, type FieldsOf, known } from '#base/index.ts';
import type { EngineView } from '../host-view.ts';
import type { Confinement, TagState } from '../container-shape.ts';
import { allMissing, mapped, valueOf } from './member.ts';
import { infoMembers, readMembers } from './schema.ts';

/** What a container's document does not tell, and its engine, its host or a registry does. */
export interface Surroundings {
  /** Modules of the host that confine processes. */
  readonly confinement: readonly Confinement[];
  /** Names of the limits that the engine sets for every container: `nofile`. */
  readonly limits: readonly string[];
  /** What holds where a container asks for nothing. */
  readonly noNewPrivileges: boolean;
  /** `builtin`, `unconfined`, or the path of the engine's own; empty: it does not say. */
  readonly seccompProfile: string;
  readonly logDriver: string;
  readonly runtime: string;
  /** Programs of runtimes, by name. */
  readonly runtimes: Readonly<Record<string, string>>;
  /** Groups that may use the engine's socket, as names and numbers. */
  readonly engineGroups: readonly string[];
  /** `NAME=VALUE` of the image. */
  readonly imageEnvironment: readonly string[];
  readonly imagePresent: boolean;
  readonly tag: TagState;
  /** Of the container's mounts, components that others than root may replace. */
  readonly loosePaths: readonly string[];
}

/** The engine of a container as its readers ask it. */
export interface Around {
  readonly view: EngineView;
  readonly facts: FieldsOf<Surroundings>;
  /** Another container, by its name or id; `undefined`: it is not there. */
  readonly other?: (container: string) => Promise<OtherContainer | undefined>;
}

/** A container whose namespaces one asks for. */
export interface OtherContainer {
  /** As people call it. */
  readonly name: string;
  /** Its label `seawall.sensitivity`; empty: it has none. */
  readonly sensitivity: string;
}

/** What is known where nobody was asked. */
export const nothingAround: FieldsOf<Surroundings> = {
  ...allMissing(
    ['confinement', 'limits', 'noNewPrivileges', 'seccompProfile', 'logDriver', 'runtime', 'runtimes'],
    'the settings of its engine are not known',
  ),
  ...allMissing(['imageEnvironment', 'imagePresent'], 'its image was not looked at'),
  ...allMissing(['tag'], 'no registry was asked for the digest of its tag'),
  ...allMissing(['loosePaths'], 'the owners of the folders that it mounts were not looked at'),
  engineGroups: byDefault(['root', 'docker'], 'usual names', 'engine'),
};

/** What an engine says of itself: the answer of `/info`, as JSON. */
export function surroundingsOfInfo(info: unknown): FieldsOf<Surroundings> {
  const members = readMembers(info, infoMembers, '/info');
  const options = valueOf(members.SecurityOptions, (words) => words.map((word) => word.split(',')[0] ?? ''), []);
  return {
    ...nothingAround,
    seccompProfile: valueOf(
      members.SecurityOptions,
      (words) => words.flatMap((word) => /^name=seccomp,profile=(.+)$/.exec(word)?.[1] ?? [])[0] ?? '',
      '',
    ),
    confinement: mapped(options, (words) =>
      (['apparmor', 'selinux'] as const).filter((module) => words.includes(`name=${module}`)),
    ),
    noNewPrivileges: mapped(options, (words) => words.includes('name=no-new-privileges')),
    logDriver: valueOf(members.LoggingDriver, (name) => name, 'json-file'),
    runtime: valueOf(members.DefaultRuntime, (name) => name, 'runc'),
    runtimes: valueOf(
      members.Runtimes,
      (runtimes) => Object.fromEntries(Object.entries(runtimes).map(([name, { path }]) => [name, path ?? ''])),
      {},
    ),
  };
}

/** Adds what was learned to what is known. */
export function withFacts(facts: FieldsOf<Surroundings>, learned: Partial<Surroundings>, at: string) {
  const added = Object.entries(learned).map(([name, value]) => [name, known(value, at)]);
  return { ...facts, ...Object.fromEntries(added) } as FieldsOf<Surroundings>;
}
