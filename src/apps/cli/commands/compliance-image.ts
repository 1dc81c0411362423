import { AppError, cacheFolder } from '#base/index.ts';
import { imageFactsOfKept } from '#catalog/index.ts';
import { openCustom } from '#compliance/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { judgeSubject, type SubjectPart } from '../compliance/judge-subject.ts';
import { userId } from '../scan/database-here.ts';
import { dockerSocketOf, limitsOf, platformOf } from '../scan/options.ts';
import { registryAccessOf } from '../scan/registry-access.ts';
import { scanTarget } from '../scan/scan-target.ts';
import { scriptsThere } from '../scan/scripts-there.ts';

/** `seawall compliance image TARGET`. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const [target = ''] = call.arguments;
  return await judgeSubject(call, async () => ({ kind: 'image', name: target, parts: [await partOf(target, call)] }));
}

async function partOf(target: string, { options, env }: CommandCall): Promise<SubjectPart> {
  const scripts = await scriptsThere({ options, env });
  const { catalog } = await scanTarget({
    target,
    platform: platformOf(options),
    isPlatformAsked: options['platform'] !== undefined,
    limits: limitsOf(options),
    dockerSocket: dockerSocketOf(env),
    registry: registryAccessOf(options, env),
    executables: 'hashed',
    scripts: scripts?.wanted,
    malwareSet: text(options['malwareSet']),
    ...(options['cache'] === false ? {} : { cacheFolder: cacheFolder(env, userId()) }),
  });
  const fields = imageFactsOfKept(catalog);
  if (fields === undefined)
    throw new AppError('usage', `${target} is a folder, not an image.`, {
      next: 'Judge this host by `seawall compliance host`.',
    });
  const custom = scripts === undefined ? [] : await openCustom(scripts.checks);
  return { kind: 'image', documents: [{ kind: 'scan', fields }], custom };
}
