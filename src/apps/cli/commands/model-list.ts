import { getModel, type ModelSummary } from '#runtime/contract.ts';
import type { CommandCall, ExitCode, Terminal } from '../command.ts';
import { cell, fittedTable } from '../formats/table/columns.ts';
import { plainJson } from '../plain.ts';
import { formatOf, type RuntimeConsole, withConsole } from '../runtime/ask.ts';
import { modelJson } from '../runtime/model-json.ts';
import { allModels } from '../runtime/models.ts';

/** `seawall model list`. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const format = formatOf(call);
  return await withConsole<ExitCode>(call, async (console) => {
    const models = await allModels(console);
    if (format === 'table') call.terminal.out(tableOf(models, call.terminal.columns));
    else await printModels(console, models, call.terminal);
    return 0;
  });
}

/** Models as JSON, one object a line. */
export async function printModels(
  { ask }: RuntimeConsole,
  models: readonly ModelSummary[],
  terminal: Terminal,
): Promise<void> {
  for (const { id } of models) {
    const detail = await ask(getModel, { params: { id } });
    terminal.out(`${plainJson(JSON.stringify(modelJson(detail.model, detail)))}\n`);
  }
}

const columns = [
  { title: 'IMAGE', width: 48, cut: 'middle', least: 12 },
  { title: 'ENTRYPOINT', width: 32, least: 7 },
  { title: 'ENVIRONMENT', width: 11, least: 4 },
  { title: 'STATE', width: 10, least: 8 },
  { title: 'PROCESS', width: 13, least: 8, spare: true },
  { title: 'HOURS', width: 6, align: 'right', spare: true },
  { title: 'ENTRIES', width: 7, align: 'right', spare: true },
  { title: 'REVIEW', width: 6, align: 'right' },
  { title: 'RUNNING', width: 7, align: 'right', spare: true },
] as const;

function tableOf(models: readonly ModelSummary[], width: number): string {
  const rows = models.map(({ names, key, environment = '', state, partial, convergence, counts, containers }) =>
    [
      names[0] ?? key.digest.slice(0, 19),
      key.entrypoint.join(' '),
      environment,
      partial ? `${state}*` : state,
      convergence.process?.verdict ?? '',
      String(convergence.process?.hours ?? 0),
      String(counts.entries + counts.pending),
      String(counts.unconfirmed + counts.review),
      String(containers),
    ].map((text) => cell(text)),
  );
  const note = models.some(({ partial }) => partial) ? '* partial: events were lost, or no start was observed\n' : '';
  return `${fittedTable(columns, rows, width)}\n${note}`;
}
