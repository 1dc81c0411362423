import type { Terminal } from './command.ts';

/** A terminal that remembers what it was told. */
export interface RecordingTerminal extends Terminal {
  readonly said: { out: string; err: string };
}

export function recordingTerminal(
  settings: Partial<Pick<Terminal, 'colour' | 'progress' | 'columns'>> = {},
): RecordingTerminal {
  const said = { out: '', err: '' };
  return {
    colour: false,
    progress: false,
    columns: 100,
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
