import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Fields } from '#compliance/index.ts';
import { hostSubjects } from '#compliance/agent/index.ts';
import { expectThat } from '../../lab.ts';
import type { BareEngine } from '../more-engines.ts';
import { live, type Subject } from '../subject.ts';
import type { Engines, Yards } from '../yards.ts';
import { recordedEngines } from './recordings.ts';
import { statedEngines } from './stated-engines.ts';

const run = promisify(execFile);

/** Engines of all hosts of the lab, and the services of their swarms. */
export async function engineSubjects({ yards, rootless }: Engines): Promise<readonly Subject[]> {
  const found: Subject[] = [];
  for (const engine of [...Object.values(yards), rootless]) found.push(...(await collected(engine)));
  const open = found.filter(({ name }) => name === 'open');
  const at = new Date(Date.now() + 2 * 365 * 86_400_000);
  const later = open.map((one): Subject => ({ ...one, name: 'open, two years on', at }));
  return [...found, ...later, ...recordedEngines(), ...statedEngines];
}

/** What collectors tell in the network of the engine; again, where a busy machine kept a listener from answering in time. */
async function told({
  pid,
  socket,
}: BareEngine): Promise<{ readonly engine: Fields; readonly services?: readonly Fields[] }> {
  const program = join(import.meta.dirname, '../collect-engine.ts');
  const words = [`--net=/proc/${pid}/ns/net`, process.execPath, program, socket];
  for (let left = 3; ; left -= 1) {
    const { stdout } = await run('nsenter', words, { maxBuffer: 16 * 1024 * 1024 });
    const facts = JSON.parse(stdout) as { engine: Fields; services?: readonly Fields[] };
    if (left === 0 || facts.engine['apiAnswers']?.kind === 'known') return facts;
  }
}

async function collected(engine: BareEngine): Promise<readonly Subject[]> {
  const { name } = engine;
  const { engine: fields, services = [] } = await told(engine);
  const lists = {
    'trusted-repositories': ['registry.example/team'],
    'engine-configurations': name === 'strict' ? [textOf(fields, 'configuration')] : [],
    'authorization-plugins': ['lab'],
  };
  return [
    { name, kind: 'engine', origin: live, documents: [{ kind: 'engine', fields }], lists },
    ...services.map(
      (service): Subject => ({
        name: textOf(service, 'name'),
        kind: 'service',
        origin: live,
        documents: [{ kind: 'service', fields: service }],
        lists,
      }),
    ),
  ];
}

function textOf(fields: Fields, name: string): string {
  const field = fields[name];
  return field?.kind === 'known' ? String(field.value) : '';
}

/** Networks on which containers of one sensitivity, and of two, meet. */
export async function networkSubjects({ loose }: Yards): Promise<readonly Subject[]> {
  const attached = { 'seen-through': ['secret', 'lower'], alike: ['secret', 'secretive'] };
  const { socket, docker } = loose;
  const ids = new Map<string, string>();
  for (const [name, containers] of Object.entries(attached)) {
    ids.set(name, (await docker('network', 'create', name)).trim());
    for (const one of containers) await docker('network', 'connect', name, one);
  }
  const subjects = hostSubjects({ socket, host: loose.name, running: () => [], wrapper: () => undefined });
  return await Promise.all(
    [...ids].map(async ([name, id]): Promise<Subject> => {
      const documents = await subjects.read({ kind: 'network', id, name });
      expectThat(documents !== undefined, `the network ${name} cannot be read`);
      return { name, kind: 'network', origin: live, documents };
    }),
  );
}
