import { hostname } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, stateFolder } from '#base/index.ts';
import { runAgent } from '../../agent/compose.ts';
import { readAgentConfig } from '../../agent/config.ts';
import { createGreeting } from '../../agent/greeting.ts';
import { tokenReader } from '../../agent/join-token.ts';
import { checkoutFolder } from '../checkout.ts';
import { type CommandCall, type ExitCode, text, texts } from '../command.ts';
import { plain } from '../plain.ts';
import { userId } from '../scan/database-here.ts';
import { scanOptions } from '../scan/option-entries.ts';
import { dockerSocketOf } from '../scan/options.ts';
import { untilInputEnds } from '../until-input-ends.ts';
import { version } from '../version.ts';

/** `seawall agent`: runs until it is ended; a console that is away is waited for. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { env, options, terminal } = call;
  const config = configOf(call);
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
  try {
    await runAgent({ config, env, terminal, readToken: token.readToken, signal: ended.signal, announce });
  } finally {
    token.close();
    stopListening();
  }
  return 0;
}

const visibleToken =
  'Every user of this host sees the join token of --token in the list of processes. Use --token-file FILE, or --token-file - for standard input.\n';

function configOf({ env, options }: CommandCall) {
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
      hostName: hostname(),
      version,
      stateFolder: stateFolder(env, uid),
      cacheFolder: cacheFolder(env, uid),
      dockerSocket: dockerSocketOf(env),
      runFolder: '/run/seawall',
      gateFolder: '/var/lib/seawall/gate',
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
