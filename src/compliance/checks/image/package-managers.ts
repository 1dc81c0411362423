import { programOf } from './shell-commands.ts';

interface Manager {
  readonly program: RegExp;
  /** Verbs that fetch the lists of packages and install nothing. */
  readonly refreshes: ReadonlySet<string>;
  /** Verbs that install from them. */
  readonly installs: ReadonlySet<string>;
}

const ofApt = [
  'install',
  'reinstall',
  'upgrade',
  'dist-upgrade',
  'full-upgrade',
  'safe-upgrade',
  'build-dep',
  'satisfy',
];
const managers: readonly Manager[] = [
  {
    program: /^(?:apt|apt-get|aptitude)$/,
    refreshes: new Set(['update']),
    installs: new Set([...ofApt, 'download', 'source']),
  },
  { program: /^apk$/, refreshes: new Set(['update']), installs: new Set(['add', 'upgrade', 'fix']) },
  // `yum update` upgrades what is installed; it refreshes its lists by itself.
  {
    program: /^(?:yum|dnf|dnf5|microdnf|tdnf)$/,
    refreshes: new Set(['makecache', 'check-update']),
    installs: new Set(['install', 'update', 'upgrade', 'reinstall', 'groupinstall', 'builddep', 'swap']),
  },
  {
    program: /^zypper$/,
    refreshes: new Set(['refresh', 'ref']),
    installs: new Set(['install', 'in', 'update', 'up', 'patch', 'dist-upgrade', 'dup']),
  },
];

/** Refreshes of lists from which nothing is installed among these commands: `apt-get update`. */
export function leavesIndexAlone(commands: readonly (readonly string[])[]): readonly string[] {
  return managers.flatMap(({ program, refreshes, installs }) => {
    const own = commands.filter((words) => program.test(programOf(words)));
    if (own.some((words) => installs.has(verbOf(words)))) return [];
    return own.filter((words) => refreshes.has(verbOf(words))).map((words) => `${programOf(words)} ${verbOf(words)}`);
  });
}

/** Whether the command brings everything that is installed to another release. */
export function isUpgradeOfAll(words: readonly string[]): boolean {
  return /^(?:apt|apt-get|aptitude)$/.test(programOf(words)) && /^(?:dist|full)-upgrade$/.test(verbOf(words));
}

/** Options of package managers that take the next word. */
const withValue: ReadonlySet<string> = new Set([
  '-o',
  '-c',
  '-t',
  '-a',
  '-X',
  '-p',
  '--option',
  '--repository',
  '--root',
]);

function verbOf(words: readonly string[]): string {
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (withValue.has(word)) at += 1;
    else if (!word.startsWith('-')) return word;
  }
  return '';
}
