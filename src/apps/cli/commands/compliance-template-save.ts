import { listOwnTemplates, saveOwnTemplate } from '#explorer/contract.ts';
import { call } from '#http/index.ts';
import type { CommandCall, ExitCode } from '../command.ts';
import { consoleOf } from '../compliance/ask-console.ts';
import { readTemplateFile, readTemplateText } from '../compliance/template-choice.ts';
import { plain } from '../plain.ts';

/** `seawall compliance template save FILE`: a new template, or the next version of the one with its id. */
export async function run(given: CommandCall): Promise<ExitCode> {
  const [file = ''] = given.arguments;
  const { id } = await readTemplateFile(file);
  const text = await readTemplateText(file);
  const to = consoleOf(given);
  const { templates } = await call(listOwnTemplates, {}, to);
  const before = templates.find((one) => one.id === id && one.deletedAt === undefined);
  const { template } = await call(saveOwnTemplate, { body: { text, basedOn: before?.version ?? 0 } }, to);
  const { title, version } = template;
  given.terminal.err(plain(`Saved ${id}, ${title}, version ${version}.`).concat('\n'));
  return 0;
}
