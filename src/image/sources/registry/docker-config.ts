import { readFile } from 'node:fs/promises';
import { AppError, messageOf } from '#base/index.ts';
import { parseJson } from '../../subject.ts';
import type { Credentials } from './access.ts';
import { DockerConfig } from './schema.ts';

/**
 * Credentials that `docker login` keeps in its own file. Programs that keep credentials (`credHelpers`) are not run:
 * what they keep is not found. A missing file holds none. Throws `target-unreadable` for a file that cannot be read.
 */
export async function dockerCredentials(file: string, host: string): Promise<Credentials | undefined> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new AppError('target-unreadable', `${file} cannot be read: ${messageOf(error)}.`, { cause: error });
  });
  if (bytes === undefined) return undefined;
  const { auths } = parseJson(bytes, { schema: DockerConfig, target: file, what: 'list of credentials' });
  const [, found] = Object.entries(auths ?? {}).find(([key]) => hostOf(key) === host) ?? [];
  return found === undefined ? undefined : credentialsOf(found);
}

/** Keys are hosts, or addresses as older versions wrote them: `https://index.docker.io/v1/`. */
function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === 'index.docker.io' || host === 'docker.io' ? 'registry-1.docker.io' : host.toLowerCase();
}

type Kept = NonNullable<DockerConfig['auths']>[string];

function credentialsOf({ auth, username, password, identitytoken }: Kept): Credentials | undefined {
  if (identitytoken !== undefined && identitytoken !== '') return { kind: 'identity-token', token: identitytoken };
  if (username !== undefined && password !== undefined) return { kind: 'password', user: username, password };
  const text = Buffer.from(auth ?? '', 'base64')
    .toString('utf8')
    .replace(/\0+$/, '');
  const colon = text.indexOf(':');
  return colon < 1 ? undefined : { kind: 'password', user: text.slice(0, colon), password: text.slice(colon + 1) };
}
