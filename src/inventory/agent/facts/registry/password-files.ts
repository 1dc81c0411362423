import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { PasswordFile } from '../../../facts/index.ts';
import { readBounded } from '../engine/read-bounded.ts';

const longest = 1024 * 1024;
const mostUsers = 1000;

const text = z.string().optional().catch('of another form');
const ClientSettings = z.object({
  auths: z
    .record(z.string(), z.object({ auth: text, password: text, identitytoken: text, registrytoken: text }))
    .nullish(),
});

/** Docker's client settings of root and of everyone in the group `docker`, below a host's root folder. */
export async function passwordFiles(root: string): Promise<readonly PasswordFile[]> {
  const [passwd, group] = await Promise.all([
    readBounded(join(root, 'etc/passwd'), longest),
    readBounded(join(root, 'etc/group'), longest),
  ]);
  const files: PasswordFile[] = [];
  for (const home of homesOf(passwd, group)) {
    const path = join(home, '.docker/config.json');
    const file = await passwordFile(path, join(root, path));
    if (file !== undefined) files.push(file);
  }
  return files;
}

/** Home folders of root and of members of the group `docker`, by their entry there or by their first group. */
export function homesOf(passwd: string, group: string): readonly string[] {
  const docker = group
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'docker');
  const members = new Set((docker?.[3] ?? '').split(',').filter((name) => name !== ''));
  const homes = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .filter(
      ([name = '', , uid, gid]) => uid === '0' || members.has(name) || (docker !== undefined && gid === docker[2]),
    )
    .flatMap(([, , , , , home]) => (home?.startsWith('/') === true ? [home] : []));
  return [...new Set(homes)].slice(0, mostUsers);
}

async function passwordFile(path: string, place: string): Promise<PasswordFile | undefined> {
  try {
    const { mode } = await stat(place);
    const settings = ClientSettings.parse(JSON.parse(await readBounded(place, longest)));
    return { path, clear: registriesInClear(settings), mode: mode & 0o7777 };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new Error(`${path} cannot be read as settings of Docker’s client`, { cause: error });
  }
}

/** A helper leaves an empty entry behind; what holds anything holds it readable, base64 or not. */
function registriesInClear({ auths }: z.infer<typeof ClientSettings>): readonly string[] {
  return Object.entries(auths ?? {})
    .filter(([, entry]) => Object.values(entry).some((value) => value !== undefined && value !== ''))
    .map(([registry]) => registry)
    .toSorted();
}
