import type { Environment } from '#base/index.ts';
import { Command, CommanderError, Option } from 'commander';
import {
  type CommandCall,
  type CommandEntry,
  type ExitCode,
  type OptionValue,
  type Terminal,
  text,
} from './command.ts';
import { reportError } from './report-error.ts';

/** The outside world of a run; tests hand in their own. */
export interface Outside {
  readonly terminal: Terminal;
  readonly env: Environment;
  readonly version: string;
}

/** Reads the command line, runs the command that it names and answers the exit code. */
export async function runProgram(
  words: readonly string[],
  commands: readonly CommandEntry[],
  outside: Outside,
): Promise<ExitCode> {
  let exit: ExitCode = 0;
  const program = new Command('seawall')
    .description('Container security: what is vulnerable, who may run, what happened.')
    .version(outside.version, '--version');
  program.helpCommand(true).showHelpAfterError(false).showSuggestionAfterError(true);
  for (const entry of commands)
    program.addCommand(
      commandOf(entry, outside, (code) => void (exit = code)),
      { hidden: entry.hidden ?? false },
    );
  prepare(program, outside);
  try {
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync([...words], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportError(error, outside.terminal);
  }
}

function commandOf(entry: CommandEntry, outside: Outside, ended: (code: ExitCode) => void): Command {
  const command = new Command(entry.name).description(entry.summary);
  if (entry.usage !== '') command.arguments(entry.usage);
  if (entry.examples.length > 0)
    command.addHelpText('before', `Examples:\n${entry.examples.map((line) => `  ${line}`).join('\n')}\n`);
  for (const option of entry.options) command.addOption(optionOf(option));
  for (const child of entry.commands ?? [])
    command.addCommand(commandOf(child, outside, ended), { hidden: child.hidden ?? false });
  if (entry.commands === undefined) {
    command.action(async () => {
      const { run } = await entry.load();
      const options = command.opts<Record<string, OptionValue>>();
      ended(
        await run({
          arguments: command.args,
          options,
          terminal: quieter(outside.terminal, options['quiet']),
          env: outside.env,
        } satisfies CommandCall),
      );
    });
  }
  return command;
}

function optionOf(entry: CommandEntry['options'][number]): Option {
  const option = new Option(entry.flags, entry.summary);
  if (entry.default !== undefined) option.default(entry.default);
  if (entry.repeated)
    option.argParser((value: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), value]);
  return option;
}

/** Errors go to our own terminal, commander never ends the process. */
function prepare(command: Command, outside: Outside): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (words) => outside.terminal.out(words),
    writeErr: (words) => outside.terminal.err(words),
    outputError: (words, write) => write(`${words.trimEnd().replace(/^error: /, 'seawall: ')}\n`),
    getOutHelpWidth: () => Math.min(outside.terminal.columns, 100),
  });
  for (const child of command.commands) prepare(child, outside);
}

function quieter(terminal: Terminal, quiet: OptionValue): Terminal {
  return quiet === true || text(quiet) !== undefined ? { ...terminal, progress: false } : terminal;
}
