import { writeFile } from 'node:fs/promises';
import { join, parse as parsePath } from 'node:path';
import { AppError, messageOf } from '#base/index.ts';
import { type OptionValue, type Terminal, text, texts } from '../command.ts';
import { formats } from '../formats/index.ts';
import { plain } from '../plain.ts';
import { platformName } from './platform-results.ts';
import type { FindingList, PlatformResults, RenderOptions, ResultFormat, ScanResult } from './result.ts';

/** A format and the file that it goes to; without one it goes to standard output. */
interface Output {
  readonly format: ResultFormat;
  readonly file?: string;
}

/**
 * Where the result of one scan goes: `--format FORMAT=FILE` writes a file, and one plain FORMAT, the table unless
 * another is named, goes to `--output` or to standard output.
 */
export function outputsOf(options: Readonly<Record<string, OptionValue>>): readonly Output[] {
  const named = texts(options['format']).map(parse);
  const files = named.filter(({ file }) => file !== undefined);
  const [main = { format: formatOf('table') }, ...others] = named.filter(({ file }) => file === undefined);
  if (others.length > 0)
    throw new AppError('usage', 'Only one format can go to standard output.', {
      next: 'Write the others as FORMAT=FILE, like --format html=report.html.',
    });
  const output = text(options['output']);
  const outputs = [output === undefined ? main : { ...main, file: output }, ...files];
  const twice = outputs.find(
    ({ file }, index) => file !== undefined && outputs.findIndex((one) => one.file === file) < index,
  );
  if (twice !== undefined) throw new AppError('usage', `Two formats cannot go to the same file ${twice.file}.`);
  return outputs;
}

/** Whether a person reads the verdict in the result itself, so that standard error need not repeat it. */
export function showsVerdict(outputs: readonly Output[], { seen }: Terminal): boolean {
  return seen === 'both' && outputs.some(({ format, file }) => format.id === 'table' && file === undefined);
}

/** Columns of a result that goes to a file. */
const fileColumns = 80;

interface Writing {
  readonly terminal: Terminal;
  readonly now: Date;
  readonly sourceDate?: Date | undefined;
  readonly list?: FindingList;
}

/** Writes all of them; a file that cannot be written keeps no other from being written. */
export async function writeOutputs(outputs: readonly Output[], result: ScanResult, writing: Writing): Promise<void> {
  await writeEach(
    outputs.map((output) => {
      remarkOn(result, output, writing);
      return { ...output, text: output.format.render(result, renderOptions(output, writing)) };
    }),
    writing.terminal,
  );
}

/** Formats that cannot hold several images, without a file that names of files can be made of. Throws `usage`. */
export function refuseOneImageOnly(outputs: readonly Output[]): void {
  const one = outputs.find(({ format, file }) => format.renderAll === undefined && file === undefined);
  if (one === undefined) return;
  const { id } = one.format;
  throw new AppError('usage', `The format ${id} holds one image, and goes to a file for each platform.`, {
    next: `Write --format ${id}=FILE: the name of the platform is put before its ending.`,
  });
}

/** Writes the results of all platforms: one text, or a file for each where the format holds one image. */
export async function writeAllOutputs(
  outputs: readonly Output[],
  all: PlatformResults,
  writing: Writing,
): Promise<void> {
  const texts = outputs.flatMap((output) => {
    for (const result of all.results) remarkOn(result, output, writing);
    const { format, file } = output;
    const options = renderOptions(output, writing);
    if (format.renderAll !== undefined) return [{ ...output, text: format.renderAll(all, options) }];
    return all.results.map((result) => ({
      format,
      file: fileOf(file ?? format.id, platformName(result)),
      text: format.render(result, options),
    }));
  });
  await writeEach(texts, writing.terminal);
}

/** `bill.json` for `linux/arm64`: `bill.linux-arm64.json`. */
function fileOf(file: string, platform: string): string {
  const { dir, name, ext } = parsePath(file);
  return join(dir, `${name}.${platform.replaceAll(/[^\w.-]/g, '-')}${ext}`);
}

function remarkOn(result: ScanResult, { format }: Output, { terminal }: Writing): void {
  const remark = format.remark?.(result);
  if (remark !== undefined) terminal.err(`${plain(remark)}\n`);
}

function renderOptions({ file }: Output, { terminal, now, sourceDate, list }: Writing): RenderOptions {
  const isShown = file === undefined;
  return {
    colour: terminal.colour && isShown,
    columns: isShown ? terminal.columns : fileColumns,
    isVerdictBelow: isShown && terminal.seen === undefined && terminal.isOneStream === true,
    now,
    sourceDate,
    ...(list === undefined ? {} : { list }),
  };
}

async function writeEach(texts: readonly (Output & { readonly text: string })[], terminal: Terminal): Promise<void> {
  const failures: unknown[] = [];
  for (const { file, text: rendered } of texts) {
    if (file === undefined) terminal.out(rendered);
    else await writeText(file, rendered).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

function parse(written: string): Output {
  const at = written.indexOf('=');
  if (at === -1) return { format: formatOf(written) };
  const format = formatOf(written.slice(0, at));
  const file = written.slice(at + 1);
  if (file === '') throw new AppError('usage', `--format ${written} names no file.`);
  return { format, file };
}

function formatOf(id: string): ResultFormat {
  const format = formats.find((one) => one.id === id);
  if (format === undefined)
    throw new AppError('usage', `There is no format ${id}.`, {
      next: `Formats are ${formats.map((one) => one.id).join(', ')}; FORMAT=FILE writes a file.`,
    });
  return format;
}

/** Writes a document to the file that the user named. Throws `output-unwritable`. */
export async function writeText(file: string, rendered: string): Promise<void> {
  try {
    await writeFile(file, rendered);
  } catch (error) {
    throw new AppError('output-unwritable', `${file} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}
