import { DatabaseSync } from 'node:sqlite';

/** Held by one living process; the kernel gives it back when that process ends, however it ends. */
export interface OwnerLock {
  release(): void;
}

/** Takes the lock on a file, or nothing when a living process has it. SQLite's file lock is the one that Node offers. */
export function takeOwnerLock(file: string): OwnerLock | undefined {
  const database = new DatabaseSync(file);
  try {
    database.exec('pragma busy_timeout = 0; begin exclusive');
  } catch (error) {
    database.close();
    if (error instanceof Error && /locked|busy/.test(error.message)) return undefined;
    throw error;
  }
  return { release: () => database.close() };
}
