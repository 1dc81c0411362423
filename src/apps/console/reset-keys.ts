import { existsSync, renameSync } from 'node:fs';
import { auditKeysReset, theConsole } from '#access/console/index.ts';
import { AppError, counted, silentLog } from '#base/index.ts';
import { countEvidenceKeys, discardEvidenceKeys } from '#compliance/console/index.ts';
import { countSealed, type DiscardedKeys, discardSealed, makeMasterKey } from '#link/console/index.ts';
import { countSealedPasswords, discardPasswords } from '#provenance/console/index.ts';
import { openStore } from '#store/index.ts';
import type { Terminal } from '../cli/command.ts';
import { consoleSchemas } from './compose.ts';
import type { ConsoleConfig } from './config.ts';
import { runningConsole } from './instance.ts';

export interface ResetRequest {
  readonly config: ConsoleConfig;
  readonly terminal: Terminal;
  /** The person said yes on the command line. */
  readonly agreed: 'yes' | 'ask';
}

type Lost = DiscardedKeys & { readonly passwords: number; readonly evidenceKeys: number };

/**
 * Goes on without the master key: discards everything that it sealed and makes a new one. Asks once, naming what is
 * lost. Answers whether it was done. Throws `AppError`: `already-running`, `usage` where nobody can be asked.
 */
export async function resetKeys({ config, terminal, agreed }: ResetRequest): Promise<boolean> {
  const running = runningConsole(config.stateFolder);
  if (running !== undefined)
    throw new AppError('already-running', `A console runs on ${running.url} (process ${running.pid}).`, {
      next: 'Stop it first: what it holds in memory are the keys that are to go.',
    });
  let key: Buffer | undefined;
  const masterKey = (): Buffer => (key ??= replaceKey(config.masterKeyFile));
  const store = await openStore({ place: config.store, schemas: consoleSchemas, log: silentLog, masterKey });
  try {
    const lost: Lost = {
      ...(await countSealed(store)),
      passwords: await countSealedPasswords(store),
      evidenceKeys: await countEvidenceKeys(store),
    };
    terminal.err(wordsOf(lost));
    if (!(await isAgreed(terminal, agreed))) return false;
    masterKey();
    await store.transaction(async (transaction) => {
      await discardSealed(transaction);
      await discardPasswords(transaction);
      await discardEvidenceKeys(transaction);
      await auditKeysReset(transaction, theConsole, { ...lost });
    });
    terminal.err(
      `A new master key is in ${config.masterKeyFile}: keep it with the backup.\nStart the console, and join each agent again with a join token from the page Hosts.\n`,
    );
    return true;
  } finally {
    await store.close();
  }
}

/** The file before is set aside, not removed: it may turn out to be the right one of another store. */
function replaceKey(file: string): Buffer {
  if (existsSync(file)) renameSync(file, `${file}.discarded-${Date.now()}`);
  return makeMasterKey(file);
}

async function isAgreed({ ask }: Terminal, agreed: ResetRequest['agreed']): Promise<boolean> {
  if (agreed === 'yes') return true;
  if (ask === undefined)
    throw new AppError('usage', 'Nobody can be asked here.', { next: 'Add --yes to discard the keys.' });
  return await ask('Discard the keys?');
}

function wordsOf({ agents, joinTokens, signingKeys, passwords, evidenceKeys }: Lost): string {
  const lines = [
    `the authority of the agents: ${counted(agents, 'agent')} to revoke, which must join again; until then their hosts are silent`,
    counted(joinTokens, 'join token'),
    `${counted(signingKeys, 'signing key')}: ledgers that hosts hold end when their time is over`,
    `${counted(passwords, 'password')} of registries`,
    `${counted(evidenceKeys, 'key')} of the evidence log: what it signed can be verified as before, and another key signs from now on`,
    'the key of the audit trail: entries up to now can be proven by no key any more; the trail says so',
  ];
  return `This discards for ever:\n${lines.map((line) => `  - ${line}\n`).join('')}Scans, rules, users and API tokens stay.\n`;
}
