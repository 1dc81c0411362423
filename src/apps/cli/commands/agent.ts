import { hostname } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, stateFolder } from '#base/index.ts';
import { removeGate, withGateLock, wrapperState } from '#gate/agent/index.ts';
import { whyNotHostRoot } from '#inventory/agent/index.ts';
import { runAgent } from '../../agent/compose.ts';
import { readAgentConfig } from '../../agent/config.ts';
import { removeAgent } from '../../agent/remove-agent.ts';
import { createGreeting } from '../../agent/greeting.ts';
import { tokenReader } from '../../agent/join-token.ts';
import { joinAsService } from '../../agent/service.ts';
import { checkoutFolder } from '../checkout.ts';
import { type CommandCall, type ExitCode, text, texts } from '../command.ts';
import { contextOf, gateFolder, needsRoot } from '../gate/context.ts';
import { plain } from '../plain.ts';
import { userId } from '../scan/database-here.ts';
import { scanOptions } from '../scan/option-entries.ts';
import { dockerSocketOf, engineSocketOf } from '../scan/options.ts';
import { ownCache } from '../own-folder.ts';
import { untilInputEnds } from '../until-input-ends.ts';
import { version } from '../version.ts';

/** `seawall agent`: runs until it is ended; a console that is away is waited for. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { env, options, terminal } = call;
  if (options['remove'] === true) return await remove(call);
  const hidden = await whyNotHostRoot({ env, socket: engineSocketOf(call) });
  const config = configOf(call, hidden);
  if (options['token'] !== undefined) terminal.err(visibleToken);
  const token = tokenReader(config.token, { input: process.stdin, say: (text) => terminal.err(text) });
  const ended = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => ended.abort());
  const stopListening = untilInputEnds(options['untilInputEnds'], () => ended.abort());
  const isChild = options['news'] === true;
  const say = (sentence: string): void => terminal.err(`${plain(sentence)}\n`);
  const announce = isChild
    ? (news: object) => terminal.out(`${JSON.stringify(news)}\n`)
    : createGreeting({ config, say });
  if (!isChild) terminal.err(`The agent keeps its state in ${config.stateFolder}.\n`);
  const { signal } = ended;
  try {
    if (options['service'] === true)
      await joinAsService({ config, words: process.argv, readToken: token.readToken, signal, say });
    else await runAgent({ config, env, terminal, readToken: token.readToken, signal, announce });
  } finally {
    token.close();
    stopListening();
  }
  return 0;
}

async function remove(call: CommandCall): Promise<ExitCode> {
  needsRoot('agent --remove');
  const context = contextOf(call);
  const { instance, stateFolder: ofInstance, engineSocket } = context;
  const done = await removeAgent({
    instance,
    stateFolder: ofInstance,
    engineSocket,
    programsFolder: stateFolder(call.env, userId()),
    cacheFolder: cacheFolder(call.env, userId()),
    gateFolder,
    runFolder,
    sensorPlaces: placesOf('seawall-sensor'),
    removeGate: async () => {
      if (wrapperState(context).state === 'absent') return [];
      const { done: undone, notes } = await withGateLock(context.gateFolder, () => removeGate(context));
      return [...undone, ...notes];
    },
  });
  call.terminal.out(`${done.map(plain).join('\n')}\n`);
  return 0;
}

const runFolder = '/run/seawall';

const visibleToken =
  'Every user of this host sees the join token of --token in the list of processes. Use --token-file FILE, or --token-file - for standard input.\n';

function configOf({ env, options }: CommandCall, hidden: string | undefined) {
  const uid = userId();
  return readAgentConfig(
    {
      console: text(options['console']),
      token: text(options['token']),
      tokenFile: text(options['tokenFile']),
      engine: text(options['engine']),
      state: text(options['state']),
      instance: text(options['instance']),
      environment: text(options['environment']),
      allowEnvironments: text(options['allowEnvironments']),
      hostName: text(options['hostName']),
      also: texts(options['also']),
      local: options['localScan'] !== false,
      scanWords: scanWordsOf(options),
      metrics: text(options['metrics']),
      runtime: options['runtime'] !== false,
      sensor: text(options['sensor']),
      gates: options['gates'] !== false,
      ownImages: texts(options['ownImage']),
      canaryEvery: text(options['canaryEvery']),
      trialEvery: text(options['trialEvery']),
      authorization: options['authorization'] === true,
      untilInputEnds: options['untilInputEnds'] === true,
    },
    {
      env,
      uid,
      ...(hidden !== undefined && { hidden }),
      hostName: hostname(),
      version,
      stateFolder: stateFolder(env, uid),
      cacheFolder: ownCache(env, uid) ?? join(stateFolder(env, uid), 'cache'),
      dockerSocket: dockerSocketOf(env),
      runFolder,
      gateFolder,
      sensorPlaces: placesOf('seawall-sensor'),
      authorizationPlaces: placesOf('seawall-authz'),
    },
  );
}

/** Where a program may lie that runs in C. */
function placesOf(name: string): readonly string[] {
  return [join(checkoutFolder(), 'native/build', name), join('/usr/lib/seawall', name)];
}

/** The options that bound a scan, as words for the process that scans. */
function scanWordsOf(options: CommandCall['options']): readonly string[] {
  return scanOptions.flatMap(({ flags }) => {
    const flag = flags.split(' ')[0] ?? '';
    if (flag === '--no-cache') return options['cache'] === false ? [flag] : [];
    const name = flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const value = text(options[name]);
    return value === undefined ? [] : [flag, value];
  });
}
