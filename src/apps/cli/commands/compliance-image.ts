import { AppError, cacheFolder } from '#base/index.ts';
import { type Catalog, imageFactsOfKept } from '#catalog/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { scannedBase } from '../compliance/base-image.ts';
import { judgeSubject, type SubjectFacts, type SubjectPart } from '../compliance/judge-subject.ts';
import { userId } from '../scan/database-here.ts';
import { dockerSocketOf, limitsOf, platformOf } from '../scan/options.ts';
import { registryAccessOf } from '../scan/registry-access.ts';
import { type Scanned, scanTarget } from '../scan/scan-target.ts';

/** `seawall compliance image TARGET`. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const [target = ''] = call.arguments;
  return await judgeSubject(call, async () => await factsOf(target, call));
}

async function factsOf(target: string, call: CommandCall): Promise<SubjectFacts> {
  const { subject, catalog } = await scanned(target, call);
  const own = partOf(target, catalog);
  const base = await scannedBase(subject, {
    named: text(call.options['base']),
    dockerSocket: dockerSocketOf(call.env),
    scan: async (name) => await scanned(name, call),
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

async function scanned(target: string, { options, env }: CommandCall): Promise<Scanned> {
  return await scanTarget({
    target,
    platform: platformOf(options),
    isPlatformAsked: options['platform'] !== undefined,
    limits: limitsOf(options),
    dockerSocket: dockerSocketOf(env),
    registry: registryAccessOf(options, env),
    executables: 'hashed',
    malwareSet: text(options['malwareSet']),
    ...(options['cache'] === false ? {} : { cacheFolder: cacheFolder(env, userId()) }),
  });
}

function partOf(target: string, catalog: Catalog): SubjectPart {
  const fields = imageFactsOfKept(catalog);
  if (fields === undefined)
    throw new AppError('usage', `${target} is a folder, not an image.`, {
      next: 'Judge this host by `seawall compliance host`.',
    });
  return { kind: 'image', documents: [{ kind: 'scan', fields }] };
}
