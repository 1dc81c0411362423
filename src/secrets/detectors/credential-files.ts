import type { FormatDetector, LineDetector, Matched, SecretDetector } from '../detector.ts';
import type { SecretGroup } from '../finding.ts';
import { isPlaceholder } from '../placeholder.ts';

interface CredentialFile {
  readonly id: string;
  readonly title: string;
  readonly group: SecretGroup;
  /** End of the path of such a file. */
  readonly files: RegExp;
  readonly pattern: RegExp;
  readonly accept?: (matched: Matched) => boolean;
}

const value = String.raw`[^\s"'<>]{6,4096}`;

/** `//registry/:_authToken=…`, and its older forms. */
const npmSetting = String.raw`(?<=^|[\s:"'/])_(?:authToken|auth|password)\s{0,4}=\s{0,4}["']?(?<secret>${value})`;

/** Files that programs read credentials from: who they are for, their name, and the line that holds one. */
const files: readonly CredentialFile[] = [
  {
    id: 'aws-credentials',
    title: 'AWS credentials file',
    group: 'service',
    files: /\.aws\/(?:credentials|config)/,
    pattern: /^\s{0,8}aws_(?:secret_access_key|session_token)\s{0,8}=\s{0,8}(?<secret>[A-Za-z0-9/+=]{20,4096})/dgm,
  },
  {
    id: 'gcp-user-credentials',
    title: 'Google Cloud user credentials',
    group: 'service',
    files: /(?:application_default_credentials|adc|legacy_credentials)\.json/,
    pattern: /"refresh_token"\s{0,4}:\s{0,4}"(?<secret>1\/\/?[\w-]{20,500})"/dg,
  },
  {
    id: 'azure-profile',
    title: 'Azure token cache',
    group: 'service',
    files: /\.azure\/(?:accessTokens|msal_token_cache|service_principal_entries)\.json/,
    pattern: /"(?:refreshToken|accessToken|secret|client_secret)"\s{0,4}:\s{0,4}"(?<secret>[\w.~+/=-]{20,8000})"/dg,
  },
  {
    id: 'kubeconfig-token',
    title: 'Token or password of a kubeconfig file',
    group: 'service',
    files: /(?:\.kube\/config|[^/]{0,80}kubeconfig[^/]{0,40}|kubernetes\/[^/]{1,80}\.conf)/,
    pattern: /^\s{1,16}["']?(?:token|password)["']?:\s{1,8}["']?(?<secret>[\w.~+/=-]{8,4096})/dgm,
  },
  {
    id: 'docker-config',
    title: 'Registry password in a Docker configuration',
    group: 'packages',
    files: /(?:\.docker\/config\.json|\.dockercfg|\.dockerconfigjson|containers\/auth\.json)/,
    pattern: /"auth"\s{0,8}:\s{0,8}"(?<secret>[A-Za-z0-9+/]{8,4096}={0,2})"/dg,
    accept: isUserAndPassword,
  },
  {
    id: 'npmrc',
    title: 'npm registry credential',
    group: 'packages',
    files: /\.?npmrc/,
    pattern: new RegExp(npmSetting, 'dgm'),
  },
  {
    id: 'yarnrc',
    title: 'npm registry credential',
    group: 'packages',
    files: /\.yarnrc\.yml/,
    pattern: new RegExp(String.raw`npmAuth(?:Token|Ident):\s{1,4}["']?(?<secret>${value})`, 'dg'),
  },
  {
    id: 'pypirc',
    title: 'Python registry password',
    group: 'packages',
    files: /\.pypirc/,
    pattern: new RegExp(String.raw`^\s{0,4}password\s{0,4}[=:]\s{0,4}(?<secret>${value})`, 'dgm'),
  },
  {
    id: 'netrc',
    title: 'Password in a .netrc file',
    group: 'packages',
    files: /[._]netrc/,
    pattern: /\blogin\s{1,8}\S{1,200}\s{1,8}(?:account\s{1,8}\S{1,200}\s{1,8})?password\s{1,8}(?<secret>\S{3,4096})/dg,
  },
  {
    id: 'git-credentials',
    title: 'Stored git password',
    group: 'packages',
    files: /(?:\.git-credentials|git\/credentials)/,
    pattern: /^https?:\/\/[^\s:@/]{0,200}:(?<secret>[^\s@/]{3,4096})@/dgm,
  },
  {
    id: 'maven-settings',
    title: 'Password in Maven settings',
    group: 'packages',
    files: /(?:\.m2|maven|conf)\/settings\.xml/,
    pattern: /<(?:password|passphrase)>\s{0,8}(?<secret>[^<\s{]{3,1000})\s{0,8}<\//dg,
    accept: ({ secret }) => !/^(?:proxypass|repopwd|optional)/.test(secret),
  },
  {
    id: 'nuget-config',
    title: 'Password in a NuGet configuration',
    group: 'packages',
    files: /nuget\.config/i,
    pattern: /key="(?:ClearTextPassword|Password)"\s{1,8}value="(?<secret>[^"]{3,1000})"/dgi,
  },
  {
    id: 'cargo-credentials',
    title: 'Cargo registry token',
    group: 'packages',
    files: /\.cargo\/credentials(?:\.toml)?/,
    pattern: /^\s{0,4}token\s{0,4}=\s{0,4}"(?<secret>[^"\s]{6,4096})"/dgm,
  },
  {
    id: 'gem-credentials',
    title: 'RubyGems credential',
    group: 'packages',
    files: /\.gem\/credentials/,
    pattern: /^:[a-z_]{3,40}:\s{0,4}["']?(?<secret>[^\s"']{6,400})/dgm,
  },
  {
    id: 'composer-auth',
    title: 'Composer credential',
    group: 'packages',
    files: /(?:\.composer|composer)\/auth\.json/,
    pattern: /"(?:password|github\.com|gitlab\.com|[a-z.]{3,60})"\s{0,4}:\s{0,4}"(?<secret>[\w.~+/=-]{8,400})"/dg,
    accept: ({ match }) => !match[0].startsWith('"username"'),
  },
  {
    id: 'pgpass',
    title: 'PostgreSQL password file',
    group: 'service',
    files: /\.pgpass/,
    pattern: /^[^#:\s][^:\n]{0,200}:[^:\n]{1,5}:[^:\n]{1,64}:[^:\n]{1,64}:(?<secret>[^\n]{1,1000})/dgm,
  },
  {
    id: 'my-cnf',
    title: 'MySQL password in an options file',
    group: 'service',
    files: /\.?my(?:login)?\.cnf/,
    pattern: /^\s{0,8}password\s{0,4}=\s{0,4}["']?(?<secret>[^\s"'#]{3,400})/dgm,
  },
];

/** One of them is the end of the path, from the beginning of a name on. */
function endsIn(ends: readonly RegExp[], flags: string): RegExp {
  return new RegExp(String.raw`(?:^|\/)(?:${ends.map(({ source }) => source).join('|')})$`, flags);
}

const anyOfThem = endsIn(
  files.map((one) => one.files),
  'i',
);

/** Whether a detector below may be asked of a file: one look where most files are none. */
export function mayHoldCredentials(path: string): boolean {
  return anyOfThem.test(path);
}

const inFiles: readonly LineDetector[] = files.map(({ files: end, accept, ...about }) => ({
  kind: 'lines',
  ...about,
  askedIn: isFileOf(endsIn([end], end.flags)),
  judge: (matched) => (isPlaceholder(matched.secret) || accept?.(matched) === false ? undefined : 'sure'),
}));

function isFileOf(path: RegExp): LineDetector['askedIn'] {
  return (place) => place.kind === 'file' && path.test(place.path);
}

/** The same lines in other settings, and in build steps that write such files. */
const inSettings: readonly FormatDetector[] = [
  {
    kind: 'format',
    id: 'docker-config-text',
    title: 'Registry password as in a Docker configuration',
    group: 'packages',
    askedIn: 'settings',
    anchors: ['"auth"', '\\"auth\\"'],
    pattern: /\\?"auth\\?"\s{0,8}:\s{0,8}\\?"(?<secret>[A-Za-z0-9+/]{8,400}={0,2})\\?"/dy,
    judge: (matched) => (isUserAndPassword(matched) ? 'likely' : undefined),
  },
  {
    kind: 'format',
    id: 'npmrc-text',
    title: 'npm registry credential',
    group: 'packages',
    askedIn: 'settings',
    anchors: ['_authToken', '_auth=', '_auth ', '_password'],
    pattern: new RegExp(npmSetting, 'dy'),
    reach: 4200,
    judge: ({ secret }) => (isPlaceholder(secret) ? undefined : 'likely'),
  },
  {
    kind: 'format',
    id: 'netrc-text',
    title: 'Password as in a .netrc file',
    group: 'packages',
    askedIn: 'settings',
    anchors: ['login '],
    pattern: /login {1,8}[^\s\\]{1,200}(?:\s|\\n){1,8}password {1,8}(?<secret>[^\s\\"']{3,200})/dy,
    judge: ({ secret }) => (isPlaceholder(secret) ? undefined : 'likely'),
  },
];

export const credentialFiles: readonly SecretDetector[] = [...inFiles, ...inSettings];

function isUserAndPassword({ secret }: Matched): boolean {
  return /^[\x20-\x7e]{1,500}:[\x20-\x7e]{3,}$/.test(Buffer.from(secret, 'base64').toString('latin1'));
}
