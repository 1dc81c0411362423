import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, messageOf } from '#base/index.ts';

/** Who holds a state folder. */
interface Holder {
  readonly pid: number;
  /** In clock ticks since boot (proc_pid_stat(5), field 22): tells the process from a later one of the same number. */
  readonly start: string;
}

/**
 * Takes the state folder for this process; the answer gives it back. What a killed agent left behind does not count.
 * Throws `AppError` `already-running`, `state-unwritable`.
 */
export function lockState(stateFolder: string): () => void {
  const file = join(stateFolder, 'agent.lock');
  const mine = join(stateFolder, `agent.lock.${process.pid}`);
  try {
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
    writeFileSync(mine, JSON.stringify({ pid: process.pid, start: startOf(process.pid) }), { mode: 0o600 });
  } catch (cause) {
    throw new AppError('state-unwritable', `The state folder ${stateFolder} cannot be used: ${messageOf(cause)}`, {
      cause,
    });
  }
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (take(mine, file)) return () => rmSync(file, { force: true });
      removeStale(file, stateFolder);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  throw inUse(stateFolder, undefined);
}

/** A link appears whole or not at all, and never in the place of another. */
function take(mine: string, file: string): boolean {
  try {
    linkSync(mine, file);
    return true;
  } catch {
    return false;
  }
}

function removeStale(file: string, stateFolder: string): void {
  const holder = read(file);
  if (isAlive(holder)) throw inUse(stateFolder, holder);
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  // Another agent may have taken it between the look and the move.
  const moved = read(aside);
  if (isAlive(moved)) take(aside, file);
  rmSync(aside, { force: true });
}

function isAlive(holder: Holder | undefined): holder is Holder {
  return holder?.start !== undefined && startOf(holder.pid) === holder.start;
}

/** Says that an agent works with a state folder already. */
export function inUse(stateFolder: string, holder: { readonly pid: number } | undefined): AppError {
  const who = holder === undefined ? 'Another agent' : `The agent with the process number ${holder.pid}`;
  return new AppError('already-running', `${who} already works with the state in ${stateFolder}.`, {
    next: 'Stop it, or give this agent an --instance or --state of its own.',
  });
}

function read(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
