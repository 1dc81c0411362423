import type { FieldsOf } from '#base/index.ts';
import type { EngineShape } from '../../../facts/index.ts';
import type { EngineFile } from './start-file.ts';

type Answered = Pick<
  EngineShape,
  | 'noNewPrivileges'
  | 'userNamespaces'
  | 'liveRestore'
  | 'debug'
  | 'logDriver'
  | 'defaultRuntime'
  | 'default-cgroupns-mode'
  | 'default-ipc-mode'
>;

/** Settings that the engine itself tells, by their name in the file. */
const answered = {
  'no-new-privileges': 'noNewPrivileges',
  'userns-remap': 'userNamespaces',
  'live-restore': 'liveRestore',
  debug: 'debug',
  'log-driver': 'logDriver',
  'default-runtime': 'defaultRuntime',
  'default-cgroupns-mode': 'default-cgroupns-mode',
  'default-ipc-mode': 'default-ipc-mode',
} as const satisfies Readonly<Record<string, keyof Answered>>;

/** Names of settings that stand otherwise in the file than the engine has them, as far as one can tell. Sorted. */
export function notInForce(
  { atStart, now }: Pick<EngineFile, 'atStart' | 'now'>,
  facts: FieldsOf<Answered>,
  reloaded: Readonly<Record<string, string>>,
): readonly string[] {
  const before = atStart.kind === 'read' ? atStart.settings : atStart.kind === 'none' ? {} : undefined;
  const names = new Set([...Object.keys(now), ...Object.keys(before ?? {})]);
  return [...names].filter((name) => differs(name)).toSorted();

  function differs(name: string): boolean {
    const fact = answered[name as keyof typeof answered] as keyof Answered | undefined;
    const field = fact === undefined ? undefined : facts[fact];
    if (field?.kind === 'known' && now[name] !== undefined) return written(name, now[name]) !== field.value;
    // What reloading took is as the event says; what the file no longer names is only known by comparing.
    if (before === undefined || reloaded[name] !== undefined) return false;
    return JSON.stringify(now[name]) !== JSON.stringify(before[name]);
  }
}

function written(name: string, value: unknown): unknown {
  return name === 'userns-remap' ? value !== '' : value;
}
