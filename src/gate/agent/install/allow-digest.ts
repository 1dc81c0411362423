import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BreakGlassFact } from '../../contract.ts';
import { replaceFile } from './durable.ts';
import { agentProcess } from './units.ts';

export interface AllowDigest {
  readonly stateFolder: string;
  readonly digest: string;
  readonly milliseconds: number;
  readonly reason: string;
  readonly user: string;
  readonly now: Date;
}

/** Lets one digest start for a while. The agent sees the entry at once, and tells the console when it can. */
export function allowDigest({ stateFolder, digest, milliseconds, reason, user, now }: AllowDigest): {
  readonly fact: BreakGlassFact;
  readonly agent: 'at-work' | 'away';
} {
  const fact = BreakGlassFact.parse({
    id: randomUUID(),
    digest,
    at: now.toISOString(),
    until: new Date(now.getTime() + milliseconds).toISOString(),
    reason,
    user,
  });
  const folder = join(stateFolder, 'gate/break-glass');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  replaceFile(join(folder, `${fact.id}.json`), Buffer.from(`${JSON.stringify(fact)}\n`), { mode: 0o600 });
  return { fact, agent: agentProcess(stateFolder) === undefined ? 'away' : 'at-work' };
}
