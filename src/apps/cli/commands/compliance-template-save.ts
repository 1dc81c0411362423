import { listOwnTemplates, saveOwnTemplate } from '#explorer/contract.ts';
import type { CommandCall, ExitCode } from '../command.ts';
import { readTemplateFile, readTemplateText } from '../compliance/template-choice.ts';
import { plain } from '../plain.ts';
import { withConsole } from '../runtime/ask.ts';

/** `seawall compliance template save FILE`: a new template, or the next version of the one with its id. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const [file = ''] = call.arguments;
  const { id } = await readTemplateFile(file);
  const text = await readTemplateText(file);
  const { title, version } = await withConsole(call, async (console) => {
    const { templates } = await console.ask(listOwnTemplates, {});
    const before = templates.find((one) => one.id === id && one.deletedAt === undefined);
    return (await console.ask(saveOwnTemplate, { body: { text, basedOn: before?.version ?? 0 } })).template;
  });
  call.terminal.err(plain(`Saved ${id}, ${title}, version ${version}.`).concat('\n'));
  return 0;
}
