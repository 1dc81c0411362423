import type { ImageDigest } from '#base/index.ts';
import { namedApplet } from './applet.ts';
import type { CodeStatement, Evidence, Model, RuntimeRule } from './contract.ts';
import { emptyEvidence } from './evidence.ts';
import type { CodeSighting, ExecSighting, MoveSighting, SeenContainer } from './event.ts';
import { baseName } from './programs.ts';

/** Sightings as an agent makes them, for tests. */

const testDigest = `sha256:${'1'.repeat(64)}` as ImageDigest;

/** 5 January 2026, a Monday, 00:00 UTC. */
export const testStart = Date.UTC(2026, 0, 5);

export const hour = 3_600_000;

export const testContainer: SeenContainer = {
  id: 'c'.repeat(64),
  name: 'web',
  image: 'registry.example/web:1',
  digest: testDigest,
  entrypoint: ['nginx', '-g', 'daemon off;'],
};

type ExecPart = Partial<Omit<ExecSighting, 'caller'>> & { readonly argv?: readonly string[] };

/** `path`, started by `caller`; without one it is the container's first program. */
export function execSighting(path: string, caller?: string, { argv, ...part }: ExecPart = {}): ExecSighting {
  const words = argv ?? [baseName(path)];
  const applet = namedApplet(path, words);
  return {
    kind: 'exec',
    id: `event ${part.time ?? testStart}`,
    time: testStart,
    container: testContainer,
    session: 'entry',
    phase: 'run',
    origin: 'image',
    process: { pid: 4242, path, ...(applet === undefined ? {} : { applet }), argv: words, uid: 0 },
    ancestors: caller === undefined ? [] : [{ path: caller, pid: 4200 }],
    verdict: 'observed',
    reason: 'none',
    repeats: 0,
    ...(caller === undefined ? {} : { caller: { path: caller, origin: 'image' as const } }),
    given: path,
    isScript: false,
    isFirst: caller === undefined,
    ...part,
  };
}

/** `opener` runs the code of `file`. */
export function codeSighting(opener: string, file: string, part: Partial<CodeSighting> = {}): CodeSighting {
  return {
    kind: 'code',
    id: `event ${part.time ?? testStart}`,
    time: testStart,
    container: testContainer,
    session: 'entry',
    phase: 'run',
    origin: 'upper',
    process: { pid: 4242, path: opener, argv: [baseName(opener)], uid: 0 },
    ancestors: [],
    verdict: 'observed',
    reason: 'code',
    repeats: 0,
    code: 'script',
    file: { path: file },
    ...part,
  };
}

/** `mover` moved process 4300 to the cgroup `to`. */
export function moveSighting(mover: string, to: string, part: Partial<MoveSighting> = {}): MoveSighting {
  return {
    kind: 'move',
    id: `event ${part.time ?? testStart}`,
    time: testStart,
    container: testContainer,
    session: 'entry',
    phase: 'run',
    origin: 'image',
    process: { pid: 4242, path: mover, uid: 0 },
    ancestors: [],
    verdict: 'observed',
    reason: 'none',
    repeats: 0,
    moved: { pid: 4300, path: mover },
    to,
    isToContainer: false,
    isBorn: false,
    ...part,
  };
}

/** A model of the test container; active unless said otherwise. */
export function testModel(evidence: Evidence = emptyEvidence, part: Partial<Model> = {}): Model {
  return {
    key: { digest: testDigest, entrypoint: testContainer.entrypoint },
    version: 1,
    state: 'active',
    partial: false,
    evidence,
    convergence: {},
    ...part,
  };
}

/** A rule that alerts about everything. */
export const testRule: RuntimeRule = {
  id: 'default',
  version: 1,
  name: 'Default',
  state: 'on',
  drift: 'alert',
  code: 'alert',
  process: 'alert',
  preventFrom: 'protect-ready',
  execSessions: 'judge',
  neverLearn: [],
};

/** What runs in the test container, all of it of the image. */
export function testStatement(part: Partial<CodeStatement> = {}): CodeStatement {
  return {
    form: 1,
    host: 'prod-1',
    container: testContainer.id,
    name: testContainer.name,
    image: testDigest,
    at: '2026-11-24T15:00:00.000Z',
    since: '2026-11-24T12:03:00.000Z',
    mechanism: 'killed',
    processes: 2,
    mappings: 143,
    anonymous: 0,
    passed: 0,
    stopped: 0,
    unjudged: 0,
    counts: { image: 41, unlisted: 0, allowed: 0, other: 0 },
    files: [],
    omitted: 0,
    untold: 0,
    ...part,
  };
}
