import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { stateFolder } from '#base/index.ts';
import type { Environment } from '#base/index.ts';
import { runningConsole } from '../../console/instance.ts';
import { type CommandCall, type OptionValue, text } from '../command.ts';
import { userId } from '../scan/database-here.ts';
import { dockerSocketOf } from '../scan/options.ts';
import type { Part } from './part.ts';

/** What probes look at, as the command line and the environment name it. */
export interface Place {
  readonly uid: number;
  readonly env: Environment;
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly parts: ReadonlySet<Part>;
  /** Of all programs of this user. */
  readonly stateFolder: string;
  /** Of the agent. */
  readonly agentFolder: string;
  readonly instance: string;
  readonly engineSocket: string;
  /** Address of the console's pages: the one that is named, else that of the one that runs here. */
  readonly consoleUrl: string | undefined;
  readonly token: string | undefined;
  readonly ports: { readonly pages: number; readonly agents: number };
  /** What several probes look at is looked at once. */
  readonly once: <Fact>(name: string, look: () => Promise<Fact>) => Promise<Fact>;
}

/** `parts` names what to look at besides what is found here. */
export function placeOf({ env, options }: Pick<CommandCall, 'env' | 'options'>, parts: readonly Part[]): Place {
  const uid = userId();
  const state = stateFolder(env, uid);
  const instance = text(options['instance']) ?? 'default';
  const agentFolder = text(options['state']) ?? join(state, 'agent', instance);
  const named = text(options['console']) ?? env['SEAWALL_CONSOLE'];
  const looks = new Map<string, Promise<unknown>>();
  return {
    uid,
    env,
    options,
    parts: new Set<Part>(['cli', ...parts, ...consoleHere(env, state), ...agentHere(agentFolder)]),
    stateFolder: state,
    agentFolder,
    instance,
    engineSocket: text(options['engine'])?.replace(/^unix:\/\//, '') ?? dockerSocketOf(env),
    consoleUrl: named?.replace(/\/+$/, '') ?? localUrlOf(state),
    token: text(options['token']) ?? apiTokenOf(env),
    ports: { pages: Number(text(options['port']) ?? 8083), agents: Number(text(options['linkPort']) ?? 8084) },
    once: <Fact>(name: string, look: () => Promise<Fact>) => {
      const known = looks.get(name) ?? look();
      looks.set(name, known);
      return known as Promise<Fact>;
    },
  };
}

const joinPrefix = 'seawall-join_';

/** An agent's container holds its join token in the same variable. */
function apiTokenOf(env: Environment): string | undefined {
  const given = env['SEAWALL_TOKEN'];
  return given?.startsWith(joinPrefix) === true ? undefined : given;
}

/** What others call a console may lead nowhere on its own machine, or in its container. */
function localUrlOf(state: string): string | undefined {
  const running = runningConsole(state);
  return running?.localUrl ?? running?.url;
}

function consoleHere(env: Environment, state: string): readonly Part[] {
  const isNamed = (env['SEAWALL_DATABASE_URL'] ?? '') !== '';
  const isKept = ['console.json', 'console.log', 'postgres'].some((name) => existsSync(join(state, name)));
  return isNamed || isKept ? ['console'] : [];
}

/** A folder that this user may not read counts: somebody's agent is there. */
function agentHere(folder: string): readonly Part[] {
  try {
    return readdirSync(folder).length > 0 ? ['agent'] : [];
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? ['agent'] : [];
  }
}
