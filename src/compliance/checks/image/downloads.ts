import { calls, type Run } from './runs.ts';
import { programOf } from './shell-commands.ts';

interface Sign {
  readonly program: RegExp;
  readonly word: RegExp;
  /** As people know it; the words of the step may hold secrets. */
  readonly shown: string;
}

const anyProgram = /^/;
const apt = /^(?:apt|apt-get|aptitude)$/;
const yes = '(?:1|true|yes|on)';
const no = '(?:0|false|no|off)';

const unsigned: readonly Sign[] = [
  {
    program: apt,
    word: /^--(?:allow-unauthenticated|force-yes)(?:=(?:1|true|yes))?$/i,
    shown: 'apt --allow-unauthenticated',
  },
  {
    program: anyProgram,
    word: new RegExp(`(?:APT::Get::AllowUnauthenticated|Acquire::AllowInsecureRepositories)[= "]+${yes}`, 'i'),
    shown: 'apt AllowUnauthenticated',
  },
  { program: /^apk$/, word: /^--allow-untrusted$/, shown: 'apk --allow-untrusted' },
  {
    program: /^(?:yum|dnf|dnf5|microdnf|tdnf|rpm)$/,
    word: /^--no(?:gpgcheck|signature|digest)$/,
    shown: 'rpm --nogpgcheck',
  },
  { program: /^zypper$/, word: /^--no-gpg-checks?$/, shown: 'zypper --no-gpg-checks' },
  {
    program: anyProgram,
    word: new RegExp(`(?:^|[\\s.])(?:repo_)?gpgcheck\\s*=\\s*${no}\\b`, 'i'),
    shown: 'gpgcheck=0',
  },
  {
    program: anyProgram,
    word: new RegExp(`\\[[^\\]]*\\b(?:trusted|allow-insecure)=${yes}\\b`, 'i'),
    shown: '[trusted=yes]',
  },
];

/** Signs that packages were installed without a check of their signatures. */
export function unsignedPackages({ commands }: Run): readonly string[] {
  return signsIn(commands, unsigned);
}

const insecure: readonly Sign[] = [
  { program: /^wget2?$/, word: /^--no-check-certificate$/, shown: 'wget --no-check-certificate' },
  {
    program: /^(?:pip[0-9.]*|python[0-9.]*)$/,
    word: /^--trusted-host(?:=|$)|^global\.trusted-host$/,
    shown: 'pip --trusted-host',
  },
  {
    program: /^git$/,
    word: new RegExp(`^http\\.(?:\\S+\\.)?sslverify=${no}$`, 'i'),
    shown: 'git http.sslVerify=false',
  },
  { program: /^(?:npm|yarn|pnpm)$/, word: /^--(?:no-strict-ssl|strict-ssl=false)$/, shown: 'npm --strict-ssl=false' },
  {
    program: /^(?:yum|dnf|dnf5|microdnf|tdnf)$/,
    word: new RegExp(`^(?:--setopt=)?(?:\\S+\\.)?sslverify=${no}$`, 'i'),
    shown: 'dnf sslverify=0',
  },
  {
    program: anyProgram,
    word: new RegExp(`Acquire::https(?:::\\S+)?::Verify-(?:Peer|Host)[= "]+${no}`, 'i'),
    shown: 'apt Verify-Peer=false',
  },
];

/** Two words that belong together: `git config http.sslVerify false`. */
const insecurePairs: readonly (Sign & { readonly value: RegExp })[] = [
  {
    program: /^git$/,
    word: /^http\.(?:\S+\.)?sslverify$/i,
    value: /^(?:0|false|no|off)$/i,
    shown: 'git http.sslVerify=false',
  },
  { program: /^(?:npm|yarn|pnpm)$/, word: /^(?:--)?strict-ssl$/, value: /^false$/, shown: 'npm strict-ssl false' },
];

/** Signs that a download did not check its server's certificate. */
export function insecureDownloads({ commands, text }: Run): readonly string[] {
  const pairs = insecurePairs.filter(({ program, word, value }) =>
    commands.some(
      (words) =>
        program.test(programOf(words)) && words.some((one, at) => word.test(one) && value.test(words[at + 1] ?? '')),
    ),
  );
  return [
    ...(commands.some(isInsecureCurl) ? ['curl --insecure'] : []),
    ...signsIn(commands, insecure),
    ...pairs.map(({ shown }) => shown),
    ...(/(?:^|\s)NODE_TLS_REJECT_UNAUTHORIZED=["']?0\b/.test(text) ? ['NODE_TLS_REJECT_UNAUTHORIZED=0'] : []),
    ...(/(?:^|\s)GIT_SSL_NO_VERIFY=\S/.test(text) ? ['GIT_SSL_NO_VERIFY'] : []),
  ];
}

/** Letters of curl that take the rest of their word, or the next one, as a value. */
const curlValues = /[AbcCdDeEFhHKmoPQrtTuUwxXyYz]/;

function isInsecureCurl(words: readonly string[]): boolean {
  if (programOf(words) !== 'curl') return false;
  return words.slice(1).some((word, at) => {
    if (word === '--insecure' || word === '--proxy-insecure') return true;
    const before = words[at] ?? '';
    const isValue = at > 0 && /^-[a-zA-Z#]+$/.test(before) && before.search(curlValues) === before.length - 1;
    if (isValue || !/^-[a-zA-Z#]/.test(word)) return false;
    const letters = word.slice(1);
    const value = letters.search(curlValues);
    return (value === -1 ? letters : letters.slice(0, value)).includes('k');
  });
}

const interpreter = /^(?:(?:ba|da|z|k|a)?sh|python[0-9.]*|perl|ruby|node|php)$/;
const shell = /sh$/;
const download = /^(?:curl|wget2?)$/;
const substituted = /(?:[$<]\(|`)\s*(?:curl|wget2?)\s/;

/** Downloads whose content an interpreter runs: `curl … | sh`, `bash <(curl …)`, `sh -c "$(wget …)"`. */
export function pipedDownloads({ pipelines }: Run): readonly string[] {
  return pipelines.flatMap((pipeline) => {
    const first = pipeline.findIndex((words) => download.test(programOf(words)));
    const piped = first === -1 ? undefined : pipeline.slice(first + 1).find(runsItsInput);
    const from = pipeline[first];
    return [
      ...(piped !== undefined && from !== undefined ? [`${programOf(from)} | ${programOf(piped)}`] : []),
      ...pipeline.filter(runsSubstituted).map((words) => `${programOf(words)} of a download`),
    ];
  });
}

/** An interpreter with a script of its own reads its input as data: `curl … | python3 -c '…'`. */
function runsItsInput(words: readonly string[]): boolean {
  const program = programOf(words);
  const rest = words.slice(1);
  if (!interpreter.test(program)) return false;
  if (shell.test(program) && rest.some((word) => /^-[a-z]*s$/.test(word))) return true;
  const script = rest.find((word) => !word.startsWith('-') || word === '-');
  return script === undefined || script === '-' || script === '/dev/stdin';
}

function runsSubstituted(words: readonly string[]): boolean {
  const isRun = interpreter.test(programOf(words)) || ['eval', 'source', '.'].includes(programOf(words));
  return isRun && words.slice(1).some((word) => substituted.test(word));
}

function signsIn(commands: readonly (readonly string[])[], signs: readonly Sign[]): readonly string[] {
  return signs
    .filter(({ program, word }) => commands.some((words) => calls(words, program, word)))
    .map(({ shown }) => shown);
}
