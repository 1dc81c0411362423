import type { Environment } from '#base/index.ts';
/** A command of the `seawall` program. Its code is loaded when it is called, and nothing else. */
export interface CommandEntry {
  readonly name: string;
  /** Arguments as commander writes them: `<target>`, `[target]`. */
  readonly usage: string;
  readonly summary: string;
  /** Examples come first in the help. */
  readonly examples: readonly string[];
  readonly options: readonly OptionEntry[];
  readonly load: () => Promise<CommandModule>;
  /** Commands below this one, `db build`. */
  readonly commands?: readonly CommandEntry[];
  /** Not shown in the help: started by other programs of Seawall. */
  readonly hidden?: boolean;
  /** Works on the host itself: from a container, it goes on there. */
  readonly ofHost?: boolean;
}

export interface OptionEntry {
  /** As commander writes it: `--fail-on <limit>`. */
  readonly flags: string;
  readonly summary: string;
  readonly default?: string | boolean;
  /** May be given several times; the value is an array. */
  readonly repeated?: boolean;
  /** Not shown in the help: given by other programs of Seawall. */
  readonly hidden?: boolean;
}

export interface CommandModule {
  /** Runs the command and answers the exit code. */
  readonly run: (call: CommandCall) => Promise<ExitCode>;
}

/** What a command gets: the words of the user, and the outside world. */
export interface CommandCall {
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly terminal: Terminal;
  readonly env: Environment;
  /** All commands of the program, for those that describe it. */
  readonly program: readonly CommandEntry[];
}

export type OptionValue = string | boolean | readonly string[] | undefined;

/** 0 pass, 1 policy failed, 2 usage or tool error, 3 could not judge. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Where output goes. Standard output carries the result and nothing else. */
export interface Terminal {
  readonly colour: boolean;
  /** Progress may be drawn: standard error is a terminal and `--quiet` was not given. */
  readonly progress: boolean;
  readonly columns: number;
  /** What a person sees at a terminal; missing: neither, both go to files or pipes. */
  readonly seen?: 'output' | 'errors' | 'both';
  /** Both go to the same file or pipe (`2>&1`), so that the reader of one sees the other. */
  readonly isOneStream?: boolean;
  out(text: string): void;
  err(text: string): void;
  /** Asks a person a question that is answered with yes or no; absent where nobody sits there. */
  readonly ask?: (question: string) => Promise<boolean>;
}

export function text(value: OptionValue): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function texts(value: OptionValue): readonly string[] {
  if (Array.isArray(value)) return value as readonly string[];
  return typeof value === 'string' ? [value] : [];
}
