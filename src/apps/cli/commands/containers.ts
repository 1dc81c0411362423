import { AppError } from '#base/index.ts';
import type { CallInput } from '#http/index.ts';
import { type Container, listContainers, type ProtectionState } from '#inventory/contract.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { type Cell, cell, type Column, renderTable } from '../formats/table/columns.ts';
import { plain, plainJson } from '../plain.ts';
import { formatOf, type RuntimeConsole, withConsole } from '../runtime/ask.ts';

type Query = CallInput<typeof listContainers>['query'];

const atOnce = 500;

/**
 * `seawall containers`: what runs, and how it is protected. 0: as its rules ask; 1: something lacks what its rule asks
 * for; 3: nothing is known to lack it, and nobody can say of everything.
 */
export async function run(call: CommandCall): Promise<ExitCode> {
  const format = formatOf(call);
  const { terminal } = call;
  const query = queryOf(call);
  return await withConsole<ExitCode>(call, async (console) => {
    const containers = (await readAll(console, query)).toSorted(byNeed);
    if (format === 'json') for (const one of containers) terminal.out(`${plainJson(JSON.stringify(one))}\n`);
    else terminal.out(describe(containers, terminal.columns));
    return exitCodeOf(containers);
  });
}

function queryOf({ options }: CommandCall): Query {
  const query = {
    state: 'up',
    host: text(options['host']),
    environment: text(options['environment']),
    ...(options['notProtected'] === true ? { protection: 'not-protected' } : {}),
  };
  const read = listContainers.query?.safeParse(query);
  if (read?.success !== true)
    throw new AppError('usage', 'That is no name of a host or an environment.', {
      next: 'See their names with `seawall containers`.',
    });
  return read.data;
}

async function readAll({ ask }: RuntimeConsole, query: Query): Promise<readonly Container[]> {
  const found: Container[] = [];
  for (;;) {
    const page = await ask(listContainers, { query: { ...query, limit: atOnce, offset: found.length } });
    found.push(...(page.containers as readonly Container[]));
    if (page.containers.length < atOnce) return found;
  }
}

/** What is not known stands first, then what lacks something. */
const order: readonly ProtectionState[] = ['unknown', 'unprotected', 'partly', 'watched', 'protected'];

function byNeed(one: Container, other: Container): number {
  const first = order.indexOf(stateOf(one)) - order.indexOf(stateOf(other));
  return first !== 0 ? first : `${one.host} ${one.name}`.localeCompare(`${other.host} ${other.name}`);
}

function stateOf({ protection }: Container): ProtectionState {
  return protection?.state ?? 'unknown';
}

function exitCodeOf(containers: readonly Container[]): ExitCode {
  const states = new Set(containers.map(stateOf));
  if (states.has('unprotected') || states.has('partly')) return 1;
  return states.has('unknown') ? 3 : 0;
}

const columns = [
  { title: 'PROTECTION', width: 13 },
  { title: 'SINCE (UTC)', width: 19 },
  { title: 'CONTAINER', width: 20 },
  { title: 'HOST', width: 16 },
] as const satisfies readonly Column[];

/** The last column takes what the others leave. */
function columnsIn(width: number, rows: readonly (readonly Cell[])[]): readonly Column[] {
  const taken = columns.map(({ title, width: most }, index) =>
    Math.min(most, Math.max(title.length, ...rows.map((row) => row[index]?.text.length ?? 0))),
  );
  const left = width - taken.reduce((sum, one) => sum + one + 2, 0);
  return [...columns, { title: 'BY', width: Math.max(16, left) }];
}

function describe(containers: readonly Container[], width: number): string {
  if (containers.length === 0) return 'No container runs that fits.\n';
  const rows = containers.map(rowOf);
  return `${renderTable(columnsIn(width, rows), rows, (title) => title)}\n${whys(containers)}\n${totals(containers)}\n`;
}

function rowOf(container: Container): readonly Cell[] {
  const { protection, name, host } = container;
  const since = (protection?.since ?? '').slice(0, 19).replace('T', ' ');
  return [words[stateOf(container)], since, name, host, ruleOf(protection)].map((one) => cell(one));
}

function ruleOf(protection: Container['protection']): string {
  if (protection?.rule === undefined) return 'no rule';
  const { rule, parts } = protection;
  const armed = parts.filter(({ state }) => state === 'armed').map(({ what }) => what);
  return `${armed.length === 0 ? '' : `${armed.join(', ')} by `}${rule.name}, version ${rule.version}`;
}

/** Why, once for all that share the reason. */
function whys(containers: readonly Container[]): string {
  const lacking = containers.filter((one) => stateOf(one) !== 'protected' && stateOf(one) !== 'watched');
  const byReason = Map.groupBy(lacking, ({ protection }) => protection?.reason ?? 'The console says nothing of it.');
  return [...byReason]
    .map(([reason, those]) => {
      const some = those.slice(0, 5).map(({ name }) => name);
      const more = those.length > some.length ? ` and ${those.length - some.length} more` : '';
      return `\n${plain(`${some.join(', ')}${more}: ${reason}`)}`;
    })
    .join('');
}

function totals(containers: readonly Container[]): string {
  const parts = order.flatMap((state) => {
    const number = containers.filter((one) => stateOf(one) === state).length;
    return number === 0 ? [] : [`${number} ${words[state]}`];
  });
  return `${containers.length} running: ${parts.join(', ')}.`;
}

const words: Readonly<Record<ProtectionState, string>> = {
  unknown: 'unknown',
  unprotected: 'not protected',
  partly: 'partly',
  protected: 'protected',
  watched: 'watched only',
};
