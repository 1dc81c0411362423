import { comparableName } from '../comparable-name.ts';
import { namedApplet } from '../../applet.ts';
import type { SeenProcess } from '../../contract.ts';
import type { CodeSighting, ExecSighting, LearnableSighting, MoveSighting, Origin } from '../../event.ts';
import { interpretedName } from '../../interpreted.ts';
import type { ContainerRecord } from '../containers/container-record.ts';
import type { CodeFrame, ExecFrame, MoveFrame } from '../wire/frames.ts';
import { codeFlag, execFlag, moveFlag, type origin } from '../wire/words.ts';

/** How the sensor's clock becomes the world's. */
export interface SensorClock {
  /** Of the ring: with the sequence it names an event. */
  readonly epoch: bigint;
  /** Nanoseconds to add to its time to get Unix time. */
  readonly bootOffset: bigint;
}

/** What is known of a program's file. */
export interface ProgramFile {
  readonly sha256?: string;
  readonly md5?: string;
  readonly package?: string;
}

export interface SightingTerms {
  readonly record: ContainerRecord;
  readonly clock: SensorClock;
  /** Of the program that runs. */
  readonly program: ProgramFile | undefined;
  /** The program was written over one of the image. */
  readonly isChanged?: boolean;
  /** Of a code file that the program opened. */
  readonly code?: ProgramFile | undefined;
}

/** A moment of the sensor in milliseconds since 1970. */
export function timeOf(time: bigint, { bootOffset }: SensorClock): number {
  return Number((time + bootOffset) / 1_000_000n);
}

/** What an event says, once it is known whose it is. Texts of the container are made fit to be shown. Pure but for `record`. */
export function sightingOf(frame: ExecFrame | CodeFrame, terms: SightingTerms): LearnableSighting {
  return frame.kind === 'exec' ? execSighting(frame, terms) : codeSighting(frame, terms);
}

/** What a move says, once it is known whose process it is. */
export function moveSightingOf(frame: MoveFrame, { record, clock, program }: SightingTerms): MoveSighting {
  const isByOther = (frame.flags & moveFlag.byOther) !== 0;
  const moved = { pid: frame.pid, start: frame.start, path: comparableName(frame.path) };
  const mover = { pid: frame.mover, start: frame.moverStart, path: comparableName(frame.moverPath) };
  const { pid, start, path } = isByOther ? moved : mover;
  const time = timeOf(frame.time, clock);
  return {
    kind: 'move',
    id: `${clock.epoch.toString(16)}-${frame.sequence}`,
    time,
    container: record.seen(),
    session: frame.session,
    phase: record.phaseAt(time),
    origin: 'image',
    process: { pid, startedAt: momentOf(start, clock), path, ...program, ...(isByOther ? {} : { uid: frame.uid }) },
    ancestors: [],
    verdict: 'observed',
    reason: 'none',
    repeats: frame.repeats,
    moved: { pid: moved.pid, path: moved.path },
    to: `${comparableName(frame.toPath)}${(frame.flags & moveFlag.pathCut) === 0 ? '' : '…'}`,
    isToContainer: (frame.flags & moveFlag.container) !== 0,
    isBorn: (frame.flags & moveFlag.born) !== 0,
    ...(isByOther ? { other: mover.path } : {}),
  };
}

function execSighting(frame: ExecFrame, terms: SightingTerms): ExecSighting {
  const isOutside = frame.caller.inode === 0n || frame.callerOrigin === 'unknown' || frame.callerOrigin === 'host';
  return {
    kind: 'exec',
    ...seenOf(frame, terms),
    process: withApplet(processOf(frame, { ...terms, path: frame.path }), frame),
    reason: terms.isChanged === true ? 'modified' : frame.reason,
    ...(isOutside ? {} : { caller: { path: comparableName(frame.callerPath), origin: originOf(frame.callerOrigin) } }),
    given: comparableName(frame.given),
    isScript: (frame.flags & execFlag.script) !== 0,
    isFirst: (frame.flags & execFlag.first) !== 0,
  };
}

function codeSighting(frame: CodeFrame, terms: SightingTerms): CodeSighting {
  const sha256 = frame.sha256 === '' ? terms.code?.sha256 : frame.sha256;
  return {
    kind: 'code',
    ...seenOf(frame, terms),
    process: processOf(frame, { ...terms, path: frame.openerPath }),
    reason: 'code',
    code: frame.codeKind,
    file: { path: comparableName(frame.path), ...(sha256 === undefined ? {} : { sha256 }) },
    ...(frame.writerPath === '' ? {} : { writer: comparableName(frame.writerPath) }),
  };
}

/** As the sensor judged it; else by its words, where they tell. */
function withApplet(process: SeenProcess, frame: ExecFrame): SeenProcess {
  const { path, argv = [] } = process;
  const words = (frame.flags & execFlag.argvCut) === 0 ? 'whole' : 'cut';
  const applet =
    frame.applet === ''
      ? (namedApplet(path, argv) ?? interpretedName(path, argv, words))
      : comparableName(frame.applet);
  return applet === undefined ? process : { ...process, applet: applet.slice(0, longestApplet) };
}

type Common = Omit<ExecSighting, 'kind' | 'process' | 'reason' | 'caller' | 'given' | 'isScript' | 'isFirst'>;

function seenOf(frame: ExecFrame | CodeFrame, { record, clock }: SightingTerms): Common {
  const time = timeOf(frame.time, clock);
  return {
    id: `${clock.epoch.toString(16)}-${frame.sequence}`,
    time,
    container: record.seen(),
    session: record.sessionOf(frame),
    phase: record.phaseAt(time),
    origin: originOf(frame.origin),
    ancestors: frame.ancestors.map(({ pid, start, path }) => ({
      pid,
      startedAt: momentOf(start, clock),
      path: comparableName(path),
    })),
    verdict: frame.verdict,
    repeats: frame.repeats,
    ...(isLate(frame) ? { isLate: true } : {}),
  };
}

function isLate(frame: ExecFrame | CodeFrame): boolean {
  return (frame.flags & (frame.kind === 'exec' ? execFlag.copyLate : codeFlag.copyLate)) !== 0;
}

function processOf(
  frame: ExecFrame | CodeFrame,
  { clock, program, path }: SightingTerms & { readonly path: string },
): SeenProcess {
  const argv = wordsOf(frame.argv);
  return {
    pid: frame.pid,
    startedAt: momentOf(frame.start, clock),
    path: comparableName(path),
    ...program,
    ...(argv.length === 0 ? {} : { argv }),
    uid: frame.uid,
  };
}

function momentOf(time: bigint, clock: SensorClock): string {
  return new Date(timeOf(time, clock)).toISOString();
}

function originOf(word: keyof typeof origin): Origin {
  switch (word) {
    case 'other':
      return 'other-mount';
    case 'unknown':
      return 'host';
    default:
      return word;
  }
}

const mostWords = 256;
const longestApplet = 255;

function wordsOf(argv: string): readonly string[] {
  if (argv === '') return [];
  return argv
    .replace(/\0$/, '')
    .split('\0')
    .slice(0, mostWords)
    .map((word) => comparableName(word));
}
