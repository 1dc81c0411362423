import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AppError, isAppError } from '#base/index.ts';
import { masterKeyFile } from '../../../console/config.ts';
import type { Place } from '../place.ts';
import { type Answer, fine, probe, stops, unknown } from '../probe.ts';
import { reachedStore } from './database-url.ts';
import { postgresMajor } from './postgres-folder.ts';

interface KeyFact {
  readonly file: string;
  readonly key: 'good' | 'closed' | Pick<AppError, 'code' | 'message' | 'next'>;
  /** Whether a console has worked with the store, and so sealed keys in it. */
  readonly store: 'filled' | 'empty' | 'unknown';
}

export const masterKey = probe({
  id: 'master-key',
  title: 'Master key',
  parts: ['console'],
  look: async (place): Promise<KeyFact> => {
    const file = masterKeyFile(place.env, place.stateFolder);
    return { file, key: await keyIn(file), store: await storeOf(place) };
  },
  judge: judgeKey,
});

async function keyIn(file: string): Promise<KeyFact['key']> {
  const { readMasterKey } = await import('#link/console/index.ts');
  try {
    readMasterKey(file);
    return 'good';
  } catch (error) {
    if (!isAppError(error)) throw error;
    return (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EACCES' ? 'closed' : error;
  }
}

async function storeOf(place: Place): Promise<KeyFact['store']> {
  const reached = await reachedStore(place);
  if (reached?.kind === 'answers') return reached.isFilled ? 'filled' : 'empty';
  if (reached?.kind === 'silent') return 'unknown';
  const { dataFolderOf } = await import('#store/index.ts');
  const data = dataFolderOf(place.stateFolder, await postgresMajor(place));
  return existsSync(join(data, 'PG_VERSION')) ? 'filled' : 'empty';
}

export function judgeKey({ file, key, store }: KeyFact): Answer {
  if (key === 'good') return fine(file);
  if (key === 'closed')
    return unknown(`${file} may not be read by this user.`, 'Run `seawall doctor` as the user who runs the console.');
  if (key.code !== 'master-key-missing') return stops(key.message, key.next);
  switch (store) {
    case 'filled':
      return stops(`${key.message} The store holds keys that only it opens.`, key.next);
    case 'empty':
      return fine(`${file} is made at the first start`);
    case 'unknown':
      return unknown(`${key.message} Whether the store needs it is not known.`, 'Mend PostgreSQL first.');
  }
}
