import { AppError } from '#base/index.ts';
import { listOwnTemplates } from '#explorer/contract.ts';
import { call } from '#http/index.ts';
import type { CommandCall, ExitCode } from '../command.ts';
import { consoleOf } from '../compliance/ask-console.ts';

/** `seawall compliance template show ID`: its text as it was written, also of one that was deleted. */
export async function run(given: CommandCall): Promise<ExitCode> {
  const [id = ''] = given.arguments;
  const { templates } = await call(listOwnTemplates, {}, consoleOf(given));
  const found = templates.find((one) => one.id === id);
  if (found === undefined) throw new AppError('not-found', `The console has no own template ${id}.`);
  given.terminal.out(found.text.endsWith('\n') ? found.text : `${found.text}\n`);
  return 0;
}
