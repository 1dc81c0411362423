import { byDefault, type Field, known } from '#base/index.ts';
import type { ContainerMount, Propagation, ScratchSpace } from '../container-shape.ts';
import { plainPath } from '../path.ts';
import type { HostMount } from '../settings.ts';
import type { EngineContext, EngineDocument } from './engine-document.ts';
import { both, mapped, valueOf } from './member.ts';
import type { hostConfigMembers, Members } from './schema.ts';

type Host = Members<typeof hostConfigMembers>;
type WithTarget = Pick<ContainerMount, 'target'>;
type AskedMounts = NonNullable<(Host['Mounts'] & { kind: 'known' })['value']>;

/** Everything about the file systems of a container. */
export function mountFields({ document, around }: EngineContext, traced: Field<readonly HostMount[]>) {
  const { host } = document;
  const { engineRoot } = around.view.host;
  const asked = both(host.Binds, host.Mounts, (binds, mounts) => askedBy(binds ?? [], mounts ?? []));
  const shared = both(asked, host.IpcMode, (own, ipc) => withoutShm(own, ipc ?? ''));
  const inherited = valueOf(host.VolumesFrom, (words) => words.some((word) => !word.endsWith(':ro')), false);
  const forms = both(
    shared,
    inherited,
    (own, writable): Forms => ({ ...own, inherited: writable ? 'writable' : 'not' }),
  );
  const all = both(forms, traced, (form, mounts) => mountsBy(mounts, form, document));
  const formed = (form: FormedMount['form']): Field<readonly ContainerMount[]> =>
    mapped(all, (mounts) => mounts.filter((one) => one.form === form).map(({ mount }) => mount));
  return {
    mounts: formed('bind'),
    volumes: formed('volume'),
    // The engine tells them in no order.
    inheritedMounts: mapped(formed('inherited'), (mounts) => mounts.toSorted(byTarget)),
    propagations: both(asked, seenPropagations(document), (own, seen) => [...own.propagations, ...seen]),
    tmpfs: both(host.Tmpfs, host.Mounts, (tmpfs, mounts) => scratchOf(tmpfs ?? {}, mounts ?? [])),
    readonlyRoot: valueOf(host.ReadonlyRootfs, (value) => value, false),
    engineFolders: byDefault(foldersOf(engineRoot), 'usual folders', 'engine'),
    loosePaths: around.facts.loosePaths,
  };
}

/** Folders in which engines and the kubelet keep their state, and the one of this engine. */
export function foldersOf(engineRoot: string | undefined): readonly string[] {
  return [...new Set([...usualFolders, ...(engineRoot === undefined ? [] : [engineRoot])])].toSorted();
}

const usualFolders: readonly string[] = [
  '/etc/kubernetes',
  '/run/containerd',
  '/var/lib/containerd',
  '/var/lib/containers',
  '/var/lib/docker',
  '/var/lib/kubelet',
];

/** A mount, and how it came in. */
interface FormedMount {
  readonly form: 'bind' | 'volume' | 'inherited';
  readonly mount: ContainerMount;
}

type AskedMount = Pick<FormedMount, 'form'> & Pick<ContainerMount, 'writable'>;

interface AskedForms {
  readonly byTarget: ReadonlyMap<string, AskedMount>;
  readonly propagations: readonly Propagation[];
}

interface Forms extends AskedForms {
  readonly inherited: 'writable' | 'not';
}

function askedBy(binds: readonly string[], mounts: AskedMounts): AskedForms {
  const byTarget = new Map<string, AskedMount>();
  const propagations: Propagation[] = [];
  const add = (target: string, form: AskedMount, mode: string): void => {
    byTarget.set(plainPath(target), form);
    const propagation = propagationOf(mode);
    if (propagation !== undefined) propagations.push({ target, mode: propagation });
  };
  for (const words of binds) {
    const [source = '', target = source, options = ''] = words.split(':', 3);
    const modes = options.split(',');
    const form = source.startsWith('/') ? 'bind' : 'volume';
    add(
      target,
      { form, writable: !modes.includes('ro') },
      modes.find((word) => propagationOf(word) !== undefined) ?? '',
    );
  }
  for (const { Type, Target, ReadOnly, BindOptions } of mounts) {
    const form = Type === 'volume' ? 'volume' : 'bind';
    if (Type !== 'tmpfs') add(Target ?? '', { form, writable: ReadOnly !== true }, BindOptions?.Propagation ?? '');
  }
  return { byTarget, propagations };
}

export function propagationOf(word: string): Propagation['mode'] | undefined {
  return (['private', 'slave', 'shared'] as const).find((mode) => word === mode || word === `r${mode}`);
}

/** The host's IPC brings its `/dev/shm`; that is a question of IPC, unless the container asks for the folder itself. */
function withoutShm(own: AskedForms, ipc: string): AskedForms {
  if (ipc !== 'host' || own.byTarget.has('/dev/shm')) return own;
  return { ...own, byTarget: new Map([...own.byTarget, ['/dev/shm', shm]]) };
}

const shm: AskedMount = { form: 'volume', writable: true };

function mountsBy(mounts: readonly HostMount[], forms: Forms, { origin }: EngineDocument): readonly FormedMount[] {
  const inspected = origin.kind === 'inspect' && origin.state.Mounts.kind === 'known' ? origin.state.Mounts.value : [];
  const seen = new Map((inspected ?? []).map(({ Destination, RW }) => [plainPath(Destination), RW]));
  return mounts.flatMap((mount) => {
    const target = plainPath(mount.target);
    const asked = forms.byTarget.get(target);
    if (asked === shm) return [];
    const form = asked?.form ?? 'inherited';
    const writable = seen.get(target) ?? asked?.writable ?? forms.inherited === 'writable';
    return [{ form, mount: { ...mount, writable } }];
  });
}

function seenPropagations({ origin }: EngineDocument): Field<readonly Propagation[]> {
  if (origin.kind === 'create') return known([], 'HostConfig.Binds');
  return valueOf(
    origin.state.Mounts,
    (mounts) =>
      mounts
        .flatMap(({ Destination, Propagation: word }): Propagation[] => {
          const mode = propagationOf(word ?? '');
          return mode === undefined ? [] : [{ target: Destination, mode }];
          // The engine tells them in no order.
        })
        .toSorted(byTarget),
    [],
  );
}

function byTarget({ target: one }: WithTarget, { target: other }: WithTarget): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/** The engine mounts them without programs and setuid, unless it is told otherwise. */
function scratchOf(tmpfs: Readonly<Record<string, string>>, mounts: AskedMounts): readonly ScratchSpace[] {
  const named = Object.entries(tmpfs).map(([target, words]) => scratchSpace(target, words.split(',')));
  const mounted = mounts
    .filter(({ Type }) => Type === 'tmpfs')
    .map(({ Target, TmpfsOptions }) => {
      const words = (TmpfsOptions?.Options ?? []).map((option) => (option ?? []).join('='));
      const size = TmpfsOptions?.SizeBytes ?? 0;
      return scratchSpace(Target ?? '', size > 0 ? [...words, `size=${size}`] : words);
    });
  return [...named, ...mounted];
}

/** By options of which the later ones count; without any a mount keeps programs and setuid out, as engines ask for it. */
export function scratchSpace(target: string, options: readonly string[]): ScratchSpace {
  return {
    target,
    bounded: options.some((option) => /^size=[1-9]/.test(option)),
    executable: options.findLast((option) => option === 'exec' || option === 'noexec') === 'exec',
    setuid: options.findLast((option) => option === 'suid' || option === 'nosuid') === 'suid',
  };
}
