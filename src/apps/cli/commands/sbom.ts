import { AppError, cacheFolder } from '#base/index.ts';
import { countFaults, faultKindOf } from '#image/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { componentsOnly } from '../formats/cyclonedx/index.ts';
import { plain } from '../plain.ts';
import { layerProgress } from '../progress.ts';
import { userId } from '../scan/database-here.ts';
import { dockerSocketOf, limitsOf, platformOf } from '../scan/options.ts';
import { writeText } from '../scan/outputs.ts';
import { registryAccessOf } from '../scan/registry-access.ts';
import { type Scanned, scanTarget } from '../scan/scan-target.ts';
import { sourceDateOf } from '../scan/source-date.ts';
import { exitCodes } from '../scan/verdict-exit.ts';

/**
 * `seawall sbom`: the components of a target, without a vulnerability database. A target that was not seen in full ends with the
 * code of what cannot be judged; the document is written all the same, and says so.
 */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { options, terminal, env } = call;
  const format = text(options['format']) ?? 'cyclonedx';
  if (format !== 'cyclonedx')
    throw new AppError('usage', `There is no format ${format} of bills of materials.`, {
      next: 'Choose cyclonedx, or leave out --format.',
    });
  const moment = sourceDateOf(env) ?? new Date();
  const scanned = await scannedHere(call);
  const written = componentsOnly({ ...scanned, moment });
  const file = text(options['output']);
  if (file === undefined) terminal.out(written);
  else await writeText(file, written);
  const { faults } = scanned.catalog;
  if (faults.length === 0) return exitCodes.pass;
  terminal.err(`${plain(target(call))}: ${countFaults(faults)} faults; the document names them and is incomplete.\n`);
  return faults.some(({ code }) => isUnseen(code)) ? exitCodes['cannot-judge'] : exitCodes.pass;
}

/** A file that nothing identifies was read; what was not seen may hold any number of components. */
function isUnseen(code: string): boolean {
  return ['reading', 'content'].includes(faultKindOf(code));
}

function target({ arguments: [named = ''] }: CommandCall): string {
  return named;
}

async function scannedHere(call: CommandCall): Promise<Scanned> {
  const { options, env, terminal } = call;
  const progress = layerProgress(terminal);
  try {
    return await scanTarget({
      target: target(call),
      platform: platformOf(options),
      isPlatformAsked: options['platform'] !== undefined,
      limits: limitsOf(options),
      dockerSocket: dockerSocketOf(env),
      registry: registryAccessOf(options, env),
      executables: 'hashed',
      malwareSet: text(options['malwareSet']),
      onRegistry: (repository) => terminal.err(`Not on this machine; asking the registry for ${plain(repository)}.\n`),
      onProgress: progress.show,
      ...(options['cache'] === false ? {} : { cacheFolder: cacheFolder(env, userId()) }),
    });
  } finally {
    progress.end();
  }
}
