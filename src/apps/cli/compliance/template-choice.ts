import { AppError, messageOf } from '#base/index.ts';
import { type Template, templates } from '#compliance/index.ts';
import { listOwnTemplates, ownPrefix } from '#explorer/contract.ts';
import { asChecks, controlTemplates, openOwnTemplate, type OwnTemplate, readOwnTemplate } from '#explorer/index.ts';
import { call } from '#http/index.ts';
import { bytesWithin } from '../bounded-file.ts';
import { type CommandCall, text } from '../command.ts';
import { consoleOf } from './ask-console.ts';

/** Bytes of a file with a template; the text itself may be shorter still. */
const longest = 1_000_000;

/** The template that `--template` names: one of this release, a file, or one that was written at a console. Throws `usage`. */
export async function chosenTemplate(given: Pick<CommandCall, 'options' | 'env'>): Promise<Template | undefined> {
  const name = text(given.options['template']);
  if (name === undefined) return undefined;
  const known = releasedTemplates.find(({ id }) => id === name);
  if (known !== undefined) return known;
  if (/[./]/.test(name)) return asChecks(openOwnTemplate(await readTemplateFile(name)));
  if (name.startsWith(ownPrefix)) return asChecks(openOwnTemplate(await templateOfConsole(name, given)));
  throw new AppError('usage', `There is no template ${name}.`, {
    next: `Choose ${releasedTemplates.map(({ id }) => id).join(', ')}, an own template of a console, or a file such as ./template.yaml.`,
  });
}

/** Templates of this release, as choices of checks. */
export const releasedTemplates: readonly Template[] = [
  ...templates,
  ...controlTemplates.filter(({ id }) => !templates.some((one) => one.id === id)).map(asChecks),
];

/** Reads a template from a file. Throws `file-unreadable`, and `usage` with each problem and its line. */
export async function readTemplateFile(file: string): Promise<OwnTemplate> {
  return checked(await readTemplateText(file), file);
}

/** The text of a file that may hold a template. */
export async function readTemplateText(file: string): Promise<string> {
  const bytes = await bytesWithin(file, longest).catch((cause: unknown) => {
    throw new AppError('file-unreadable', `${file} cannot be read: ${messageOf(cause)}.`, { cause });
  });
  if (bytes !== undefined) return bytes.toString('utf8');
  throw new AppError('usage', `${file} is longer than any template.`);
}

async function templateOfConsole(id: string, given: Pick<CommandCall, 'options' | 'env'>): Promise<OwnTemplate> {
  const { templates: own } = await call(listOwnTemplates, {}, consoleOf(given));
  const saved = own.find((one) => one.id === id && one.deletedAt === undefined);
  if (saved !== undefined) return await checked(saved.text, id);
  throw new AppError('usage', `The console has no template ${id}.`, {
    next: '`seawall compliance template list` names those that it has.',
  });
}

async function checked(content: string, from: string): Promise<OwnTemplate> {
  const read = await readOwnTemplate(content);
  if (read.state === 'read') return read.template;
  const problems = read.problems.map(({ line, message }) =>
    line === undefined ? `${from}: ${message}` : `${from}:${line}: ${message}`,
  );
  throw new AppError('usage', problems.join('; '), { next: 'Correct the template and try again.' });
}
