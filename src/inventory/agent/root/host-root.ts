import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '#base/index.ts';
import { engineProcess, mountSpaceOf } from './mount-space.ts';

/** Files and variables that engines give a container. */
const marks = ['.dockerenv', 'run/.containerenv'];
const variables = ['KUBERNETES_SERVICE_HOST', 'container'];

export interface RootQuestion {
  /** Of the engine. */
  readonly socket: string;
  readonly env: Environment;
  /** Elsewhere in tests. */
  readonly root?: string;
  readonly proc?: string;
}

/** Whether this process stands in a container, by what engines leave there. */
export function isInContainer({ env, root = '/' }: Pick<RootQuestion, 'env' | 'root'>): boolean {
  return marks.some((mark) => existsSync(join(root, mark))) || variables.some((name) => env[name] !== undefined);
}

/**
 * Why the files that this process sees below `/` are not those of its engine's host, as part of a sentence; `undefined` when
 * they are. A host that is a container itself has its engine on the same files.
 */
export async function whyNotHostRoot(question: RootQuestion): Promise<string | undefined> {
  if (!isInContainer(question)) return undefined;
  const { socket, proc } = question;
  const engine = await engineProcess(socket, proc);
  if (engine === undefined) return 'this program runs in a container, and sees no process of the engine';
  return mountSpaceOf(engine, proc) === mountSpaceOf('self', proc)
    ? undefined
    : 'this program runs in a container, and sees that container’s files instead of the host’s';
}
