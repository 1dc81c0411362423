import { AppError, oneLine } from '#base/index.ts';
import { type ImageSubject, openTarget, type Subject } from '#image/index.ts';
import { type Finding, findingDifference, matchCatalog } from '#vulnerability/index.ts';
import type { CommandCall } from '../command.ts';
import type { BasesWanted } from './bases-wanted.ts';
import { scannedBase } from '../compliance/base-image.ts';
import { type NewerBase, partedByBase } from './by-base.ts';
import { databaseHere } from './database-here.ts';
import { doubtsOf } from './doubts.ts';
import { dockerSocketOf } from './options.ts';
import type { ScanResult } from './result.ts';
import { requestOf, scanShown } from './scan-request.ts';

/** `--base`: this word for the nearest image of the engine. */
const auto = 'auto';

/** The result with the base that was asked for. Throws `usage` where it is no base of it. */
export async function onBase(
  result: ScanResult,
  { base: named, newer }: BasesWanted,
  call: CommandCall,
): Promise<ScanResult> {
  if (result.subject.kind !== 'image')
    throw new AppError('usage', 'A folder has no base image.', { next: 'Leave out --base.' });
  const found = await scannedBase(result.subject, {
    named: named === auto ? undefined : named,
    dockerSocket: dockerSocketOf(call.env),
    scan: async (target) => await opened(target, call),
  });
  if (found === undefined) throw noBase(result.subject);
  const { name, layers } = found.base;
  const { base } = partedByBase(result.findings, { layers });
  return {
    ...result,
    base: { name, layers, ...(newer === undefined ? {} : { newer: await newerBase(newer, base, call) }) },
  };
}

/** What an image says of its base proves nothing and is not opened: whoever built it could name any registry. */
function noBase({ settings }: ImageSubject): AppError {
  const label = settings.labels['org.opencontainers.image.base.name'];
  const said =
    label === undefined
      ? 'Name the image that it is built on'
      : `It says that it is built on ${oneLine(label, 200)}: name that`;
  return new AppError('usage', 'None of the images of the engine is the base of it.', { next: `${said} with --base.` });
}

async function opened(target: string, call: CommandCall): Promise<{ readonly subject: Subject }> {
  const one = await openTarget(target, requestOf(target, call));
  await one.close();
  return one;
}

/** Scans what may take the place of the base, and compares its findings with those that the image has of its base. */
async function newerBase(name: string, base: readonly Finding[], call: CommandCall): Promise<NewerBase> {
  const database = databaseHere(call.options, call.env);
  if (database.state !== 'ready') throw new AppError('database-missing', database.reason);
  const { catalog } = await scanShown(requestOf(name, call), call.terminal);
  const { findings, faults } = matchCatalog(catalog, database.open);
  const [doubt] = doubtsOf([...catalog.faults, ...faults]);
  if (doubt !== undefined)
    throw new AppError('usage', `${name} was not seen in full, so it is not known what it fixes: ${doubt}`, {
      next: 'Leave out --newer-base, or name another image.',
    });
  return { ...findingDifference(findings, base), name };
}
