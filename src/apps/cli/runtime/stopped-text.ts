import type { EntryState, StoppedEntry, StopPart, Stops } from '#runtime/contract.ts';
import type { ExitCode } from '../command.ts';
import { plain } from '../plain.ts';

/** Entries that prevent would have stopped, for people: two lines of text for each. */
export function stoppedText({ entries, total }: Stops): string {
  const more = total > entries.length ? [`${total - entries.length} more are not listed.`] : [];
  return [...entries.flatMap(wordsOf), ...more].map((line) => `${plain(line)}\n`).join('');
}

function wordsOf(entry: StoppedEntry): readonly string[] {
  const { path, caller, session, file, shape } = entry;
  const by = caller ?? (session === 'exec' ? 'a docker exec session' : 'the engine');
  const started = `${by} starts ${path}${shape === undefined ? '' : ` (${shape})`}`;
  const inSession =
    session === 'exec' && (caller !== undefined || file !== undefined) ? ', in a docker exec session' : '';
  return [
    `${file === undefined ? started : `${path} runs ${file}`}${inSession}`,
    `    ${[seenWords(entry), whereWords(entry), partWords[entry.part], detectorWords(entry), stateWords(entry)].filter((words) => words !== '').join('; ')}`,
  ];
}

function whereWords({ containers: [first], containerCount }: StoppedEntry): string {
  if (first === undefined) return '';
  return `in ${first.name} on ${first.host}${containerCount > 1 ? ` and ${containerCount - 1} more` : ''}`;
}

function detectorWords({ detectors }: StoppedEntry): string {
  return detectors.length === 0 ? 'no alert in these days' : `detected by ${detectors.join(', ')}`;
}

const partWords: Readonly<Record<StopPart, string>> = {
  drift: "not the image's program",
  code: "not the image's code",
  model: 'not in the model',
  tool: 'a tool, never learned',
};

function seenWords({ alerts, stopped, hours, lastAt }: StoppedEntry): string {
  const parts = [
    ...(alerts > 0 ? [alerts === 1 ? '1 alert' : `${alerts} alerts`] : []),
    ...(stopped > 0 ? [`stopped ${stopped === 1 ? 'once' : `${stopped} times`}`] : []),
    ...(hours > 0 ? [`seen in ${hours} ${hours === 1 ? 'hour' : 'hours'}`] : []),
    ...(lastAt === undefined ? [] : [`last ${minute(lastAt)} UTC`]),
  ];
  return parts.join(', ');
}

function stateWords({ state, decidedBy, key }: StoppedEntry): string {
  if (decidedBy !== undefined) return `denied by ${decidedBy}`;
  if (key === undefined) return 'no entry can allow it';
  return state === undefined ? '' : waitingWords[state];
}

const waitingWords: Readonly<Record<EntryState, string>> = {
  confirmed: '',
  pending: '',
  unconfirmed: 'seen too rarely to be trusted',
  review: 'waits for review',
  denied: 'denied',
  graveyard: 'not seen for long before',
};

/** From when to when the answer goes, and what is not known. */
export function evidenceText({ evidence }: Pick<Stops, 'evidence'>): string {
  const { from, to, watched, of, days, unknown } = evidence;
  const span =
    from === undefined
      ? `Nothing was watched in the last ${days} days.`
      : `Evidence from ${minute(from)} to ${minute(to)} UTC: ${watched} of ${of} hours watched without loss.`;
  const gaps = unknown.filter(({ kind }) => kind !== 'nothing-watched').map(({ reason }) => `  not known: ${reason}`);
  return plainLines([span, ...gaps]);
}

function plainLines(lines: readonly string[]): string {
  return `${lines.map((line) => plain(line)).join('\n')}\n`;
}

function minute(moment: string): string {
  return moment.slice(0, 16).replace('T', ' ');
}

/** 0: nothing would have been stopped; 1: something that nobody denied would; 3: nothing, and not everything is known. */
export function exitCodeOfStops(all: readonly Stops[]): ExitCode {
  if (all.some(({ entries }) => entries.some(({ decidedBy }) => decidedBy === undefined))) return 1;
  return all.some(({ evidence }) => evidence.unknown.length > 0) ? 3 : 0;
}

/** The last line of standard error. */
export function stopsReason(all: readonly Stops[]): string {
  const total = all.reduce((sum, stops) => sum + stops.total, 0);
  const denied = all.flatMap(({ entries }) => entries).filter(({ decidedBy }) => decidedBy !== undefined).length;
  const which = denied === 0 ? '' : `, of which a person denied ${denied}`;
  if (exitCodeOfStops(all) === 1)
    return `Prevent would have stopped ${total === 1 ? '1 entry' : `${total} entries`}${which}. Allow what the application needs, on the page of the model; the rest stays refused.`;
  const kept = total === 0 ? '' : ` but ${total} that a person denied`;
  if (exitCodeOfStops(all) === 3)
    return `Prevent would have stopped nothing${kept} of what is known; not everything is.`;
  return `Prevent would have stopped nothing${kept}.`;
}
