import type { CodeSighting, ExecSighting, MoveSighting, Sighting } from './event.ts';
import { foreignOrigin } from './fact-of.ts';
import type { ModelIndex } from './model-index.ts';
import { printable } from './printable.ts';

const most = 12;

/** What the model has in the place of a sighting, in words; `undefined` while it learns. */
export function expectedText(sighting: Sighting, index: ModelIndex | undefined): string | undefined {
  if (index?.isJudged('process') !== true) return undefined;
  if (sighting.kind === 'move') return undefined;
  const { caller, isFirst } = sighting.kind === 'exec' ? sighting : { caller: undefined, isFirst: false };
  if (sighting.kind === 'code') return `${printable(sighting.process.path)} runs code of the image.`;
  const starter = isFirst ? undefined : caller?.path;
  const known = index.startedBy(starter);
  const who = starter === undefined ? 'The engine' : printable(starter);
  if (known.length === 0) return `${who} starts no other program.`.slice(0, 2000);
  const more = known.length > most ? ` and ${known.length - most} more` : '';
  return `${who} starts ${known.slice(0, most).map(printable).join(', ')}${more}.`.slice(0, 2000);
}

/** What was seen in its place, with everything that is known of it. */
export function seenText(sighting: Sighting): string {
  return seenOf(sighting).slice(0, 2000);
}

function seenOf(sighting: Sighting): string {
  switch (sighting.kind) {
    case 'exec':
      return seenExec(sighting);
    case 'code':
      return seenCode(sighting);
    case 'move':
      return seenMove(sighting);
  }
}

function seenExec(sighting: ExecSighting): string {
  const { process, caller, isFirst, session } = sighting;
  const by = isFirst || caller === undefined ? 'brought in by the engine' : `started by ${printable(caller.path)}`;
  const origin = foreignOrigin(sighting);
  return [
    commandLine(process),
    ...(process.applet === undefined ? [] : [`as ${printable(process.applet)}`]),
    by,
    ...(process.uid === undefined ? [] : [`as uid ${process.uid}`]),
    ...(origin === undefined ? [] : [places[origin]]),
    ...(session === 'exec' ? ['in a docker exec session'] : []),
  ].join(', ');
}

function seenCode({ file, process, writer, origin }: CodeSighting): string {
  return [
    printable(file.path),
    `run by ${commandLine(process)}`,
    ...(writer === undefined ? [] : [`written by ${printable(writer)}`]),
    ...(origin === 'image' || origin === 'host' ? [] : [places[origin]]),
  ].join(', ');
}

function seenMove({ moved, to, process, other, isBorn }: MoveSighting): string {
  const by = other === undefined ? commandLine(process) : `${printable(other)} outside of the container`;
  const deed = isBorn ? 'started' : 'moved';
  return `process ${moved.pid} (${printable(moved.path)}) in cgroup ${printable(to)}, ${deed} by ${by}`;
}

const places = {
  modified: 'changed since the image was made',
  upper: "in the container's own layer",
  'other-mount': 'on a mount',
  memory: 'in memory only',
  deleted: 'deleted',
} as const;

function commandLine({ path, argv = [] }: Sighting['process']): string {
  return printable(
    [path, ...argv.slice(1).map((word) => (/^[\w/.+:@%,=~-]+$/.test(word) ? word : JSON.stringify(word)))].join(' '),
  );
}
