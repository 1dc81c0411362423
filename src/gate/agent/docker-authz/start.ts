import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, type ImageDigest, type Log, messageOf } from '#base/index.ts';
import type { Decision } from '#admission/contract.ts';
import type { LedgerState } from '#admission/index.ts';
import { usualSockets } from '#inventory/index.ts';
import type { BrokenRule } from '../answer/broken-rule.ts';
import { askEngine, enteredVariable, openHostView } from '#inventory/agent/index.ts';
import { type AnsweringOptions, removeStaleSockets, startAnswering } from './answering-program.ts';
import type { AuthorizationPorts } from './ports.ts';
import { type AuthorizationPlugin, inheritedSocket, serveAuthorization } from './server.ts';

export interface AuthorizationOptions {
  /** Of the agent; the engine knows the plugin as `seawall`, that of another instance as `seawall-NAME`. */
  readonly instance: string;
  readonly engineSocket: string;
  /** Folder of the engine's data, once the engine told it. */
  readonly engineRoot: () => string | undefined;
  readonly host: string;
  readonly environment: (labels: Readonly<Record<string, string>>) => string | undefined;
  readonly effectiveLedger: {
    at(now: Date): LedgerState;
    /** Resolves at the next change, or when the signal fires. */
    next(signal: AbortSignal): Promise<void>;
  };
  /** What starts get while there is no ledger. */
  readonly broken: () => BrokenRule;
  readonly identify: (engineId: string) => Promise<ImageDigest | undefined>;
  /** A start waits for what a scan says of this image. */
  readonly hurry: (engineId: string) => void;
  readonly wrapper: () => 'installed' | 'absent';
  readonly decided: (decision: Decision) => void;
  /** What the agent sends with its own trials. */
  readonly trialKey: string;
  /** `seawall-authz`, which answers the engine and asks this agent. */
  readonly program: Pick<AnsweringOptions, 'socket' | 'ledger' | 'logFile' | 'places' | 'ends'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/** Where engines look for plugins. */
const pluginFolder = '/run/docker/plugins';

/** Milliseconds that one question to the engine, and one to the host's files, may last. */
const patience = { engine: 3000, files: 500, image: 3000 } as const;

/**
 * Serves the authorization plugin of the host's engine: behind `seawall-authz`, which answers while this agent is away;
 * without that program, or on a socket that systemd opened for this very process, by itself. Throws `AppError` `usage` in a
 * container: an engine whose plugin runs in one of its containers cannot start; and `state-unwritable`.
 */
export async function startAuthorization(options: AuthorizationOptions): Promise<AuthorizationPlugin> {
  const { instance, program, env, log } = options;
  refuseInContainer(env);
  const ports = portsOf(options);
  const fd = inheritedSocket(env, process.pid);
  if (fd !== undefined) return serveAuthorization({ kind: 'inherited', fd }, ports);
  const path = join(pluginFolder, `${instance === 'default' ? 'seawall' : `seawall-${instance}`}.sock`);
  removeStaleSockets(pluginFolder);
  const own = await serveAuthorization({ kind: 'path', path: program.socket }, ports);
  const answering = await startAnswering({ ...program, path, instance, log }).catch((error: unknown) => {
    log.error({ error: messageOf(error) }, 'The program that answers the engine cannot be started.');
    return undefined;
  });
  if (answering !== undefined) {
    return { close: async () => void (await Promise.all([answering.close(), own.close()])) };
  }
  log.warn({ places: program.places }, 'There is no seawall-authz: while this agent is away, the engine waits for it.');
  const plugin = await serveAuthorization({ kind: 'path', path }, ports);
  return { close: async () => void (await Promise.all([plugin.close(), own.close()])) };
}

function portsOf(options: AuthorizationOptions): AuthorizationPorts {
  const { engineSocket, engineRoot, effectiveLedger, identify, hurry } = options;
  return {
    ...options,
    ledgerState: () => effectiveLedger.at(new Date()),
    ask: askEngine({ socket: engineSocket, patience: patience.engine }),
    view() {
      const root = engineRoot();
      return openHostView({
        ...(root !== undefined && { engineRoot: root }),
        sockets: [...usualSockets, engineSocket],
        patience: patience.files,
      });
    },
    identify: (id) => Promise.race([identify(id), late(patience.image)]),
    change(id, milliseconds) {
      hurry(id);
      return effectiveLedger.next(AbortSignal.timeout(milliseconds));
    },
    newId: () => randomUUID(),
  };
}

function refuseInContainer(env: AuthorizationOptions['env']): void {
  const isContainer = ['/.dockerenv', '/run/.containerenv'].some((file) => existsSync(file));
  if (!isContainer && env[enteredVariable] === undefined) return;
  throw new AppError('usage', 'The authorization plugin cannot run in a container: its engine would wait for itself.', {
    next: 'Run the agent as a service of the host, or leave out --authorization.',
  });
}

function late(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds).unref());
}
