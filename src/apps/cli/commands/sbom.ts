import { AppError } from '#base/index.ts';
import { countFaults, faultKindOf } from '#image/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import type { BillSource } from '../formats/bill-source.ts';
import { componentsOnly } from '../formats/cyclonedx/index.ts';
import { packagesOnly } from '../formats/spdx/index.ts';
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
  const render = Object.hasOwn(renderers, format) ? renderers[format] : undefined;
  if (render === undefined)
    throw new AppError('usage', `There is no format ${format} of bills of materials.`, {
      next: `Choose ${Object.keys(renderers).join(', ')}, or leave out --format.`,
    });
  const moment = sourceDateOf(env) ?? new Date();
  const scanned = await scanShown(requestOf(target(call), call), terminal);
  const written = render({ ...scanned, moment });
  const file = text(options['output']);
  if (file === undefined) terminal.out(written);
  else await writeText(file, written);
  const { faults } = scanned.catalog;
  if (faults.length === 0) return exitCodes.pass;
  terminal.err(`${plain(target(call))}: ${countFaults(faults)} faults; the document names them and is incomplete.\n`);
  return faults.some(({ code }) => isUnseen(code)) ? exitCodes['cannot-judge'] : exitCodes.pass;
}

const renderers: Readonly<Record<string, (source: BillSource) => string>> = {
  cyclonedx: (source) => componentsOnly(source),
  'cyclonedx-1.7': (source) => componentsOnly(source, '1.7'),
  spdx: packagesOnly,
};

/** A file that nothing identifies was read; what was not seen may hold any number of components. */
function isUnseen(code: string): boolean {
  return ['reading', 'content'].includes(faultKindOf(code));
}

function target({ arguments: [named = ''] }: CommandCall): string {
  return named;
}
