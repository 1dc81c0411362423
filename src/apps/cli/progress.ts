import type { Terminal } from './command.ts';
import { plain } from './plain.ts';

/** One line on a terminal that tells how far something is, drawn over itself and removed at the end. */
export interface ProgressLine {
  readonly show: (text: string) => void;
  readonly end: () => void;
}

export function progressLine(terminal: Terminal): ProgressLine {
  if (!terminal.progress) return { show: () => undefined, end: () => undefined };
  return {
    show: (text) => terminal.err(`\r\u001b[2K${plain(text).slice(0, Math.max(20, terminal.columns - 1))}`),
    end: () => terminal.err('\r\u001b[2K'),
  };
}

/** Progress of a scan, layer by layer. */
export function layerProgress(terminal: Terminal): {
  readonly show: (progress: { layer: number; layers: number }) => void;
  readonly end: () => void;
} {
  const line = progressLine(terminal);
  return {
    show: ({ layer, layers }) => line.show(`Reading layer ${layer} of ${layers} ${bar(layer / Math.max(1, layers))}`),
    end: line.end,
  };
}

/** `[██████░░░░]` */
export function bar(share: number, width = 20): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `[${'█'.repeat(full)}${'░'.repeat(width - full)}]`;
}
