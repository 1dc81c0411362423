import type { CommandEntry } from './command.ts';
import { environmentVariables } from './environment.ts';

/** `seawall(1)` in roff, made from the commands. */
export function manualPage(commands: readonly CommandEntry[], version: string): string {
  const shown = commands.filter(({ hidden }) => hidden !== true);
  return [
    `.TH SEAWALL 1 "" "seawall ${escaped(version)}" "Seawall"`,
    '.SH NAME',
    'seawall \\- container security: vulnerable packages, admission and runtime protection',
    '.SH SYNOPSIS',
    '.B seawall',
    '.I COMMAND',
    '[\\fIOPTION\\fR ...] [\\fIARGUMENT\\fR ...]',
    '.SH EXAMPLES',
    ...exampleLines(shown.flatMap(({ examples }) => examples.slice(0, 1))),
    '.SH COMMANDS',
    ...shown.flatMap((entry) => commandLines(entry, 'seawall')),
    '.SH EXIT STATUS',
    ...exits.flatMap(([code, meaning]) => ['.TP', code, text(meaning)]),
    '.SH ENVIRONMENT',
    ...environmentVariables.flatMap(({ name, summary }) => ['.TP', `.B ${escaped(name)}`, text(sentence(summary))]),
    '',
  ].join('\n');
}

const exits = [
  ['0', 'Pass.'],
  ['1', 'The policy failed.'],
  ['2', 'Usage or tool error.'],
  [
    '3',
    'Could not judge: not scanned, incomplete, or a feed is missing or stale. The reason is on the last line of standard error.',
  ],
] as const;

function commandLines(entry: CommandEntry, before: string): readonly string[] {
  const name = `${before} ${entry.name}`;
  if (entry.commands !== undefined) return entry.commands.flatMap((child) => commandLines(child, name));
  return [
    `.SS ${escaped(`${name} ${entry.usage}`.trimEnd())}`,
    text(sentence(entry.summary)),
    ...exampleLines(entry.examples),
    ...entry.options
      .filter(({ hidden }) => hidden !== true)
      .flatMap(({ flags, summary }) => ['.TP', `.B ${escaped(flags)}`, text(sentence(summary))]),
  ];
}

function exampleLines(examples: readonly string[]): readonly string[] {
  return ['.PP', '.RS 4', '.nf', ...examples.map(text), '.fi', '.RE', '.PP'];
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

/** A line of text: one that begins with a point or quote would be a request of roff. */
function text(line: string): string {
  return escaped(line).replace(/^(?=[.'])/, '\\&');
}

function escaped(line: string): string {
  return line
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(
      /[^\u0020-\u007e]/gu,
      (sign) => `\\[u${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}
