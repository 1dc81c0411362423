import { listOwnTemplates } from '#explorer/contract.ts';
import type { CommandCall, ExitCode } from '../command.ts';
import { plain } from '../plain.ts';
import { formatOf, withConsole } from '../runtime/ask.ts';

/** `seawall compliance template list`: templates that were written at the console. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const format = formatOf(call);
  const { templates } = await withConsole(call, async (console) => await console.ask(listOwnTemplates, {}));
  for (const one of templates) {
    const { id, title, version, savedAt, savedBy, deletedAt } = one;
    const what = deletedAt === undefined ? `version ${version}, saved` : 'deleted';
    const row = `${id}  ${title}  ${what} ${savedAt.slice(0, 10)} by ${savedBy}`;
    call.terminal.out(`${format === 'json' ? JSON.stringify(one) : plain(row)}\n`);
  }
  return 0;
}
