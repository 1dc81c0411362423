import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atEachBeat } from '#base/index.ts';

/** Milliseconds between two signs. */
const usual = 30_000;

/**
 * Shows in the folder of the instance's sockets that the agent of a container is alive, for the health check of its image
 * (`integrations/docker/agent-health.mjs`), until what it answers is called. Signs of others are of containers that are gone.
 */
export function showAlive(folder: string, container: string, pause: number = usual): () => void {
  const file = join(folder, `alive-${container}`);
  const show = (): void => {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(file, '');
    } catch {
      // On a full or closed file system there is no sign, and the health check says so. The agent goes on.
    }
  };
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true)
    for (const name of readdirSync(folder)) if (name.startsWith('alive-')) rmSync(join(folder, name), { force: true });
  show();
  const stop = atEachBeat(pause, show);
  return () => {
    stop();
    rmSync(file, { force: true });
  };
}
