import { AppError } from '#base/index.ts';
import type { CommandEntry, CommandModule } from '../command.ts';
import { leftOut } from './left-out.ts';

/** All commands; those that are left out say where they are. */
export function commandsHere(commands: readonly CommandEntry[]): readonly CommandEntry[] {
  return commands.map((entry) => {
    const missing = leftOut.find(({ command }) => command === entry.name);
    return missing === undefined ? entry : saying(entry, { words: entry.name, place: missing.place });
  });
}

interface Missing {
  /** The command as it is called. */
  readonly words: string;
  readonly place: string;
}

function saying(entry: CommandEntry, { words, place }: Missing): CommandEntry {
  const message = `\`seawall ${words}\` is not in this file.`;
  const load = async (): Promise<CommandModule> => ({
    run: async () => {
      throw new AppError('not-in-one-file', message, { next: `${place}.` });
    },
  });
  return {
    ...entry,
    load,
    ...(entry.commands === undefined
      ? {}
      : { commands: entry.commands.map((below) => saying(below, { words: `${words} ${below.name}`, place })) }),
  };
}
