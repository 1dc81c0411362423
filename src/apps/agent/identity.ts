import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, isAppError, type Log } from '#base/index.ts';
import { type Identity, askKnownState, joinConsole, loadIdentity, moveIdentity } from '#link/agent/index.ts';
import type { AgentConfig, TokenSource } from './config.ts';
import { joinTrouble } from './join-trouble.ts';

/** Milliseconds between two attempts to join a console that does not answer. */
const pause = 5000;

export interface IdentityOptions {
  readonly config: AgentConfig;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly readToken: (source: TokenSource) => Promise<string>;
  /** Said once to whoever started the agent. */
  readonly say: (sentence: string) => void;
}

/**
 * The identity of earlier runs, else the one that the join token brings; a console that is away is waited for.
 * `undefined` when the signal fired before. Throws what `joinConsole` throws, and `usage` without a token that can be read.
 */
export async function ensureIdentity(options: IdentityOptions): Promise<Identity | undefined> {
  const known = await earlier(options);
  if (known === undefined) return joinWithToken(options);
  const { token } = options.config;
  return token === undefined || (await askKnownState(known)) !== 'unknown' ? known : joinAgain(options, token, known);
}

/**
 * A console that was restored may not know the agent any more. What waits goes to it under the new identity; an agent that
 * is not let in works on with what it holds.
 */
async function joinAgain(
  { config, log, readToken, say }: IdentityOptions,
  source: TokenSource,
  known: Identity,
): Promise<Identity> {
  const { consoleUrl, stateFolder, introduction } = config;
  log.warn({ agent: known.agent }, 'The console does not know this agent; joining it again.');
  try {
    return await joinConsole({ consoleUrl, token: await readToken(source), stateFolder, introduction });
  } catch (error) {
    if (!isAppError(error)) throw error;
    log.error({ error: error.message, next: error.next }, 'The console could not be joined again.');
    say(`${error.message} ${error.next}`);
    return known;
  }
}

/** A console at another address is followed; another console is joined anew, with what waited for the old one given up. */
async function earlier({ config, log }: IdentityOptions): Promise<Identity | undefined> {
  const known = await loadIdentity(config.stateFolder);
  if (known === undefined) return undefined;
  try {
    return await moveIdentity(known, config.consoleUrl, config.stateFolder);
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code !== 'console-untrusted' || config.token === undefined) {
      log.warn({ error: error.message }, 'The console could not be asked where it is now.');
      return known;
    }
    log.warn({ error: error.message }, 'The console is another one than before; joining it.');
    rmSync(join(config.stateFolder, 'spool'), { recursive: true, force: true });
    return undefined;
  }
}

async function joinWithToken({ config, log, signal, readToken, say }: IdentityOptions): Promise<Identity | undefined> {
  const { consoleUrl, stateFolder, introduction } = config;
  if (config.token === undefined) {
    throw new AppError('usage', `This agent has not joined a console yet, and its state is in ${stateFolder}.`, {
      next: 'Give the join token that the console made with --token-file FILE, or with --token-file - on standard input.',
    });
  }
  const token = await readToken(config.token);
  let said = false;
  while (!signal.aborted) {
    try {
      return await joinConsole({ consoleUrl, token, stateFolder, introduction });
    } catch (error) {
      if (!isAppError(error) || error.code !== 'console-unreachable') throw error;
      if (!said) say(joinTrouble(error));
      said = true;
      log.warn({ error: error.message }, 'The console could not be joined.');
      await wait(pause, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}
