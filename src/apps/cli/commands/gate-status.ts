import { type GateStatus, gateStatus } from '#gate/agent/index.ts';
import { AppError, systemClock } from '#base/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { fold } from '../fold.ts';
import { cell, fittedTable } from '../formats/table/columns.ts';
import { contextOf } from '../gate/context.ts';
import { plain, plainJson } from '../plain.ts';

/** `seawall gate status`: 0 when what starts is judged, 1 when it is not. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { options, terminal } = call;
  const format = text(options['format']) ?? 'table';
  if (format !== 'table' && format !== 'json')
    throw new AppError('usage', `--format ${format} is neither table nor json.`);
  const status = await gateStatus(contextOf(call));
  terminal.out(
    format === 'json' ? `${plainJson(JSON.stringify(status, undefined, 2))}\n` : describe(status, terminal.columns),
  );
  return status.wrapper === 'installed' || status.wrapper === 'partial' ? 0 : 1;
}

function describe(status: GateStatus, width: number): string {
  const { wrapper, place, runtime, authorization, answering, engine, ledger, rules, problems } = status;
  const rows = [
    ['Wrapper', place === undefined ? wrapper : `${wrapper}: ${place}, before ${runtime}`],
    ['Authorization', authorization === 'unknown' ? 'unknown' : authorization],
    ...(answering === undefined ? [] : [['Answers', answeringWords(answering)]]),
    ['Engine', engine === undefined ? 'does not answer' : engineWords(engine)],
    ['Ledger', ledger === undefined ? 'none' : ledgerWords(ledger)],
  ];
  const facts = rows.map(([name = '', value = '']) => fold(`${name.padEnd(15)}${plain(value)}`, { width, indent: 15 }));
  const cases = (engine?.cases ?? []).map((one) => listed(one, width));
  const unknown = (engine?.unknown ?? []).map((one) => listed(one, width));
  const wrong = problems.map((one) => listed(one, width));
  return `${[
    ...facts,
    '',
    ...rulesTable(rules, width),
    ...(cases.length > 0 ? ['', 'Known against this engine:', ...cases] : []),
    ...(unknown.length > 0 ? ['', 'Patch status unknown:', ...unknown] : []),
    ...(wrong.length > 0 ? ['', 'To do:', ...wrong] : []),
  ].join('\n')}\n`;
}

/** For each rule in force: what it says, and where what it is about is seen. */
function rulesTable({ rule, environment, rows }: GateStatus['rules'], width: number): readonly string[] {
  const where = environment === undefined ? 'containers of no environment' : `containers of environment ${environment}`;
  const by = rule === undefined ? 'no rule is in force' : `by the rule “${rule.name}”, version ${rule.version}`;
  const cells = rows.map(({ label, effect, ring1, ring2, sweep }) =>
    [label, effect, ...[ring1, ring2, sweep].map((sight) => sightWords[sight])].map((text) => cell(text)),
  );
  return [fold(plain(`Rules for ${where}, ${by}:`), { width, indent: 2 }), fittedTable(ruleColumns, cells, width)];
}

const sightWords: Readonly<Record<GateStatus['rules']['rows'][number]['ring1'], string>> = {
  judged: 'judged',
  refused: 'refused',
  'not-seen': 'not seen',
  'when-installed': 'when installed',
  partly: 'partly',
  unknown: 'unknown',
};

const ruleColumns = [
  { title: 'Rule', width: 46, least: 12 },
  { title: 'In force', least: 8, width: 13 },
  { title: 'Ring 1', least: 8, width: 14 },
  { title: 'Ring 2', least: 8, width: 14 },
  { title: 'Sweep', least: 8, width: 14 },
] as const;

function listed(text: string, width: number): string {
  return `  ${fold(plain(text), { width: width - 2, indent: 4 })}`;
}

function engineWords({ version, package: ofPackage }: NonNullable<GateStatus['engine']>): string {
  return ofPackage === undefined ? `Docker ${version}` : `Docker ${version}, the package ${ofPackage}`;
}

function answeringWords(status: NonNullable<GateStatus['answering']>): string {
  const { version, agent, milliseconds, answered, asked, refused, allowed } = status;
  const words = { answers: 'answers', late: 'does not answer', away: 'is away', unclear: 'gives an unclear answer' };
  const counts = `${answered} by itself, ${asked} by the agent, ${refused + allowed} not judged`;
  return `seawall-authz ${version}; the agent ${words[agent]} (${Math.round(milliseconds)} ms). Requests: ${counts}`;
}

function ledgerWords({ sequence, issuedAt, expiresAt, entries }: NonNullable<GateStatus['ledger']>): string {
  const minutes = Math.max(0, Math.round((systemClock().getTime() - Date.parse(issuedAt)) / 60_000));
  const age = minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
  return `number ${sequence} with ${entries} ${entries === 1 ? 'image' : 'images'}, ${age} old, valid until ${expiresAt.slice(0, 16).replace('T', ' ')} UTC`;
}
