import { hostname } from 'node:os';
import { Listr, type ListrTask } from 'listr2';
import { AppError, messageOf, systemClock } from '#base/index.ts';
import { theConsole } from '#access/console/index.ts';
import type { Terminal } from '../cli/command.ts';
import { plain } from '../cli/plain.ts';
import { unassigned } from '#link/contract.ts';
import { usualBucketSeconds } from '#runtime/console/index.ts';
import { capabilitiesOf, capabilityLines, type HeardOfHost, hearing } from './capabilities.ts';
import { clockWords } from './clock-words.ts';
import { type Console, composeConsole } from './compose.ts';
import type { ConsoleConfig } from './config.ts';
import { type DatabaseOutcome, DatabaseTask } from './database-task.ts';
import { agentWords, howToStop, newLinkCommand } from './in-container.ts';
import { runningConsole, writeInstance } from './instance.ts';
import { startLocalAgent } from './local-agent.ts';
import { type HostWork, isWork, wordsOf } from './local-agent-words.ts';
import { welcome } from './welcome.ts';

export interface StartRequest {
  readonly config: ConsoleConfig;
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly checkout: string;
  readonly scan: { readonly local: boolean; readonly also: readonly string[] };
}

/** Hours between two looks for newer feeds, and milliseconds between two at a database that somebody else renewed. */
const refreshHours = 12;
const followPause = 2000;

/** Runs the console until it is told to end: pages first, then the database, then what this machine holds. */
export async function startConsole(request: StartRequest): Promise<void> {
  const { config, terminal } = request;
  refuseSecond(config.stateFolder);
  const ended = endSignal();
  terminal.err('Starting PostgreSQL …\n');
  const console = await composeConsole(config);
  const forget = writeInstance(config.stateFolder, {
    url: config.origin,
    localUrl: config.localUrl,
    bucketSeconds: config.learningBucketSeconds,
  });
  if (config.learningBucketSeconds < usualBucketSeconds)
    terminal.err(
      `Models learn with an hour of ${config.learningBucketSeconds} s (SEAWALL_LEARNING_BUCKET_SECONDS): for labs only, it proves nothing about days.\n`,
    );
  try {
    await console.access.ensureFirstUser();
    terminal.err(clockWords(await console.link.authorityFrom(), systemClock()));
    const words = { newLink: newLinkCommand(config.runsFrom), stop: howToStop(config.runsFrom) };
    const signIn = await welcome(console.access, { ...config, ...words }, terminal);
    terminal.err(`${signIn}${config.runsFrom === 'image' ? await agentWords(console.link, config.linkUrl) : ''}`);
    await work(request, console, ended);
  } finally {
    terminal.err('Stopping …\n');
    await console.close();
    forget();
  }
}

function refuseSecond(stateFolder: string): void {
  const running = runningConsole(stateFolder);
  if (running !== undefined)
    throw new AppError(
      'already-running',
      `A console of this user already runs on ${running.url} (process ${running.pid}).`,
    );
}

function endSignal(): AbortSignal {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort());
  return ending.signal;
}

async function work(request: StartRequest, console: Console, ended: AbortSignal): Promise<void> {
  let said: (news: HostWork) => void = () => undefined;
  let heard: HeardOfHost = { isRoot: process.getuid?.() === 0, runsFrom: request.config.runsFrom };
  const { local, also } = request.scan;
  const hasAgent = local || also.length > 0;
  const agent = hasAgent
    ? startLocalAgent({
        consoleUrl: request.config.localUrl,
        joinToken: async () => (await console.link.createJoinToken(localJoin(), theConsole)).secret,
        env: request.env,
        ...request.scan,
        heard: (news) => {
          heard = hearing(heard, news);
          if (isWork(news)) said(news);
        },
      })
    : undefined;
  const stopped = new Promise<void>((resolve) => {
    if (ended.aborted) resolve();
    ended.addEventListener('abort', () => resolve());
  });
  const database = databaseOf(request, console, ended);
  const leave = keepFresh(database, request.terminal);
  try {
    const tasks = taskList(request, database, { stopped, listen: (hear) => void (said = hear) });
    await Promise.race([tasks.run().catch(() => undefined), stopped]);
    const isWanted = hasAgent || !request.config.isContained;
    if (!ended.aborted && isWanted) sayCapabilities({ ...heard, ...database.outcome() }, request.terminal);
    said = (news) => sayLater(news, request.terminal);
    await stopped;
  } finally {
    leave();
    await agent?.stop();
  }
}

/** What is on, and what would switch the rest on. */
function sayCapabilities(heard: HeardOfHost, { err }: Terminal): void {
  err(`\n${capabilityLines(capabilitiesOf(heard)).map(plain).join('\n')}\n\n`);
}

/** For this host alone, also where its agent lost its identity; which environment it is in, an administrator says. */
function localJoin() {
  return { name: 'agent of this host', environments: [unassigned], hosts: hostname(), uses: 1, hours: 1 };
}

function databaseOf({ config, env, checkout }: StartRequest, console: Console, ended: AbortSignal): DatabaseTask {
  return new DatabaseTask({ path: config.databasePath, env, checkout, service: console.vulnerability, ended });
}

/** Builds the database anew when feeds are newer, and takes over one that somebody else put there. Answers what ends it. */
function keepFresh(database: DatabaseTask, { err }: Terminal): () => void {
  const refresh = (): void =>
    void database
      .ensure(() => undefined)
      .catch((error: unknown) => err(`The feeds could not be looked at: ${plain(messageOf(error))}\n`));
  const follow = (): void =>
    void database
      .follow()
      .then((outcome) => outcome && err(`Vulnerability database: ${plain(outcome.words)}\n`))
      .catch((error: unknown) => err(`The new database is not used: ${plain(messageOf(error))}\n`));
  const timers = [setInterval(refresh, refreshHours * 3_600_000), setInterval(follow, followPause)];
  return () => timers.forEach((timer) => clearInterval(timer));
}

interface FirstRun {
  readonly stopped: Promise<void>;
  readonly listen: (hear: (news: HostWork) => void) => void;
}

function taskList(request: StartRequest, database: DatabaseTask, first: FirstRun): Listr {
  const tasks: ListrTask[] = [
    {
      title: 'Vulnerability database',
      task: async (_, task) => finish(task, await database.ensure((words) => void (task.output = words))),
    },
    {
      title: 'What this machine holds',
      enabled: request.scan.local || request.scan.also.length > 0,
      task: (_, task) => firstScan(task, first),
    },
  ];
  return new Listr(tasks, {
    concurrent: true,
    exitOnError: false,
    renderer: request.terminal.progress ? 'default' : 'simple',
    // The title says why a task failed; an error in its place would hide that.
    rendererOptions: { collapseErrors: false },
    registerSignalListeners: false,
  });
}

type Task = Parameters<ListrTask['task']>[1];

function finish(task: Task, outcome: DatabaseOutcome): void {
  task.title = `Vulnerability database: ${outcome.words}`;
  if (outcome.kind === 'missing') throw new Error('findings stay unknown until there is one');
}

/** Follows the scanner until its first round is through. */
async function firstScan(task: Task, first: FirstRun): Promise<void> {
  const through = new Promise<void>((resolve) => {
    first.listen((news) => {
      const words = wordsOf(news);
      task.output = words;
      if (news.kind === 'found') task.title = `What this machine holds: ${words}`;
      if (news.kind === 'idle') resolve();
    });
  });
  await Promise.race([through, first.stopped]);
}

function sayLater(news: HostWork, terminal: Terminal): void {
  if (news.kind !== 'idle') terminal.err(`${wordsOf(news)}\n`);
}
