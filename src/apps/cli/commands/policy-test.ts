import type { Policy, Verdict } from '#policy/index.ts';
import { type CommandCall, type ExitCode, type Terminal, text } from '../command.ts';
import { plain } from '../plain.ts';
import { judgeResult } from '../scan/judge-result.ts';
import { readPolicyFile } from '../scan/policy-file.ts';
import { exitCodes } from '../scan/verdict-exit.ts';

/** `seawall policy test FILE`: says what is wrong with a policy file, by line; with a result, judges that. */
export async function run({ arguments: [file = ''], options, terminal }: CommandCall): Promise<ExitCode> {
  const policy = await readPolicyFile(file);
  const input = text(options['input']);
  if (input === undefined) {
    terminal.out(`${plain(summaryOf(policy))}\n`);
    return 0;
  }
  const verdict = await judgeResult(input, policy, new Date());
  writeViolations(verdict, terminal);
  terminal.err(`${verdict.kind}: ${plain(verdict.reason)}\n`);
  return exitCodes[verdict.kind];
}

function summaryOf({ name, rules }: Policy): string {
  const counts = Map.groupBy(rules, ({ kind }) => kind);
  const kinds = [...counts].map(([kind, of]) => (of.length === 1 ? kind : `${kind} (${of.length})`)).join(', ');
  return `${name}: ${rules.length === 1 ? '1 rule' : `${rules.length} rules`}${kinds === '' ? '' : `, ${kinds}`}.`;
}

function writeViolations({ violations }: Verdict, terminal: Terminal): void {
  const width = Math.max(0, ...violations.map(({ effect }) => effect.length));
  for (const { effect, message, remedy } of violations)
    terminal.out(`${effect.padEnd(width)}  ${plain(message)} ${plain(remedy)}\n`);
}
