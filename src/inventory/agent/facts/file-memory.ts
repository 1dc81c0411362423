import { stat } from 'node:fs/promises';

/** What was made of files, and of which. */
export interface MadeOfFiles<Value> {
  readonly value: Value;
  /** Paths of all files and folders that it hangs on. */
  readonly from: readonly string[];
}

/** Remembers what was made of files for as long as the kernel says that they are the same. */
export interface FileMemory {
  /** What `make` made of files the last time by that name, or makes now; what it rejects with is not remembered. */
  of<Value>(name: string, make: () => Promise<MadeOfFiles<Value>>): Promise<Value>;
}

interface Remembered {
  readonly value: unknown;
  /** By path: device, inode, size and moment of the last change. */
  readonly states: ReadonlyMap<string, string>;
}

/** Of more the oldest goes. */
const most = 256;
/** Milliseconds: a file that changed so shortly before it was read may change again without the kernel's clock showing it. */
const settled = 2000;

/** A memory that begins empty. */
export function createFileMemory(): FileMemory {
  const memory = new Map<string, Remembered>();
  return {
    async of<Value>(name: string, make: () => Promise<MadeOfFiles<Value>>): Promise<Value> {
      const before = memory.get(name);
      if (before !== undefined && (await areAsBefore(before.states))) return before.value as Value;
      memory.delete(name);
      const began = Date.now();
      const { value, from } = await make();
      const states = await statesOf(from, began - settled);
      if (states !== undefined) memory.set(name, { value, states });
      if (memory.size > most) memory.delete(memory.keys().next().value ?? '');
      return value;
    },
  };
}

async function areAsBefore(states: ReadonlyMap<string, string>): Promise<boolean> {
  for (const [path, state] of states) if ((await stateOf(path))?.state !== state) return false;
  return true;
}

/** `undefined` where one of them changed after that moment, or is not there. */
async function statesOf(paths: readonly string[], latest: number): Promise<ReadonlyMap<string, string> | undefined> {
  const states = new Map<string, string>();
  for (const path of paths) {
    const found = await stateOf(path);
    if (found === undefined || found.changed > latest) return undefined;
    states.set(path, found.state);
  }
  return states;
}

/** The moment of the last change is the kernel's: nobody sets it, as one may set when a file was written. */
async function stateOf(path: string): Promise<{ readonly state: string; readonly changed: number } | undefined> {
  try {
    const { dev, ino, size, ctimeNs } = await stat(path, { bigint: true });
    return { state: `${dev} ${ino} ${size} ${ctimeNs}`, changed: Number(ctimeNs / 1_000_000n) };
  } catch {
    return undefined;
  }
}
