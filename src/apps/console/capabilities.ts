import { ownProgram, type RunsFrom } from '#access/contract.ts';
import type { GateFact } from '#gate/contract.ts';
import type { SensorFact } from '#runtime/contract.ts';
import type { HostScanNews } from '../agent/news.ts';
import type { DatabaseOutcome } from './database-task.ts';
import { ownStart } from './own-program.ts';

/** A part of the product on this machine: whether it works, by its own word, and what would switch it on. */
export interface Capability {
  readonly name: 'database' | 'engine' | 'sensor' | 'gate';
  readonly state: 'on' | 'partly' | 'off' | 'unknown';
  readonly words: string;
  /** Missing: nothing is left to do. */
  readonly next?: string;
}

/** What was heard of this machine so far. */
export interface HeardOfHost {
  readonly isRoot: boolean;
  readonly runsFrom: RunsFrom;
  /** Missing: it is still being made. */
  readonly database?: DatabaseOutcome;
  /** Missing: this machine is not looked at, or not yet. */
  readonly engine?: Extract<HostScanNews, { kind: 'found' }>['engine'];
  readonly sensor?: SensorFact;
  readonly gate?: GateFact;
}

/** The same with what the agent of this host tells. */
export function hearing(heard: HeardOfHost, news: HostScanNews): HeardOfHost {
  switch (news.kind) {
    case 'found':
      return { ...heard, engine: news.engine };
    case 'sensor':
      return { ...heard, sensor: news.fact };
    case 'gate':
      return { ...heard, gate: news.fact };
    default:
      return heard;
  }
}

/** All parts in the order of the product. Pure. */
export function capabilitiesOf(heard: HeardOfHost): readonly Capability[] {
  return [databaseOf(heard), engineOf(heard), sensorOf(heard), gateOf(heard)];
}

/** A line of the terminal each. */
export function capabilityLines(capabilities: readonly Capability[]): readonly string[] {
  return capabilities.map(({ name, state, words, next }) =>
    `${name.padEnd(9)} ${state.padEnd(8)} ${words}${next === undefined ? '' : ` ${next}`}`.trimEnd(),
  );
}

function databaseOf({ database, runsFrom }: HeardOfHost): Capability {
  const name = 'database';
  if (database === undefined) return { name, state: 'unknown', words: 'It is still being built.' };
  const { kind, words } = database;
  if (kind === 'ready') return { name, state: 'on', words };
  const next = `Or run \`${ownProgram(runsFrom)} db import FILE\` with a database from another machine. Images and containers are shown without it; findings are unknown.`;
  return { name, state: 'off', words, next };
}

function engineOf({ engine, isRoot, runsFrom }: HeardOfHost): Capability {
  const name = 'engine';
  if (engine === undefined) return { name, state: 'unknown', words: 'This machine has not been looked at yet.' };
  if (engine.kind === 'docker') return { name, state: 'on', words: `Docker ${engine.version}` };
  const next = isRoot
    ? 'Start Docker, or name its socket with DOCKER_HOST.'
    : `Start Docker, and run \`${ownStart(runsFrom)}\` as root or as a user who may use it.`;
  return { name, state: 'off', words: sentence(engine.reason), next };
}

function sensorOf({ sensor, isRoot, runsFrom }: HeardOfHost): Capability {
  const name = 'sensor';
  if (!isRoot) return { name, state: 'off', words: 'It needs root.', next: asRoot(runsFrom) };
  if (sensor === undefined) return { name, state: 'unknown', words: 'It has not reported yet.' };
  if (sensor.state !== 'working')
    return { name, state: 'off', words: sentence(sensor.reason ?? 'It does not answer.') };
  const missing = sensor.mechanisms.filter(({ active }) => !active);
  if (missing.length === 0) return { name, state: 'on', words: 'All its mechanisms work.' };
  const [first] = missing;
  const why = first?.reason === undefined ? '' : `: ${first.reason}`;
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  return { name, state: 'partly', words: sentence(`It lacks "${first?.name}"${more}${why}`), next: 'See Hosts.' };
}

function asRoot(from: RunsFrom): string {
  return `Run \`${ownStart(from)}\` as root.`;
}

function gateOf({ gate, isRoot, engine, runsFrom }: HeardOfHost): Capability {
  const name = 'gate';
  if (!isRoot) return { name, state: 'off', words: 'It needs root.', next: asRoot(runsFrom) };
  if (engine?.kind === 'none') return { name, state: 'off', words: 'There is no engine whose starts it could check.' };
  if (gate === undefined) return { name, state: 'unknown', words: 'It has not reported yet.' };
  const program = ownProgram(runsFrom);
  if (gate.wrapper === 'absent') {
    const next = `To refuse starts, create an admission rule, then run \`${program} gate install\`.`;
    return { name, state: 'off', words: 'It is not installed.', next };
  }
  const [problem] = gate.problems;
  if (gate.wrapper === 'installed' && problem === undefined)
    return { name, state: 'on', words: 'The engine starts containers through it.' };
  const words = problem ?? 'Not every start goes through it.';
  return { name, state: 'partly', words: sentence(words), next: `Run \`${program} gate status\`.` };
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
