import { AppError } from '#base/index.ts';
import { call } from '#http/index.ts';
import { type PolicyReplay, replayPolicy } from '#policy/contract.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { plain } from '../plain.ts';
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
  const replayed = await call(
    replayPolicy,
    {
      params: { id: needed(options['policyId'], '--policy-id') },
      body: { policy: policy as never, days: daysOf(options['days']) },
    },
    consoleOf(command),
  );
  terminal.out(
    text(options['format']) === 'json' ? `${JSON.stringify(replayed, undefined, 2)}\n` : tableOf(replayed.changes),
  );
  const worse = replayed.changes.filter(({ before, after }) => before === 'pass' && after !== 'pass').length;
  const better = replayed.changes.filter(({ before, after }) => before !== 'pass' && after === 'pass').length;
  terminal.err(`${sentenceOf('running', replayed.running)} ${sentenceOf('builds', replayed.builds)}\n`);
  terminal.err(`${worse} would pass no longer, ${better} would pass newly.\n`);
  if (replayed.left > 0)
    terminal.err(`${replayed.left} older verdicts are left out: there are too many to try at once.\n`);
  return worse > 0 ? 1 : 0;
}

function tableOf(changes: readonly Change[]): string {
  const rows = changes.map(({ image, environment, before, after, added, removed }) => [
    `${before} → ${after}`,
    environment ?? 'build',
    image,
    [...added, ...removed.map(({ message, ...rest }) => ({ ...rest, message: `no longer: ${message}` }))][0]?.message ??
      '',
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => plain(row[column] ?? '').length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => plain(cell).padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function sentenceOf(what: string, { judged, before, after }: PolicyReplay['running']): string {
  const counts = ({ pass, fail, cannotJudge }: typeof before): string =>
    `${pass} pass, ${fail} fail, ${cannotJudge} cannot be judged`;
  return `${what}: ${judged} judged; now ${counts(before)}; then ${counts(after)}.`;
}

function consoleOf({ options, env }: CommandCall): { readonly baseUrl: string; readonly token: string } {
  const baseUrl = needed(options['console'] ?? env['SEAWALL_CONSOLE'], '--console');
  return { baseUrl: baseUrl.replace(/\/+$/, ''), token: needed(options['token'] ?? env['SEAWALL_TOKEN'], '--token') };
}

function needed(value: CommandCall['options'][string], flag: string): string {
  const written = text(value);
  if (written === undefined || written === '') throw new AppError('usage', `policy replay needs ${flag}.`);
  return written;
}

function daysOf(value: CommandCall['options'][string]): number {
  const days = Number(text(value) ?? 30);
  if (Number.isInteger(days) && days >= 1 && days <= 365) return days;
  throw new AppError('usage', '--days is a whole number from 1 to 365.');
}
