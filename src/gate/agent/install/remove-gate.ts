import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { undoDiversion } from './diversion.ts';
import { isWithoutGate, pluginSocket } from './engine-edits.ts';
import { undoBeside, undoFile, undoFolder, undoLink } from './files.ts';
import { reloadEngine, settingsFileOf } from './find-runtimes.ts';
import type { GateContext, GateWork } from './gate-work.ts';
import { type OpenRecord, openRecord, readRecord } from './record.ts';
import type { Change } from './schema.ts';
import { hasSystemd } from './units.ts';

export type RemoveContext = Pick<GateContext, 'gateFolder' | 'engineSocket' | 'now'>;

/** As `undoGate`, and ends what answers the engine: with its socket gone it ends by itself. */
export function removeGate(context: RemoveContext & Pick<GateContext, 'instance'>): GateWork {
  const asked = readRecord(context.gateFolder)?.wish.authorization === 'yes';
  const work = undoGate(context);
  if (!asked) return work;
  const units = ['seawall-authorization.socket', 'seawall-authorization.service'];
  if (hasSystemd()) spawnSync('systemctl', ['stop', ...units]);
  rmSync(pluginSocket(context.instance), { force: true });
  return work;
}

/**
 * Undoes every change on the record, the newest first, and goes on where an earlier run was ended. Each container starts as
 * before: nothing of ours was written into one. Throws `AppError` `gate-changed` at a file that somebody else changed since.
 */
export function undoGate({ gateFolder, engineSocket, now }: RemoveContext): GateWork {
  const earlier = readRecord(gateFolder);
  if (earlier === undefined) return { done: [], notes: ['No gate is installed here.'] };
  const record = openRecord({ gateFolder, wish: earlier.wish, now });
  record.setState('removing');
  const changes = record.current().changes.toReversed();
  for (const change of changes) {
    undo(record, change);
    record.strike(change);
    if (change.path === settingsFileOf(engineSocket)) reloadEngine(engineSocket);
  }
  record.close();
  if (hasSystemd()) execFileSync('systemctl', ['daemon-reload'], { stdio: 'pipe' });
  return {
    done: changes.filter(({ kind }) => kind !== 'folder').map(({ path }) => `${path} is as it was.`),
    notes: [],
  };
}

function undo(record: OpenRecord, change: Change): void {
  switch (change.kind) {
    case 'file':
      return undoFile(record, change, (path) => path.endsWith('.json') && isWithoutGate(path));
    case 'folder':
      return undoFolder(change);
    case 'link':
      return undoLink(change);
    case 'beside':
      return undoBeside(change);
    case 'diversion':
      return undoDiversion(record, change);
  }
}
