import { printable } from './printable.ts';
import type { CodeSighting, ExecSighting, LearnableSighting, Sighting } from './event.ts';
import { baseName } from './programs.ts';

/** What happened, as a sentence: who started what, whether it was prevented, and what is wrong with it. */
export function sentence(sighting: LearnableSighting, wrong: string): string {
  const deed = sighting.kind === 'exec' ? startDeed(sighting) : codeDeed(sighting);
  return `${deed}, ${wrong}${lateness(sighting)}${ending(sighting)}.`.slice(0, 2000);
}

function lateness({ isLate }: LearnableSighting): string {
  return isLate === true ? ", or a copy of the image's own file that was not compared within half a second" : '';
}

/** What to do about a file that may be the image's own, before all else; empty for any other. */
export function lateRemedy({ isLate }: LearnableSighting): string {
  return isLate === true
    ? 'Start it again in a moment: an unchanged copy runs once the comparison is done. Otherwise: '
    : '';
}

/** Whether something kept it from running. */
export function wasStopped({ verdict }: Sighting): boolean {
  return verdict === 'refused' || verdict === 'killed';
}

function startDeed(sighting: ExecSighting): string {
  const { process, session } = sighting;
  const ofSession = session === 'exec' && (sighting.isFirst || sighting.caller === undefined);
  const [ran, tried] = ofSession ? ['ran', 'tried to run'] : ['started', 'tried to start'];
  const applet = process.applet === undefined ? '' : ` (${printable(process.applet)})`;
  const inSession = session === 'exec' && !ofSession ? ' in a docker exec session' : '';
  return `${starterOf(sighting)} ${wasStopped(sighting) ? tried : ran} ${printable(process.path)}${applet}${inSession}`;
}

function starterOf({ caller, isFirst, session }: ExecSighting): string {
  if (!isFirst && caller !== undefined) return baseName(printable(caller.path));
  return session === 'exec' ? 'A docker exec session' : 'The container';
}

function codeDeed(sighting: CodeSighting): string {
  const verb = wasStopped(sighting) ? 'tried to load' : 'loaded';
  return `${baseName(printable(sighting.process.path))} ${verb} ${printable(sighting.file.path)}`;
}

function ending({ verdict }: Sighting): string {
  if (verdict === 'refused') return '; it was prevented';
  return verdict === 'killed' ? '; it was killed before its first instruction' : '';
}
