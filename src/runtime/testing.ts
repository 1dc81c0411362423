import type { ImageDigest } from '#base/index.ts';
import type { CodeSighting, ExecSighting, SeenContainer } from './event.ts';
import { baseName } from './programs.ts';

/** Sightings as an agent makes them, for tests. */

export const testDigest = `sha256:${'1'.repeat(64)}` as ImageDigest;

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

type ExecPart = Partial<Omit<ExecSighting, 'process' | 'caller'>> & { readonly argv?: readonly string[] };

/** `path`, started by `caller`; without one it is the container's first program. */
export function execSighting(path: string, caller?: string, { argv, ...part }: ExecPart = {}): ExecSighting {
  return {
    kind: 'exec',
    id: `${path} ${part.time ?? testStart}`,
    time: testStart,
    container: testContainer,
    session: 'entry',
    phase: 'run',
    origin: 'image',
    process: { pid: 4242, path, argv: argv ?? [baseName(path)], uid: 0 },
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
    id: `${file} ${part.time ?? testStart}`,
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
