import type { Container, ProtectionState } from '#inventory/contract.ts';
import type { ExitCode } from '../command.ts';
import { type Cell, cell, type Column, fittedTable } from '../formats/table/columns.ts';
import { plain } from '../plain.ts';

/** What is not known stands first, then what lacks something. */
const order: readonly ProtectionState[] = ['unknown', 'unprotected', 'partly', 'watched', 'protected'];

/** The order in which they are printed. */
export function byNeed(one: Container, other: Container): number {
  const first = order.indexOf(stateOf(one)) - order.indexOf(stateOf(other));
  return first !== 0 ? first : `${one.host} ${one.name}`.localeCompare(`${other.host} ${other.name}`);
}

function stateOf({ protection }: Container): ProtectionState {
  return protection?.state ?? 'unknown';
}

/** 0: as the rules ask; 1: something lacks what its rule asks for; 3: nobody can say of everything. `away`: names of hosts. */
export function exitCodeOf(containers: readonly Container[], away: readonly string[]): ExitCode {
  const states = new Set(containers.map(stateOf));
  if (states.has('unprotected') || states.has('partly')) return 1;
  return states.has('unknown') || away.length > 0 ? 3 : 0;
}

/** Why the exit code is not 0, unknown first. */
export function reasonOf(containers: readonly Container[], away: readonly string[]): string {
  const numbers = lacking.flatMap((state) => numberOf(containers, state));
  const parts = [
    ...(away.length > 0 ? [`${away.length} ${away.length === 1 ? 'host is' : 'hosts are'} away`] : []),
    ...(numbers.length > 0 ? [`of ${containers.length} running: ${numbers.join(', ')}`] : []),
  ];
  return `not known to be protected as the rules ask: ${parts.join('; ')}`;
}

const lacking = ['unknown', 'unprotected', 'partly'] as const satisfies readonly ProtectionState[];

function numberOf(containers: readonly Container[], state: ProtectionState): readonly string[] {
  const number = containers.filter((one) => stateOf(one) === state).length;
  return number === 0 ? [] : [`${number} ${words[state]}`];
}

const columns: readonly Column[] = [
  { title: 'PROTECTION', width: 13 },
  { title: 'SINCE (UTC)', width: 19, least: 16 },
  { title: 'CONTAINER', width: 20, cut: 'middle', least: 10 },
  { title: 'HOST', width: 16, cut: 'middle', least: 8 },
  { title: 'BY', width: 80, least: 16 },
];

/** What is printed for people, in so many columns. */
export function describeContainers(containers: readonly Container[], away: readonly string[], width: number): string {
  if (containers.length === 0) return `${awayLine(away)}No container runs that fits.\n`;
  const rows = containers.map(rowOf);
  const table = fittedTable(columns, rows, width);
  return `${table}\n${whys(containers)}\n${awayLine(away)}${totals(containers)}\n`;
}

/** Hosts that are named when they are away. */
const namedAway = 5;

function awayLine(away: readonly string[]): string {
  if (away.length === 0) return '';
  const more = away.length > namedAway ? ` and ${away.length - namedAway} more` : '';
  const verb = away.length === 1 ? 'is' : 'are';
  return `${plain(away.slice(0, namedAway).join(', '))}${more} ${verb} away: what runs there may be another by now. Start the agent there.\n`;
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
  const those = containers.filter((one) => stateOf(one) !== 'protected' && stateOf(one) !== 'watched');
  const byReason = Map.groupBy(those, ({ protection }) => protection?.reason ?? 'The console says nothing of it.');
  return [...byReason]
    .map(([reason, those]) => {
      const some = those.slice(0, 5).map(({ name }) => name);
      const more = those.length > some.length ? ` and ${those.length - some.length} more` : '';
      return `\n${plain(`${some.join(', ')}${more}: ${reason}`)}`;
    })
    .join('');
}

function totals(containers: readonly Container[]): string {
  const parts = order.flatMap((state) => numberOf(containers, state));
  return `${containers.length} running: ${parts.join(', ')}.`;
}

const words: Readonly<Record<ProtectionState, string>> = {
  unknown: 'unknown',
  unprotected: 'not protected',
  partly: 'partly',
  protected: 'protected',
  watched: 'watched only',
};
