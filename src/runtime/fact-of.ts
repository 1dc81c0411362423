import { argsShape } from './args-shape.ts';
import type { Fact } from './contract.ts';
import type { CodeSighting, ExecSighting, MoveSighting, Sighting } from './event.ts';
import { generatedFolder } from './generated-code.ts';
import { baseName, neverLearned, plainName } from './programs.ts';

/** What a sighting states, to be learned or compared. Pure; hashes are part of it only where the image vouches for nothing. */
export function factOf(sighting: Sighting): Fact {
  switch (sighting.kind) {
    case 'exec':
      return processFact(sighting);
    case 'code':
      return codeFact(sighting);
    case 'move':
      return moverFact(sighting);
  }
}

/** Where a program lies when it is not the image's own, unchanged file. */
export function foreignOrigin({
  origin,
  reason,
}: Sighting): Exclude<ExecSighting['origin'], 'image' | 'host'> | 'modified' | undefined {
  if (reason === 'modified') return 'modified';
  return origin === 'image' || origin === 'host' ? undefined : origin;
}

function processFact(sighting: ExecSighting): Fact {
  const { process, caller, isFirst, session } = sighting;
  const origin = foreignOrigin(sighting);
  const shape = shapeOf(sighting);
  return {
    dimension: 'process',
    path: process.path,
    ...(process.applet === undefined ? {} : { applet: process.applet }),
    ...(isFirst || caller === undefined || caller.origin === 'host' ? {} : { caller: caller.path }),
    ...(shape === undefined ? {} : { shape }),
    ...(origin === undefined ? {} : { origin }),
    ...(session === 'entry' ? {} : { session }),
    ...(origin === undefined || process.sha256 === undefined ? {} : { sha256: process.sha256 }),
  };
}

/** A script that is never learned has a shape of its own, so that nothing else that its interpreter runs falls with it. */
function shapeOf({ process, given, isScript }: ExecSighting): string | undefined {
  const shape = argsShape(process.path, process.argv);
  const name = baseName(given);
  if (!isScript || neverLearned(name, process.argv) === undefined) return shape;
  return `${shape ?? ''} {tool:${plainName(name)}}`.trim();
}

/** A move is never learned: what it states is only who moves. */
function moverFact({ process, session }: MoveSighting): Fact {
  return { dimension: 'process', path: process.path, ...(session === 'entry' ? {} : { session }) };
}

function codeFact(sighting: CodeSighting): Fact {
  const { process, file } = sighting;
  const folder = generatedFolder(sighting);
  if (folder !== undefined) return { dimension: 'file', kind: 'generated-code', path: process.path, folder };
  return {
    dimension: 'file',
    kind: 'code-file',
    path: process.path,
    file: file.path,
    ...(file.sha256 === undefined ? {} : { sha256: file.sha256 }),
  };
}
