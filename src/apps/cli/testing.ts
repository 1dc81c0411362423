import type { CommandEntry, Terminal } from './command.ts';
import { commands } from './commands/index.ts';
import { runProgram } from './program.ts';

/** A terminal that remembers what it was told. */
export interface RecordingTerminal extends Terminal {
  readonly said: { out: string; err: string };
}

export function recordingTerminal(
  settings: Partial<Pick<Terminal, 'colour' | 'progress' | 'columns' | 'seen' | 'isOneStream'>> = {},
): RecordingTerminal {
  const said = { out: '', err: '' };
  return {
    colour: false,
    progress: false,
    columns: 80,
    ...settings,
    said,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
  };
}

/** The last line of a text, where standard error carries the reason. */
export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

/** What the program says against a line of shell, `A=b bin/seawall scan x > out`, without what follows a pipe; nothing runs. Empty when it is understood. */
export async function misunderstood(line: string): Promise<string> {
  const alone = line
    .replace(/\s+#.*$/, '')
    .replace(/\s+[>|]\s.*$/, '')
    .replace(/<\((.*)\)/, '$1');
  const words = (alone.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
  const start = words.findIndex((word) => /^(?:bin\/)?seawall$/.test(word));
  const terminal = recordingTerminal();
  const code = await runProgram(words.slice(start + 1), commands.map(withoutEffect), {
    terminal,
    env: {},
    version: '',
  });
  return code === 0 ? '' : terminal.said.err;
}

function withoutEffect(entry: CommandEntry): CommandEntry {
  const { commands: below, ...rest } = entry;
  return {
    ...rest,
    load: () => Promise.resolve({ run: () => Promise.resolve(0 as const) }),
    ...(below === undefined ? {} : { commands: below.map(withoutEffect) }),
  };
}
