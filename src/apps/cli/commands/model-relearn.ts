import type { CommandCall, ExitCode } from '../command.ts';
import { plain } from '../plain.ts';
import { withConsole } from '../runtime/ask.ts';
import { modelsOf } from '../runtime/models.ts';

/** `seawall model relearn IMAGE`. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const [image = ''] = call.arguments;
  return await withConsole<ExitCode>(call, async (console) => {
    for (const { id, key } of await modelsOf(console, image)) {
      await console.relearn(id);
      call.terminal.err(plain(`${key.digest} ${key.entrypoint.join(' ')} is relearning.`).concat('\n'));
    }
    return 0;
  });
}
