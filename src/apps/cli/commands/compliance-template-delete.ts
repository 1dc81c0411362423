import { deleteOwnTemplate } from '#explorer/contract.ts';
import type { CommandCall, ExitCode } from '../command.ts';
import { plain } from '../plain.ts';
import { withConsole } from '../runtime/ask.ts';

/** `seawall compliance template delete ID`. Its history can still be read. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const [id = ''] = call.arguments;
  await withConsole(call, async (console) => await console.ask(deleteOwnTemplate, { params: { id } }));
  call.terminal.err(plain(`Deleted ${id}. Its history can still be read.`).concat('\n'));
  return 0;
}
