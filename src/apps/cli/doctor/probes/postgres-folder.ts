import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Environment } from '#base/index.ts';
import { runningConsole } from '../../../console/instance.ts';
import type { Place } from '../place.ts';
import { type Answer, fine, probe, stops } from '../probe.ts';

interface PostgresFact {
  readonly isOurs: boolean;
  readonly me: number;
  /** Major version of the programs that this console brings. */
  readonly major: number;
  readonly folder: string;
  /** Missing: it is not made yet. */
  readonly data?: { readonly uid: number; readonly mode: number };
  /** Major versions whose data lie beside it. */
  readonly others: readonly number[];
  /** A folder above it that its user may not go through. */
  readonly barrier?: string;
  /** Process that holds the folder, and that of the console. */
  readonly holder?: number;
  readonly console?: number;
}

export const postgresFolder = probe({
  id: 'postgres-folder',
  title: 'Folder of PostgreSQL',
  parts: ['console'],
  look: lookAt,
  judge: judgePostgres,
});

async function lookAt(place: Place): Promise<PostgresFact> {
  const { env, stateFolder: state, uid } = place;
  const { dataFolderOf } = await import('#store/index.ts');
  const url = env['SEAWALL_DATABASE_URL'];
  const major = await postgresMajor(place);
  const folder = dataFolderOf(state, major);
  const root = dirname(folder);
  const data = statSync(folder, { throwIfNoEntry: false });
  const barrier = data === undefined || data.uid === uid ? undefined : barrierAbove(root);
  const holder = lockHolder(join(root, 'owner.lock'));
  const running = runningConsole(state)?.pid;
  return {
    isOurs: url === undefined || url === '',
    me: uid,
    major,
    folder,
    ...(data && { data: { uid: data.uid, mode: data.mode & 0o777 } }),
    others: namesIn(root)
      .map((name) => Number(/^data-(\d+)$/.exec(name)?.[1] ?? major))
      .filter((one) => one !== major),
    ...(barrier !== undefined && { barrier }),
    ...(holder !== undefined && { holder }),
    ...(running !== undefined && { console: running }),
  };
}

/** Major version of the PostgreSQL that the console here starts. */
export function postgresMajor({ env, once }: Place): Promise<number> {
  return once('postgres-major', async () => {
    const { majorOfPrograms } = await import('#store/index.ts');
    return await majorOfPrograms(programsOf(env));
  });
}

function programsOf(env: Environment): string | undefined {
  const named = env['SEAWALL_POSTGRES'];
  return named === '' ? undefined : named;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function barrierAbove(root: string): string | undefined {
  for (let path = dirname(root); path !== dirname(path); path = dirname(path))
    if ((statSync(path).mode & 0o001) === 0) return path;
  return undefined;
}

/** Process that holds a lock on the file (proc_locks(5)); looking takes no lock. */
function lockHolder(file: string): number | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const line = readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .find((one) => / WRITE /.test(one) && one.split(/\s+/).some((word) => word.endsWith(`:${found.ino}`)));
  const pid = Number(line?.trim().split(/\s+/)[4]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

export function judgePostgres(fact: PostgresFact): Answer {
  const { isOurs, me, major, folder, data, others, barrier, holder, console: running } = fact;
  if (!isOurs) return fine('a PostgreSQL of your own is used');
  if (data === undefined) {
    if (others.length === 0) return fine(`${folder} is made at the first start`);
    return stops(
      `${dirname(folder)} holds data of PostgreSQL ${others.join(', ')}; this console opens those of ${major} and would begin with an empty one.`,
      'Start the release that made them, make a backup there, and restore it here.',
    );
  }
  if (me !== 0 && data.uid !== me)
    return stops(
      `${folder} belongs to uid ${data.uid}, and this is uid ${me}.`,
      'Run the console as the user who made it, or as root.',
    );
  if ((data.mode & 0o027) !== 0)
    return stops(
      `${folder} is open to others (mode ${data.mode.toString(8)}): PostgreSQL does not start.`,
      `Run \`chmod 700 ${folder}\`.`,
    );
  if (barrier !== undefined)
    return stops(
      `uid ${data.uid}, which PostgreSQL runs as, cannot go through ${barrier}.`,
      `Run \`chmod o+x ${barrier}\`, or keep the state in another folder.`,
    );
  if (holder !== undefined && holder !== running)
    return stops(
      `Process ${holder} holds the folder, and it is not a console that answers.`,
      `Look at it with \`ps ${holder}\`, and end it if it is a console that hangs.`,
    );
  return fine(folder);
}
