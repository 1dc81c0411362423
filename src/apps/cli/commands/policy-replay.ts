import { basename } from 'node:path';
import { AppError } from '#base/index.ts';
import { type PolicyReplay, replayPolicy } from '#policy/contract.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { cell, type Column, fittedTable } from '../formats/table/columns.ts';
import { formatOf, withConsole } from '../runtime/ask.ts';
import { readPolicyText } from '../scan/policy-file.ts';

type Change = PolicyReplay['changes'][number];

/**
 * `seawall policy replay FILE`: asks the console what the edited policy would make of all that runs and of past builds.
 * Ends with 1 when something that passes now would pass no longer.
 */
export async function run(command: CommandCall): Promise<ExitCode> {
  const { options, terminal } = command;
  const [file = ''] = command.arguments;
  const policy = await readPolicyText(file);
  const id = text(options['policyId']) ?? idOf(file);
  const asked = { params: { id }, body: { policy: policy as never, days: daysOf(options['days']) } };
  const replayed = await withConsole(command, async ({ ask }) => await ask(replayPolicy, asked));
  terminal.out(
    formatOf(command) === 'json'
      ? `${JSON.stringify(replayed, undefined, 2)}\n`
      : tableOf(replayed.changes, terminal.columns),
  );
  terminal.err(`Tried as policy ${id}.\n`);
  const worse = replayed.changes.filter(({ before, after }) => before === 'pass' && after !== 'pass').length;
  const better = replayed.changes.filter(({ before, after }) => before !== 'pass' && after === 'pass').length;
  terminal.err(`${sentenceOf('running', replayed.running)} ${sentenceOf('builds', replayed.builds)}\n`);
  terminal.err(`${worse} would pass no longer, ${better} would pass newly.\n`);
  if (replayed.left > 0) terminal.err(`${replayed.left} older verdicts were not tried: there are too many.\n`);
  return worse > 0 ? 1 : 0;
}

const columns: readonly Column[] = [
  { title: 'VERDICT', width: 26 },
  { title: 'ENVIRONMENT', width: 16, least: 8 },
  { title: 'IMAGE', width: 60, cut: 'middle', least: 16 },
  { title: 'FIRST CHANGE', width: 120, least: 16 },
];

function tableOf(changes: readonly Change[], width: number): string {
  if (changes.length === 0) return '';
  const rows = changes.map(({ image, environment, before, after, added, removed }) => {
    const gone = removed.map(({ message }) => `no longer: ${message}`);
    const [first = ''] = [...added.map(({ message }) => message), ...gone];
    return [`${before} → ${after}`, environment ?? 'build', image, first].map((one) => cell(one));
  });
  return `${fittedTable(columns, rows, width)}\n`;
}

function sentenceOf(what: string, { judged, before, after }: PolicyReplay['running']): string {
  const counts = ({ pass, fail, cannotJudge }: typeof before): string =>
    `${pass} pass, ${fail} fail, ${cannotJudge} cannot be judged`;
  return `${what}: ${judged} judged; now ${counts(before)}; then ${counts(after)}.`;
}

/** `policies/production.yaml` stands for the policy `production`. */
function idOf(file: string): string {
  const name = basename(file)
    .replace(/\.[^.]*$/, '')
    .toLowerCase();
  const id = name.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  if (id !== '') return id;
  throw new AppError('usage', `${file} names no policy.`, { next: 'Name the policy with --policy-id.' });
}

function daysOf(value: CommandCall['options'][string]): number {
  const days = Number(text(value) ?? 30);
  if (Number.isInteger(days) && days >= 1 && days <= 365) return days;
  throw new AppError('usage', '--days is a whole number from 1 to 365.');
}
