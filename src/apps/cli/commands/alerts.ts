import { setTimeout as pause } from 'node:timers/promises';
import type { ReplyOf } from '#http/index.ts';
import { listAlerts } from '#runtime/contract.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { fold } from '../fold.ts';
import { plain, plainJson } from '../plain.ts';
import { formatOf, type RuntimeConsole, withConsole } from '../runtime/ask.ts';
import { sinceOf } from '../runtime/since.ts';

type Alert = ReplyOf<typeof listAlerts>['alerts'][number];

const atOnce = 1000;
/** Milliseconds between two looks for what is new. */
const lookEvery = 1000;
/** Hosts tell late when their console was away: so far back is looked each time, in milliseconds. */
const lateBy = 10 * 60_000;

interface Wanted {
  readonly container?: string;
  readonly since?: string;
}

/** `seawall alerts`: oldest first, so that the newest stands last and `--follow` goes on there. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { options, terminal } = call;
  const print = formatOf(call) === 'json' ? jsonLine : textLine;
  const container = text(options['container']);
  const since = sinceOf(text(options['since']));
  const wanted = { ...(container === undefined ? {} : { container }), ...(since === undefined ? {} : { since }) };
  const show = (alerts: readonly Alert[]): void => {
    for (const alert of alerts.toReversed()) terminal.out(print(alert, terminal.columns));
  };
  return await withConsole<ExitCode>(call, async (console) => {
    const alerts = await read(console, wanted);
    show(alerts);
    if (options['follow'] === true) await follow(console, { wanted, known: alerts, show });
    return 0;
  });
}

/** Newest first. */
async function read({ ask }: RuntimeConsole, wanted: Wanted): Promise<readonly Alert[]> {
  const found: Alert[] = [];
  for (;;) {
    const before = found.at(-1)?.id;
    const query = { ...wanted, limit: atOnce, ...(before === undefined ? {} : { before }) };
    const { alerts } = await ask(listAlerts, { query });
    found.push(...alerts);
    if (alerts.length < atOnce) return found;
  }
}

interface Following {
  readonly wanted: Wanted;
  readonly known: readonly Alert[];
  readonly show: (alerts: readonly Alert[]) => void;
}

/** Until it is told to end. */
async function follow(console: RuntimeConsole, { wanted, known, show }: Following): Promise<void> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  let shown = new Set(known.map(nameOf));
  while (!ending.signal.aborted) {
    await pause(lookEvery, undefined, { signal: ending.signal }).catch(() => undefined);
    if (ending.signal.aborted) return;
    const since = later(wanted.since, new Date(Date.now() - lateBy).toISOString());
    const recent = await read(console, { ...wanted, since });
    show(recent.filter((alert) => !shown.has(nameOf(alert))));
    shown = new Set([...shown, ...recent.map(nameOf)]);
  }
}

function nameOf({ host, id }: Alert): string {
  return `${host} ${id}`;
}

function later(one: string | undefined, other: string): string {
  return one === undefined || Date.parse(one) < Date.parse(other) ? other : one;
}

/** Fields and their order are fixed: others build on them. */
function jsonLine(alert: Alert): string {
  const { time, detector, dimension, technique, effect, container, imageDigest, process: seenProcess } = alert;
  const { path, applet, sha256, argv } = seenProcess;
  const { expected, seen, message } = alert;
  const reported = { time, detector, dimension, technique, effect, container, imageDigest };
  return `${plainJson(JSON.stringify({ ...reported, process: { path, applet, sha256, argv }, expected, seen, message }))}\n`;
}

function textLine({ time, severity, outcome, host, container, message }: Alert, width: number): string {
  const moment = time.slice(0, 19).replace('T', ' ');
  const line = plain(`${moment}  ${severity.padEnd(8)}  ${outcome.padEnd(8)}  ${host} ${container.name}  ${message}`);
  return `${fold(line, { width, indent: 4 })}\n`;
}
