import { AppError, type Environment } from '#base/index.ts';
import { Command, CommanderError, Option } from 'commander';
import {
  type CommandCall,
  type CommandEntry,
  type ExitCode,
  type OptionValue,
  type Terminal,
  text,
} from './command.ts';
import { fold } from './fold.ts';
import { optionsAfterCommand } from './option-order.ts';
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
    .version(outside.version, '-v, --version');
  program.helpCommand(true).showHelpAfterError(false).showSuggestionAfterError(true);
  program.addHelpText(
    'before',
    examplesText(
      commands.flatMap(({ examples, hidden }) => (hidden ? [] : examples.slice(0, 1))),
      outside,
    ),
  );
  const running: Running = { outside, words, program: commands, ended: (code) => void (exit = code) };
  for (const entry of commands) program.addCommand(commandOf(entry, running), { hidden: entry.hidden ?? false });
  prepare(program, outside);
  try {
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync([...optionsAfterCommand(words, commands)], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return reportError(error instanceof CommanderError ? usageError(error) : error, outside.terminal);
  }
}

/** One run of the program, for each of its commands. */
interface Running {
  readonly outside: Outside;
  readonly words: readonly string[];
  readonly program: readonly CommandEntry[];
  readonly ended: (code: ExitCode) => void;
}

function commandOf(entry: CommandEntry, running: Running): Command {
  const { outside, words, program, ended } = running;
  const command = new Command(entry.name).description(entry.summary);
  if (entry.usage !== '') command.arguments(entry.usage);
  if (entry.examples.length > 0) command.addHelpText('before', examplesText(entry.examples, outside));
  for (const option of entry.options) command.addOption(optionOf(option));
  for (const child of entry.commands ?? [])
    command.addCommand(commandOf(child, running), { hidden: child.hidden ?? false });
  if (entry.commands === undefined) {
    command.action(async () => {
      const options = command.opts<Record<string, OptionValue>>();
      if (entry.ofHost === true && options['localScan'] !== false) {
        const { enterHost } = await import('./host-entry/enter-host.ts');
        await enterHost({ env: outside.env, options, words });
      }
      const { run } = await entry.load();
      ended(
        await run({
          arguments: command.args,
          options,
          terminal: quieter(outside.terminal, options['quiet']),
          env: outside.env,
          program,
        } satisfies CommandCall),
      );
    });
  }
  return command;
}

/** A line that is too long for the terminal goes on below, as a shell reads it. */
function examplesText(examples: readonly string[], outside: Outside): string {
  const width = helpWidth(outside) - 4;
  const lines = examples.map((line) => fold(line, { width, indent: 4 }).replaceAll('\n', ' \\\n'));
  return `Examples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}

function helpWidth({ terminal }: Outside): number {
  return Math.min(terminal.columns, 100);
}

/** Commander's own words on one line, its suggestion included; after a help text that nobody asked for, why it came. */
function usageError({ code, message }: CommanderError): AppError {
  if (code === 'commander.help') return new AppError('usage', 'This needs one of the commands above.');
  const [what = '', ...hints] = message.replace(/^error: /, '').split('\n');
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1).replace(/\.$/, '')}.`;
  return new AppError('usage', [sentence, ...hints.map((hint) => hint.replace(/^\((.*)\)$/, '$1'))].join(' '));
}

function optionOf(entry: CommandEntry['options'][number]): Option {
  const option = new Option(entry.flags, entry.summary);
  if (entry.default !== undefined) option.default(entry.default);
  if (entry.hidden) option.hideHelp();
  if (entry.repeated)
    option.argParser((value: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), value]);
  return option;
}

/** Commander never ends the process and never reports: its errors are reported as ours are. */
function prepare(command: Command, outside: Outside): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (words) => outside.terminal.out(words),
    writeErr: (words) => outside.terminal.err(words),
    outputError: () => undefined,
    getOutHelpWidth: () => helpWidth(outside),
  });
  for (const child of command.commands) prepare(child, outside);
}

function quieter(terminal: Terminal, quiet: OptionValue): Terminal {
  return quiet === true || text(quiet) !== undefined ? { ...terminal, progress: false } : terminal;
}
