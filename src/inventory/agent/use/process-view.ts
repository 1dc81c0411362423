import type { RunningContainer } from '../collector.ts';
import { isNamed, holdsPackages, type Mount, mappedFiles, mountAt, mountsOf, rootOf } from './process-files.ts';
import { openFiles, readLink, readText } from './proc.ts';

/** Where a process belongs: a container, the host, or neither (another engine's container, one just being made). */
export type Place =
  | { readonly kind: 'container'; readonly container: RunningContainer }
  | { readonly kind: 'host' }
  | { readonly kind: 'elsewhere' };

/** What a process has loaded. */
export interface Loaded {
  readonly files: readonly string[];
  /** A Java machine keeps its archives open and maps none of them. */
  readonly isJava: boolean;
  /** It is another user's, and this one may not look. */
  readonly refused: boolean;
}

/** Archives and class data that Java machines read through open files. */
const javaFiles = /\.(?:jar|war|ear|zip|jsa|jmod|sar|rar)$/i;

/** One look at the processes of a machine; remembers the mounts that it met. */
export interface ProcessView {
  placeOf(pid: number): Place;
  /** Files of packages that a process has loaded, as its place sees them. */
  loadedBy(pid: number, place: Place): Loaded;
  /** Only the archives of a Java machine. */
  archivesOf(pid: number, place: Place): readonly string[];
}

export function viewProcesses(proc: string, running: ReadonlyMap<string, RunningContainer>): ProcessView {
  const mounts = mountTables(proc);
  const filter = (paths: Iterable<string>, pid: number, place: Place): string[] => {
    const visible = mounts.of(pid, place);
    return visible === undefined ? [] : [...paths].filter(visible);
  };
  const archives = (pid: number): string[] =>
    openFiles(proc, pid).filter((path) => isNamed(path) && javaFiles.test(path));
  return {
    placeOf(pid) {
      const cgroup = readText(`${proc}/${pid}/cgroup`);
      const ids = (cgroup ?? '').match(/[0-9a-f]{64}/g) ?? [];
      const container = ids.map((id) => running.get(id)).findLast((found) => found !== undefined);
      if (container !== undefined) return { kind: 'container', container };
      return ids.length === 0 ? { kind: 'host' } : { kind: 'elsewhere' };
    },
    loadedBy(pid, place) {
      const exe = readLink(`${proc}/${pid}/exe`);
      const maps = readText(`${proc}/${pid}/maps`);
      if (exe === 'refused' || maps === 'refused') return { files: [], isJava: false, refused: true };
      const mapped = mappedFiles(maps ?? '');
      const isJava = [...mapped].some((path) => path.endsWith('/libjvm.so'));
      if (exe !== undefined && isNamed(exe)) mapped.add(exe);
      if (isJava) for (const path of archives(pid)) mapped.add(path);
      return { files: filter(mapped, pid, place), isJava, refused: false };
    },
    archivesOf: (pid, place) => filter(archives(pid), pid, place),
  };
}

type IsVisible = (path: string) => boolean;

/** Which files of a process are those of its place, by the mounts that it sees. */
function mountTables(proc: string) {
  const tables = new Map<string, readonly Mount[]>();
  const tableOf = (pid: number, space: string): readonly Mount[] => {
    const table = tables.get(space) ?? mountsOf(readText(`${proc}/${pid}/mountinfo`) ?? '');
    tables.set(space, table);
    return table;
  };
  const spaceOf = (pid: number | 'self'): string => readLink(`${proc}/${pid}/ns/mnt`) ?? `process ${pid}`;

  /** A process that changed its root lists only what is below; the first process of a container has not. */
  function mountsFor(pid: number, first: number): { readonly own: readonly Mount[]; readonly root: Mount | undefined } {
    const firstTable = tableOf(first, spaceOf(first));
    const space = spaceOf(pid);
    return { own: space === spaceOf(first) ? firstTable : tableOf(pid, space), root: rootOf(firstTable) };
  }

  return {
    of(pid: number, place: Place): IsVisible | undefined {
      if (place.kind === 'elsewhere') return undefined;
      const { own, root } = mountsFor(pid, place.kind === 'container' ? place.container.pid : process.pid);
      if (root === undefined || rootOf(own)?.tree !== root.tree) return undefined;
      if (place.kind === 'host') return (path) => isOn(mountAt(path, own), holdsPackages);
      return (path) => isOn(mountAt(path, own), ({ tree }) => tree === root.tree);
    },
  };
}

function isOn(mount: Mount | undefined, fits: (mount: Mount) => boolean): boolean {
  return mount !== undefined && fits(mount);
}
