import { everyOf, type Matched, type SecretDetector } from '../detector.ts';
import type { Certainty, SecretPlace } from '../finding.ts';
import { entropyOf, isPlaceholder } from '../placeholder.ts';

const group = 'service';

/** Words before `key` with which it is a secret. */
const secretKeys = ['api', 'app', 'access', 'private', 'secret', 'signing', 'encryption', 'master', 'account', 'auth'];

/**
 * Last words of a name whose value is secret; words before them do not matter. `pass` alone is a result more often than not.
 * `TOKEN_URL` and `PASSWORD_FILE` end otherwise.
 */
const secretName = String.raw`(?:password|passwd|passphrase|(?<=\w[_.-])pass|(?<![a-z])(?:pass(?=["']?\s{0,4}=)|passcode|pwd|dsn)|secrets?|tokens?|credentials?|(?:${secretKeys.join('|')})[_.-]?key|secret[_.-]?key[_.-]?base)`;
const nameBeginnings = [
  ...['pass', 'secret', 'token', 'credential'].flatMap(spellings),
  ...secretKeys.flatMap((word) => ['', '_', '-', '.'].flatMap((sign) => spellings(`${word}${sign}key`))),
  ...everyOf('p', 'w', 'd', '=:"\'_ '),
  ...everyOf('P', 'W', 'D', '=:"\'_ '),
  ...everyOf('d', 's', 'n', '=:"'),
  ...everyOf('D', 'S', 'N', '=:"'),
];

/** `apikey`, `apiKey`, `ApiKey`, `Apikey`, `APIKEY`. */
function spellings(word: string): readonly string[] {
  const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
  const key = word.replace(/key$/, 'Key');
  return [...new Set([word, key, capital(key), capital(word), word.toUpperCase()])];
}

/** A quoted text, or one up to a blank or the end of a list's entry. Which of the three groups matched is the secret. */
const anyValue = String.raw`(?:"(?<double>[^"\r\n]{8,512})"|'(?<single>[^'\r\n]{8,512})'|(?<bare>[^\s"'<>,;)\]}&|]{8,512}))`;

const isCommand = (place: SecretPlace): boolean => place.kind === 'history' || place.kind === 'arguments';

/** What no format tells: a name and a random value, in settings alone. */
export const namedValues: readonly SecretDetector[] = [
  {
    kind: 'format',
    id: 'named-secret',
    title: 'Random value with the name of a secret',
    group,
    askedIn: 'settings',
    anchors: nameBeginnings,
    pattern: new RegExp(
      String.raw`${secretName}(?:[_-]?\d{1,3})?(?:["']?\s{0,4}(?::=|=>|[:=])\s{0,4}${anyValue}|>\s{0,8}(?<secret>[^<>\s]{8,512})\s{0,8}</)`,
      'diy',
    ),
    reach: 640,
    judge: judgeNamed,
  },
  {
    kind: 'lines',
    id: 'secret-option',
    title: 'Random value behind an option for secrets',
    group,
    askedIn: isCommand,
    pattern: new RegExp(String.raw`(?<=\s|^)--?(?:[a-z-]{0,40}-)?${secretName}\s{1,4}${anyValue}`, 'dgi'),
    judge: judgeNamed,
  },
  {
    kind: 'lines',
    id: 'curl-user',
    title: 'Password for curl or wget',
    group,
    askedIn: isCommand,
    pattern:
      /\b(?:curl\s[^\n|;]{0,200}?(?:-u|--user)[ =]["']?[^\s:"']{1,100}:|wget\s[^\n|;]{0,200}?--(?:http-)?password=["']?)(?<secret>[^\s"'@]{6,400})/dg,
    judge: judgePlain,
  },
  {
    kind: 'format',
    id: 'authorization-header',
    title: 'Authorization header',
    group,
    askedIn: 'settings',
    anchors: ['uthorization', 'UTHORIZATION'],
    pattern: /uthorization["']?\s{0,4}[:=]\s{0,4}["']?(?:bearer|basic|token)\s{1,4}(?<secret>[\w.~+/=-]{16,4096})/diy,
    reach: 4200,
    judge: judgePlain,
  },
  {
    kind: 'format',
    id: 'url-password',
    title: 'Password in a URL',
    group,
    askedIn: 'settings',
    anchors: everyOf('abcdefghijklmnopqrstuvwxyz0123456789', ':', '/', '/'),
    pattern: /[a-z0-9]:\/\/[^\s:@/'"<>]{0,100}:(?<secret>[^\s@/'"<>:]{4,256})(?=@[A-Za-z0-9[$])/dy,
    judge: ({ secret }) => (isPlaceholder(secret) || isCommonPassword(secret) ? undefined : 'likely'),
  },
];

function judgePlain({ secret }: Matched): Certainty | undefined {
  return isPlaceholder(secret) ? undefined : 'likely';
}

function judgeNamed({ secret }: Matched): Certainty | undefined {
  return isRandom(secret) && !isPlaceholder(secret) ? 'likely' : undefined;
}

/** `user:pass@`, `postgres:postgres@`: words of documentation. */
function isCommonPassword(text: string): boolean {
  return /^(?:[a-z]{1,10}|\d{1,5})$/.test(text);
}

/**
 * Whether a value may be a random one: no path, address, version, number, identifier, sentence or digest with its algorithm, and
 * enough different characters. A digit, or a sign that identifiers lack, is in it.
 */
function isRandom(text: string): boolean {
  if (/[^\x21-\x7e]/.test(text) || /^[./~]|^[A-Za-z]:\\|^[a-z][a-z0-9+.-]{0,20}:\/\//i.test(text)) return false;
  if (/^\d[\d.:_-]*$|^v?\d+(?:\.\d+)+|^sha\d{1,3}[:-]|^#|^\[|^\(|^0x/i.test(text)) return false;
  const parts = text.split(/[._:/\\-]/);
  if (parts.every((part) => /^(?:[A-Za-z]*|\d{1,4})$/.test(part))) return false;
  // Calls, types and paths of programs: `getToken(ctx)`, `Array<string>`, `a.b2.c`.
  if (/[(){}[\]<>]|=>|\.\w+\.\w+\./.test(text) && !/[!@#%^&*+]/.test(text)) return false;
  return /[\d!@#%^&*+=?]/.test(text) && entropyOf(text) >= (text.length >= 12 ? 2.75 : 2.5);
}
