import type { GateWork } from '#gate/agent/index.ts';
import type { Terminal } from '../command.ts';
import { plain } from '../plain.ts';

/** What was done, a line each; what the user should know goes beside it. */
export function reportWork({ done, notes }: GateWork, terminal: Terminal): void {
  for (const line of done) terminal.out(`${plain(line)}\n`);
  for (const note of notes) terminal.err(`${plain(note)}\n`);
}
