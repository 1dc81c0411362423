import { getModel, type ModelSummary } from '#runtime/contract.ts';
import type { CommandCall, ExitCode, Terminal } from '../command.ts';
import { cell, renderTable } from '../formats/table/columns.ts';
import { plainJson } from '../plain.ts';
import { formatOf, type RuntimeConsole, withConsole } from '../runtime/ask.ts';
import { modelJson } from '../runtime/model-json.ts';
import { allModels } from '../runtime/models.ts';

/** `seawall model list`. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const format = formatOf(call);
  return await withConsole<ExitCode>(call, async (console) => {
    const models = await allModels(console);
    if (format === 'table') call.terminal.out(tableOf(models));
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
  { title: 'IMAGE', width: 48 },
  { title: 'RUNS', width: 32 },
  { title: 'ENVIRONMENT', width: 11 },
  { title: 'STATE', width: 10 },
  { title: 'PROCESS', width: 13 },
  { title: 'HOURS', width: 6, align: 'right' },
  { title: 'LINES', width: 6, align: 'right' },
  { title: 'TO LOOK AT', width: 10, align: 'right' },
  { title: 'CONTAINERS', width: 10, align: 'right' },
] as const;

function tableOf(models: readonly ModelSummary[]): string {
  const rows = models.map(({ names, key, environment = '', state, partial, convergence, counts, containers }) =>
    [
      names[0] ?? key.digest.slice(0, 19),
      key.entrypoint.join(' '),
      environment,
      partial ? `${state}*` : state,
      convergence.process?.verdict ?? '',
      String(convergence.process?.hours ?? 0),
      String(counts.items + counts.pending),
      String(counts.unconfirmed + counts.review),
      String(containers),
    ].map((text) => cell(text)),
  );
  const note = models.some(({ partial }) => partial) ? '* partial: events were lost, or no start was seen\n' : '';
  return `${renderTable(columns, rows, (title) => title)}\n${note}`;
}
