import { AppError } from '#base/index.ts';
import { countFaults, faultKindOf } from '#image/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { componentsOnly } from '../formats/cyclonedx/index.ts';
import { plain } from '../plain.ts';
import { writeText } from '../scan/outputs.ts';
import { requestOf, scanShown } from '../scan/scan-request.ts';
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
  const scanned = await scanShown(requestOf(target(call), call), terminal);
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
