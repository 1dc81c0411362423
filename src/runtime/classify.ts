import { oddApplet } from './applet.ts';
import type { FactClass } from './contract.ts';
import type { CodeSighting, ExecSighting, Sighting } from './event.ts';
import { foreignOrigin } from './fact-of.ts';
import { generatedFolder } from './generated-code.ts';
import {
  baseName,
  isEngineFile,
  isInterpreter,
  isLoader,
  kindOf,
  namesOf,
  neverLearned,
  seenName,
} from './programs.ts';

/** How much a sighting weighs, and why in one sentence. */
export interface Classified {
  readonly class: FactClass;
  /** Missing for what is benign. */
  readonly why?: string;
  /** The image or its operator declares it: it is in the model from its first sighting. */
  readonly declared: boolean;
}

const benign: Classified = { class: 'benign', declared: false };
const declared: Classified = { class: 'benign', declared: true };

/**
 * Class of a sighting (A, B and C of the learning method). Forbidden, whatever the model says: programs that are not the
 * image's, loaders as programs, sessions from outside, and tools that are never learned; they wait for a person.
 * `curl` and `wget` are notable and not forbidden, since entry scripts use them to wait for others and fetch settings:
 * they have to be seen again, and stand in the list to look at before anything is prevented.
 * The container's own first program and its health check are what the image is for, so no list of names holds for them.
 */
export function classify(sighting: Sighting, neverLearn: readonly string[] = []): Classified {
  switch (sighting.kind) {
    case 'exec':
      return classifyExec(sighting, neverLearn);
    case 'code':
      return classifyCode(sighting);
    case 'move':
      return forbidden(`${sighting.process.path} is part of a move out of the container's cgroup.`);
  }
}

function classifyExec(sighting: ExecSighting, neverLearn: readonly string[]): Classified {
  const { process, session, isFirst } = sighting;
  if (isFirst && session === 'entry' && isEngineFile(process.path)) return declared;
  const foreign = foreignOrigin(sighting);
  if (foreign !== undefined) return forbidden(`${process.path} ${foreignWords[foreign]}.`);
  if (sighting.reason === 'loader' || isLoader(process.path))
    return forbidden(`${process.path} loads a program past the check of its own start.`);
  if (session === 'exec') return forbidden(`${process.path} was run in a docker exec session, not by the application.`);
  if (session === 'health-check' || isFirst) return declared;
  if (process.applet === oddApplet && !isInterpreter(process.path))
    return forbidden(`${process.path} was started under a name that no applet has.`);
  const listed = neverLearnedOf(sighting, neverLearn);
  return listed === undefined ? classifyChild(sighting) : forbidden(listed);
}

/** Why the never-learn list holds for it, as a sentence. */
export function neverLearnedOf(sighting: ExecSighting, neverLearn: readonly string[]): string | undefined {
  for (const name of namesOf(sighting)) {
    const why = neverLearned(name, sighting.process.argv, neverLearn);
    if (why !== undefined) return `${name} ${why}.`;
  }
  return undefined;
}

function classifyChild({ process, caller }: ExecSighting): Classified {
  const name = seenName(process);
  const kind = kindOf(name);
  if (kind === 'other') return benign;
  if (kind === 'downloader') return notable(`${name} fetches from the network.`);
  if (caller === undefined || isShellLike(caller.path)) return benign;
  return notable(`${baseName(caller.path)} starts ${name}.`);
}

/** `busybox` as a caller is its shell: nothing else of it starts programs but on a shell's word. */
function isShellLike(path: string): boolean {
  return kindOf(path) === 'shell' || baseName(path) === 'busybox';
}

function classifyCode(sighting: CodeSighting): Classified {
  const { process, file, writer } = sighting;
  if (generatedFolder(sighting) !== undefined) return notable(`${process.path} runs code that it wrote itself.`);
  const by = writer === undefined ? '' : `, written by ${writer}`;
  return forbidden(`${file.path} is code that is not the image's${by}.`);
}

const foreignWords = {
  modified: 'is not the file that the image has there',
  upper: 'was written in the container',
  'other-mount': 'lies on a mount, not in the image',
  memory: 'exists in memory only',
  deleted: 'was deleted before it ran',
} as const;

function forbidden(why: string): Classified {
  return { class: 'forbidden', why, declared: false };
}

function notable(why: string): Classified {
  return { class: 'notable', why, declared: false };
}
