import { AppError } from '#base/index.ts';
import { listOwnTemplates } from '#explorer/contract.ts';
import type { CommandCall, ExitCode } from '../command.ts';
import { withConsole } from '../runtime/ask.ts';

/** `seawall compliance template show ID`: its text as it was written, also of one that was deleted. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const [id = ''] = call.arguments;
  const { templates } = await withConsole(call, async (console) => await console.ask(listOwnTemplates, {}));
  const found = templates.find((one) => one.id === id);
  if (found === undefined) throw new AppError('not-found', `The console has no own template ${id}.`);
  call.terminal.out(found.text.endsWith('\n') ? found.text : `${found.text}\n`);
  return 0;
}
