import { AppError } from '#base/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { differenceOf } from '../diff/difference.ts';
import { differenceJson, differenceTable } from '../diff/render.ts';
import { sideOf } from '../diff/side.ts';
import { plain } from '../plain.ts';
import { databaseHere } from '../scan/database-here.ts';
import { writeText } from '../scan/outputs.ts';
import { requestOf, scanShown } from '../scan/scan-request.ts';

/** `seawall diff OLD NEW`: what is new, worse and gone between two results or targets. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { options, terminal, env } = call;
  const [old = '', now = ''] = call.arguments;
  const format = text(options['format']) ?? 'table';
  if (format !== 'table' && format !== 'json')
    throw new AppError('usage', `There is no format ${format}.`, { next: 'Formats are table and json.' });
  const scanning = {
    scan: async (target: string) => await scanShown(requestOf(target, call), terminal),
    database: () => {
      const database = databaseHere(options, env);
      if (database.state === 'ready') return database.open;
      throw new AppError('database-missing', database.reason);
    },
  };
  const difference = differenceOf(await sideOf(old, scanning), await sideOf(now, scanning));
  const rendered = format === 'json' ? differenceJson(difference) : differenceTable(difference, terminal);
  const output = text(options['output']);
  if (output === undefined) terminal.out(rendered);
  else await writeText(output, rendered);
  const { code, reason } = endingOf(difference);
  terminal.err(`${plain(reason)}\n`);
  return code;
}

function endingOf({ added, worse, doubts }: ReturnType<typeof differenceOf>): { code: ExitCode; reason: string } {
  if (doubts.length > 0) return { code: 3, reason: `cannot-judge: Not all was seen. ${doubts[0]}` };
  if (added.length + worse.length === 0) return { code: 0, reason: 'pass: No finding is new or worse.' };
  return { code: 1, reason: `fail: ${added.length} new, ${worse.length} worse.` };
}
