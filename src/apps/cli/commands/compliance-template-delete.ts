import { deleteOwnTemplate } from '#explorer/contract.ts';
import { call } from '#http/index.ts';
import type { CommandCall, ExitCode } from '../command.ts';
import { consoleOf } from '../compliance/ask-console.ts';
import { plain } from '../plain.ts';

/** `seawall compliance template delete ID`. Its history can still be read. */
export async function run(given: CommandCall): Promise<ExitCode> {
  const [id = ''] = given.arguments;
  await call(deleteOwnTemplate, { params: { id } }, consoleOf(given));
  given.terminal.err(plain(`Deleted ${id}. Its history can still be read.`).concat('\n'));
  return 0;
}
