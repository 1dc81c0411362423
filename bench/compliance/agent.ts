import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '#base/index.ts';
import { call } from '#http/index.ts';
import { type AgentLink, joinConsole, openLink } from '#link/agent/index.ts';
import { createJoinToken, protocolVersion } from '#link/contract.ts';

/** A console that agents join. */
export interface Joined {
  readonly origin: string;
  readonly linkPort: number;
  /** Of an administrator. */
  readonly token: string;
}

/** Joins a console as an agent does; `close` ends it and forgets its state. */
export async function joinAsAgent(
  { origin, linkPort, token }: Joined,
  host: string,
): Promise<{ readonly link: AgentLink; close(): Promise<void> }> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'seawall-bench-'));
  const body = { name: host, environments: ['prod'] };
  const { secret } = await call(createJoinToken, { body }, { baseUrl: origin, token });
  const place = { host, instance: 'default', environment: 'prod' };
  const introduction = { protocol: protocolVersion, version: '0.1.0', ...place };
  const consoleUrl = `https://127.0.0.1:${linkPort}`;
  const identity = await joinConsole({ consoleUrl, token: secret, stateFolder, introduction });
  const link = await openLink({ identity, stateFolder, introduction, log: silentLog });
  return {
    link,
    close: async () => {
      await link.close();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}
