import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What tells whether a process is still the one that it was, and whether it may have loaded more. */
export interface ProcessState {
  /** When it started, in ticks since boot: tells it from a later process of the same number. */
  readonly start: string;
  /** Changes when it runs another program. */
  readonly name: string;
  /** Bytes of its memory, in decimal: changes when it maps more. */
  readonly size: string;
  /** Threads of the kernel have no memory of their own. */
  readonly isKernel: boolean;
}

/** What is behind /proc. Calls answer `undefined` for a process that has ended, and `refused` for one of another user. */
export type Answer<Value> = Value | 'refused' | undefined;

/** Numbers of all processes. */
export function processNumbers(proc: string): readonly number[] {
  return readdirSync(proc).flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

/** By proc_pid_stat(5); the name stands in brackets and may hold anything. */
export function processState(proc: string, pid: number): ProcessState | undefined {
  const text = readText(`${proc}/${pid}/stat`);
  if (text === undefined || text === 'refused') return undefined;
  const end = text.lastIndexOf(')');
  const [start = '', size = '0'] = text
    .slice(end + 2)
    .split(' ', 21)
    .slice(19);
  return { start, name: text.slice(text.indexOf('(') + 1, end), size, isKernel: size === '0' };
}

export function readText(path: string): Answer<string> {
  return answer(() => readFileSync(path, 'utf8'));
}

export function readLink(path: string): Answer<string> {
  return answer(() => readlinkSync(path));
}

/** Where the open files of a process lie. */
export function openFiles(proc: string, pid: number): readonly string[] {
  const folder = `${proc}/${pid}/fd`;
  const names = answer(() => readdirSync(folder));
  if (names === undefined || names === 'refused') return [];
  return names.flatMap((name) => readLink(`${folder}/${name}`) ?? []);
}

function answer<Value>(read: () => Value): Answer<Value> {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM') return 'refused';
    return undefined;
  }
}
