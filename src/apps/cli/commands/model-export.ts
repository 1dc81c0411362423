import { AppError } from '#base/index.ts';
import { getModel } from '#runtime/contract.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { plainJson } from '../plain.ts';
import { withConsole } from '../runtime/ask.ts';
import { modelsOf } from '../runtime/models.ts';

/** `seawall model export IMAGE`: whole models, as the console keeps them. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const format = text(call.options['format']) ?? 'json';
  if (format !== 'json') throw new AppError('usage', `--format ${format} is not json.`);
  const [image = ''] = call.arguments;
  return await withConsole<ExitCode>(call, async (console) => {
    for (const { id } of await modelsOf(console, image)) {
      const { model } = await console.ask(getModel, { params: { id } });
      call.terminal.out(`${plainJson(JSON.stringify(model))}\n`);
    }
    return 0;
  });
}
