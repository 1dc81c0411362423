import { AppError } from '#base/index.ts';
import { type Catalog, imageFactsOfKept } from '#catalog/index.ts';
import { openCustom } from '#compliance/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { scannedBase } from '../compliance/base-image.ts';
import { judgeSubject, type SubjectFacts, type SubjectPart } from '../compliance/judge-subject.ts';
import { dockerSocketOf } from '../scan/options.ts';
import { requestOf } from '../scan/scan-request.ts';
import { type Scanned, scanTarget } from '../scan/scan-target.ts';
import { scriptsThere } from '../scan/scripts-there.ts';

/** `seawall compliance image TARGET`. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const [target = ''] = call.arguments;
  return await judgeSubject(call, async () => await factsOf(target, call));
}

async function factsOf(target: string, call: CommandCall): Promise<SubjectFacts> {
  const { options, env } = call;
  const scripts = await scriptsThere({ options, env });
  const { subject, catalog } = await scanTarget({ ...requestOf(target, call), scripts: scripts?.wanted });
  const custom = scripts === undefined ? [] : await openCustom(scripts.checks);
  const own = { ...partOf(target, catalog), custom };
  const base = await scannedBase(subject, {
    named: text(options['base']),
    dockerSocket: dockerSocketOf(env),
    scan: async (name): Promise<Scanned> => await scanTarget(requestOf(name, call)),
  });
  return {
    kind: 'image',
    name: target,
    parts: [own],
    base:
      base === undefined
        ? { about: { kind: 'unknown' }, parts: [] }
        : { about: base.base, parts: [partOf(base.base.name, base.scanned.catalog)] },
  };
}

function partOf(target: string, catalog: Catalog): SubjectPart {
  const fields = imageFactsOfKept(catalog);
  if (fields === undefined)
    throw new AppError('usage', `${target} is a folder, not an image.`, {
      next: 'Judge this host by `seawall compliance host`.',
    });
  return { kind: 'image', documents: [{ kind: 'scan', fields }] };
}
