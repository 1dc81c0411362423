import type { CommandEntry, OptionEntry } from './command.ts';

/**
 * Options may stand anywhere, also before the command: `seawall --quiet scan app:7`. Moves those that stand before it
 * behind it.
 */
export function optionsAfterCommand(words: readonly string[], commands: readonly CommandEntry[]): readonly string[] {
  const [first] = words;
  if (first?.startsWith('-') !== true) return words;
  for (const [at, word] of words.entries()) {
    if (word === '--') return words;
    const entry = commands.find(({ name }) => name === word);
    const before = words.slice(0, at);
    if (entry === undefined || !optionSets(entry).some((options) => areOptions(before, options))) continue;
    return behindCommand(entry, words.slice(at + 1), before);
  }
  return besideNearest(words, commands);
}

/** With a typing error among the options: behind the first command, which then suggests the nearest of its own. */
function besideNearest(words: readonly string[], commands: readonly CommandEntry[]): readonly string[] {
  const at = words.findIndex((word) => commands.some(({ name }) => name === word));
  const before = words.slice(0, Math.max(0, at));
  const [command] = words.slice(at);
  if (at < 1 || command === undefined || before.some((word) => ofProgram.includes(word))) return words;
  return [command, ...before, ...words.slice(at + 1)];
}

const ofProgram: readonly string[] = ['-h', '--help', '-v', '--version'];

/** `db --format json info` and `--format json db info` alike. */
function behindCommand(entry: CommandEntry, after: readonly string[], before: readonly string[]): readonly string[] {
  if (entry.commands === undefined) return [entry.name, ...before, ...after];
  return [entry.name, ...optionsAfterCommand([...before, ...after], entry.commands)];
}

/** Options of a command, or of each command below it. */
function optionSets({ options, commands }: CommandEntry): readonly (readonly OptionEntry[])[] {
  return commands === undefined ? [options] : commands.flatMap(optionSets);
}

function areOptions(words: readonly string[], options: readonly OptionEntry[]): boolean {
  for (let at = 0; at < words.length; at += 1) {
    const [flag, value] = (words[at] ?? '').split('=', 2);
    const option = options.find(({ flags }) => flagOf({ flags }) === flag);
    if (option === undefined) return false;
    if (takesValue(option) && value === undefined) at += 1;
  }
  return true;
}

/** Whether a word follows the flag: `--output <file>`. */
export function takesValue({ flags }: Pick<OptionEntry, 'flags'>): boolean {
  return flags.includes('<');
}

/** `--output` of `--output <file>`. */
export function flagOf({ flags }: Pick<OptionEntry, 'flags'>): string {
  return flags.split(' ')[0] ?? flags;
}
