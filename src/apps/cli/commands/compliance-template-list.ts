import { listOwnTemplates } from '#explorer/contract.ts';
import { call } from '#http/index.ts';
import type { CommandCall, ExitCode } from '../command.ts';
import { consoleOf } from '../compliance/ask-console.ts';
import { plain } from '../plain.ts';
import { formatOf } from '../runtime/ask.ts';

/** `seawall compliance template list`: templates that were written at the console. */
export async function run(given: CommandCall): Promise<ExitCode> {
  const format = formatOf(given);
  const { templates } = await call(listOwnTemplates, {}, consoleOf(given));
  for (const one of templates) {
    const { id, title, version, savedAt, savedBy, deletedAt } = one;
    const what = deletedAt === undefined ? `version ${version}, saved` : 'deleted';
    const row = `${id}  ${title}  ${what} ${savedAt.slice(0, 10)} by ${savedBy}`;
    given.terminal.out(`${format === 'json' ? JSON.stringify(one) : plain(row)}\n`);
  }
  return 0;
}
