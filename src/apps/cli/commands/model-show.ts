import { getModel, type Entry } from '#runtime/contract.ts';
import type { CommandCall, ExitCode } from '../command.ts';
import { cell, fittedTable } from '../formats/table/columns.ts';
import { plain } from '../plain.ts';
import { formatOf, withConsole } from '../runtime/ask.ts';
import { type ModelDetail, modelsOf } from '../runtime/models.ts';
import { printModels } from './model-list.ts';

/** `seawall model show IMAGE`. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const format = formatOf(call);
  const [image = ''] = call.arguments;
  return await withConsole<ExitCode>(call, async (console) => {
    const models = await modelsOf(console, image);
    if (format === 'json') await printModels(console, models, call.terminal);
    else
      for (const { id } of models)
        call.terminal.out(describe(await console.ask(getModel, { params: { id } }), call.terminal.columns));
    return 0;
  });
}

const columns = [
  { title: 'STATE', width: 12 },
  { title: 'ENTRY', width: 100, cut: 'start', least: 20 },
  { title: 'SOURCE', width: 9 },
  { title: 'SEEN IN', width: 12, least: 7 },
  { title: 'LAST SEEN (UTC)', width: 16 },
] as const;

function describe({ summary, model }: ModelDetail, width: number): string {
  const { process } = model.convergence;
  const known =
    process === undefined ? 'nothing was seen of it' : `${process.hours} hours seen, ${process.novelHours} with news`;
  const head = [
    plain(`${summary.names[0] ?? model.key.digest}: ${model.key.entrypoint.join(' ')}`),
    model.key.digest,
    `environment: ${summary.environment ?? 'none'}${summary.evidenceFrom.length === 0 ? '' : `, with evidence from ${summary.evidenceFrom.join(', ')}`}`,
    `${model.state}${model.partial ? ', partial' : ''}; process: ${process?.verdict ?? 'learning'}, ${known}`,
    ...(process?.blockedBy.map((reason) => `  ${plain(reason)}`) ?? []),
  ];
  const rows = model.evidence.items.map(toRow);
  return `${head.join('\n')}\n\n${fittedTable(columns, rows, width)}\n\n`;
}

const scopes: Readonly<Record<NonNullable<Entry['anyApplet']>, string>> = {
  'learned-before': 'any applet, learned before applets were recorded',
  'too-many': 'any applet, too many to keep apart',
  decided: 'any applet',
};

function toRow({ state, fact, anyApplet, source, seenIn = [], lastSeenAt = '' }: Entry) {
  return [state, lineOf(fact, anyApplet), source, seenIn.join(','), lastSeenAt.slice(0, 16).replace('T', ' ')].map(
    (text) => cell(text),
  );
}

function lineOf(fact: Entry['fact'], anyApplet: Entry['anyApplet']): string {
  if (fact.dimension === 'process') {
    const { caller = 'the engine', path, applet = '', shape = '', session } = fact;
    // The arguments of an applet begin with its name.
    const words = shape.split(' ', 1)[0] === applet ? [shape] : [applet, shape];
    const scope = anyApplet === undefined ? [] : [`(${scopes[anyApplet]})`];
    const inSession =
      session === undefined ? '' : `, in a ${session === 'exec' ? 'docker exec session' : 'health check'}`;
    return [caller, 'starts', path, ...words, inSession, ...scope].filter((word) => word !== '').join(' ');
  }
  switch (fact.kind) {
    case 'generated-code':
      return `${fact.path} runs code that it wrote below ${fact.folder}`;
    case 'code-file':
      return `${fact.path} runs ${fact.file}`;
    default:
      return fact satisfies never;
  }
}
