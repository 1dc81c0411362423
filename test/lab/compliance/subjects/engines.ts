import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { recordedEngines } from './recorded-engines.ts';
import type { Fields } from '#compliance/index.ts';
import { networkOfContainers } from '#inventory/index.ts';
import type { Yard } from '../lab-engine.ts';
import { live, type Subject } from '../subject.ts';
import type { Yards } from '../yards.ts';

const run = promisify(execFile);

/** Engines of all hosts of the lab, and the services of their swarms. */
export async function engineSubjects(yards: Yards): Promise<readonly Subject[]> {
  const found: Subject[] = [];
  for (const yard of Object.values(yards)) found.push(...(await collected(yard)));
  const open = found.filter(({ name }) => name === 'open');
  const at = new Date(Date.now() + 2 * 365 * 86_400_000);
  const later = open.map((one): Subject => ({ ...one, name: 'open, two years on', at }));
  return [...found, ...later, ...(await recordedEngines())];
}

/** What collectors tell in the network of the engine; again, where a busy machine kept a listener from answering in time. */
async function told({
  pid,
  socket,
}: Yard): Promise<{ readonly engine: Fields; readonly services?: readonly Fields[] }> {
  const program = join(import.meta.dirname, '../collect-engine.ts');
  const words = [`--net=/proc/${pid}/ns/net`, process.execPath, program, socket];
  for (let left = 3; ; left -= 1) {
    const { stdout } = await run('nsenter', words, { maxBuffer: 16 * 1024 * 1024 });
    const facts = JSON.parse(stdout) as { engine: Fields; services?: readonly Fields[] };
    if (left === 0 || facts.engine['apiAnswers']?.kind === 'known') return facts;
  }
}

async function collected(yard: Yard): Promise<readonly Subject[]> {
  const { name } = yard;
  const { engine, services = [] } = await told(yard);
  const lists = {
    'trusted-repositories': ['registry.example/team'],
    'engine-configurations': name === 'strict' ? [textOf(engine, 'configuration')] : [],
    'authorization-plugins': ['lab'],
  };
  return [
    { name, kind: 'engine', origin: live, documents: [{ kind: 'engine', fields: engine }], lists },
    ...services.map(
      (fields): Subject => ({
        name: textOf(fields, 'name'),
        kind: 'service',
        origin: live,
        documents: [{ kind: 'service', fields }],
        lists,
      }),
    ),
  ];
}

function textOf(fields: Fields, name: string): string {
  const field = fields[name];
  return field?.kind === 'known' ? String(field.value) : '';
}

/** What labels of real containers say of the networks that they share. */
export async function networkSubjects({ loose }: Yards): Promise<readonly Subject[]> {
  const attached = { 'seen-through': ['secret', 'lower'], alike: ['secret'] };
  return await Promise.all(
    Object.entries(attached).map(async ([name, containers]): Promise<Subject> => {
      await loose.docker('network', 'create', name);
      for (const one of containers) await loose.docker('network', 'connect', name, one);
      const said = await loose.docker('network', 'inspect', '--format', '{{range .Containers}}{{.Name}} {{end}}', name);
      const members = await Promise.all(
        said
          .trim()
          .split(' ')
          .map(async (one) => ({
            name: one,
            labels: JSON.parse(await loose.docker('inspect', '--format', '{{json .Config.Labels}}', one)) as Record<
              string,
              string
            >,
          })),
      );
      return {
        name,
        kind: 'network',
        origin: live,
        documents: [{ kind: 'network', fields: networkOfContainers(members) }],
      };
    }),
  );
}
