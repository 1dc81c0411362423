import { readRecord } from './record.ts';

/** SHA-256 in hex of the wrapper that `gate install` put there last; `undefined`: none, or nobody can tell. */
export function installedWrapper(gateFolder: string): string | undefined {
  try {
    const changes = readRecord(gateFolder)?.changes ?? [];
    return changes.flatMap((change) => {
      if (change.kind === 'diversion') return change.ours.slice(-1);
      return change.kind === 'beside' ? (change.ours ?? []) : [];
    })[0];
  } catch {
    return undefined;
  }
}
