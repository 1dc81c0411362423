import type { EnvironmentVariable } from '#catalog/index.ts';
import { failIfAny } from '../../judgement.ts';
import { imageCheck } from './image-check.ts';

/** Variables with which a file of somebody's choice is loaded into every program. */
const loaders: ReadonlySet<string> = new Set(['LD_PRELOAD', 'LD_AUDIT', 'BASH_ENV']);
/** Folders in which everybody may put a program. */
const openFolders = ['/tmp', '/var/tmp', '/dev/shm'];

/** Variables that take the check of certificates away, and with which values. Names are compared without regard to case. */
const tlsSwitches: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['NODE_TLS_REJECT_UNAUTHORIZED', (value) => value === '0'],
  ['PYTHONHTTPSVERIFY', (value) => value === '0'],
  // Git asks only whether it is there.
  ['GIT_SSL_NO_VERIFY', () => true],
  ['CURL_INSECURE', isYes],
  // Python's requests takes an empty one for "do not check".
  ['CURL_CA_BUNDLE', (value) => value === ''],
  ['REQUESTS_CA_BUNDLE', (value) => value === ''],
  ['NPM_CONFIG_STRICT_SSL', (value) => /^(?:false|0|no)$/i.test(value)],
  ['PIP_TRUSTED_HOST', (value) => value !== ''],
  ['UV_INSECURE_HOST', (value) => value !== ''],
  ['GOINSECURE', (value) => value !== ''],
]);

/** Every name that these checks look at, in upper case. */
export const namesOfEnvironmentChecks: readonly string[] = ['PATH', ...loaders, ...tlsSwitches.keys()];

/** What the environment of the image does to programs. */
export const environmentChecks = [
  imageCheck({
    id: 'IMG-054',
    version: 1,
    nist: ['4.1.2', '4.1.3'],
    title: 'The environment makes programs load no unexpected code',
    why: 'Whoever can write to one of these files or folders runs code in every program of the container.',
    remedy: {
      dockerfile:
        'Remove LD_PRELOAD, LD_AUDIT and BASH_ENV from ENV; name only absolute folders in PATH that only root can write to',
    },
    severity: 'medium',
    needs: ['steering'],
    judge: ({ steering }) =>
      failIfAny(
        steering.flatMap(({ name, value }) => {
          if (loaders.has(name)) return value.trim() === '' ? [] : [`${name}=${value}`];
          return name === 'PATH' ? strayFolders(value).map((folder) => `PATH: ${folder}`) : [];
        }),
      ),
  }),
  imageCheck({
    id: 'IMG-055',
    version: 1,
    nist: ['4.1.2'],
    title: 'The environment does not switch certificate verification off',
    why: 'Without verification, anyone on the way can read and change every connection of the application.',
    remedy: {
      dockerfile: 'Remove the variable from ENV; add the certificate of your own authority to the trust store',
    },
    severity: 'medium',
    needs: ['steering'],
    judge: ({ steering }) => failIfAny(steering.filter(isSwitchedOff).map(({ name, value }) => `${name}=${value}`)),
  }),
] as const;

/** An empty entry stands for the folder in which a program is called. */
function strayFolders(path: string): readonly string[] {
  return path.split(':').flatMap((folder) => {
    if (!folder.startsWith('/')) return [folder === '' ? 'an empty entry' : folder];
    const isOpen = openFolders.some((open) => `${folder}/`.startsWith(`${open}/`));
    return isOpen ? [folder] : [];
  });
}

function isSwitchedOff({ name, value }: EnvironmentVariable): boolean {
  return tlsSwitches.get(name.toUpperCase())?.(value.trim()) ?? false;
}

function isYes(value: string): boolean {
  return /^(?:1|true|yes|on)$/i.test(value);
}
