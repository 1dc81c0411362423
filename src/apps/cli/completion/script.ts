import type { CommandEntry } from '../command.ts';
import { flagOf, takesValue } from '../option-order.ts';

/** Shells for which there is a script. */
export const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** What may follow one command: `db build` → its options, `db` → the commands below it. */
interface Place {
  /** Words of the command; empty for the program itself. */
  readonly at: string;
  readonly choices: readonly Choice[];
}

interface Choice {
  readonly word: string;
  readonly summary: string;
  readonly takesValue: boolean;
}

/** A script that completes the words of these commands. It is made once and asks nothing while it completes. */
export function completionScript(commands: readonly CommandEntry[], shell: Shell): string {
  const places = placesOf(commands, '');
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](places);
}

function placesOf(commands: readonly CommandEntry[], at: string): readonly Place[] {
  const shown = commands.filter(({ hidden }) => hidden !== true);
  const own = shown.map(({ name, summary }) => ({ word: name, summary, takesValue: false }));
  return [
    { at, choices: own },
    ...shown.flatMap((entry) => belowOf(entry, at === '' ? entry.name : `${at} ${entry.name}`)),
  ];
}

function belowOf({ commands, options }: CommandEntry, at: string): readonly Place[] {
  if (commands !== undefined) return placesOf(commands, at);
  const choices = options
    .filter(({ hidden }) => hidden !== true)
    .map((option) => ({ word: flagOf(option), summary: option.summary, takesValue: takesValue(option) }));
  return [{ at, choices }];
}

/** Shell patterns of all commands, each after the words before it: `" db"|"db build"`. */
function steps(places: readonly Place[], between: string): string {
  return places
    .filter(({ at }) => at !== '')
    .map(({ at }) => (at.includes(' ') ? `"${at}"` : `" ${at}"`))
    .join(between);
}

function bashScript(places: readonly Place[]): string {
  const cases = places.map(
    ({ at, choices }) => `    "${at}") choices="${choices.map(({ word }) => word).join(' ')}" ;;`,
  );
  return `# Completion of seawall for bash: source <(seawall completion bash)
_seawall() {
  local at="" word choices=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
      ${steps(places, '|')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$choices" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o bashdefault -o default -F _seawall seawall
`;
}

function zshScript(places: readonly Place[]): string {
  const cases = places.map(
    ({ at, choices }) =>
      `    "${at}") choices=(${choices.map(({ word, summary }) => quoted(`${word}:${summary}`)).join(' ')}) ;;`,
  );
  return `#compdef seawall
# Completion of seawall for zsh: seawall completion zsh > "\${fpath[1]}/_seawall"
_seawall() {
  local at="" word
  local -a choices
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      ${steps(places, '|')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  _describe seawall choices || _files
}
if [[ "\${funcstack[1]}" == _seawall ]]; then _seawall "$@"; else compdef _seawall seawall; fi
`;
}

function fishScript(places: readonly Place[]): string {
  const lines = places.flatMap(({ at, choices }) =>
    choices.map(({ word, summary, takesValue }) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}${takesValue ? ' -r' : ''}` : `-f -a ${word}`;
      return `complete -c seawall -n '__seawall_at "${at}"' ${what} -d ${quoted(summary)}`;
    }),
  );
  return `# Completion of seawall for fish: seawall completion fish > ~/.config/fish/completions/seawall.fish
function __seawall_at
  set -l at ""
  for word in (commandline -opc)[2..-1]
    switch "$at $word"
      case ${steps(places, ' ')}
        set at (string trim -- "$at $word")
    end
  end
  test "$at" = "$argv[1]"
end
${lines.join('\n')}
`;
}

/** One word of a shell, whatever it holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
