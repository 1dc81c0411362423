import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReplyOf } from '#http/index.ts';
import { askCode, getCode } from '#runtime/contract.ts';
import { busyLoops } from '../../make/busy-host.ts';
import { mappingImage } from '../../make/mapping-image.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { endSensor } from '../sensors.ts';
import { ruledIn } from './arming.ts';
import { besideLoops } from './busy.ts';
import type { Dock } from './dock.ts';
import { learnedServers } from './learning.ts';

const protectedBy = 'the sensor with a rule that prevents';

/** Tries of each way; 300 in the long form. */
const tries = Number(process.env['SEAWALL_LAB_TRIES'] ?? 8);

/** Ways in which `map-code` maps what it runs; what each does is said there. */
const ways = [
  'mmap',
  'shared-mmap',
  'mprotect-all',
  'mprotect-part',
  'mprotect-several',
  'mprotect-32',
  'pkey',
  'personality',
  'personality-later',
  'mremap',
  'mremap-grow',
  'shmat',
  'memfd',
  'false-name',
  'deleted',
  'crowded-lock',
  'waiting-thread',
  'another-process',
  'another-thread',
  'mprotect-down',
] as const;

/** The container that maps, one for each dock. */
const mappers = new WeakMap<Dock, Promise<string>>();

function mapperOf(dock: Dock): Promise<string> {
  const known = mappers.get(dock) ?? start(dock);
  mappers.set(dock, known);
  return known;
}

async function start({ pier, state, armed, ask }: Dock): Promise<string> {
  const archive = join(state, 'mapping.tar');
  writeFileSync(archive, await mappingImage('surge/map:1', 'with node'));
  await pier.docker('load', '-q', '-i', archive);
  rmSync(archive);
  const open = ['--security-opt', 'seccomp=unconfined'];
  const id = await pier.docker('run', '-d', '--network', 'none', ...open, 'surge/map:1', 'sleep', '6000');
  if (armed)
    await until('a scan of the image', async () => (await codeOf({ ask }, id)).verdict.kind === 'proven', {
      seconds: 120,
      every: 500,
    });
  return id;
}

type Code = NonNullable<ReplyOf<typeof getCode>['code']>;

/** What the host says now. */
async function codeOf({ ask }: Pick<Dock, 'ask'>, id: string): Promise<Code> {
  const { request } = await ask(askCode, { params: { name: id } });
  return await until(
    'what the host says of its code',
    async () => {
      const { code } = await ask(getCode, { params: { name: id } });
      return code?.statement.request === request ? code : undefined;
    },
    { seconds: 30, every: 200 },
  );
}

async function expectOther(dock: Dock, id: string, wanted: { readonly path: string; readonly why: string }) {
  const { statement, verdict } = await codeOf(dock, id);
  expectThat(verdict.kind === 'other', `it says: ${verdict.sentence}`);
  const found = statement.files.find(({ path }) => path === wanted.path);
  expectThat(found?.standing === 'other' && found.why === wanted.why, `it says of ${wanted.path}: ${found?.why}`);
  return verdict.sentence;
}

/** Lets other code run in the container for as long as the work takes. */
async function letThrough<Value>(dock: Dock, id: string, work: () => Promise<Value>): Promise<Value> {
  await ruledIn(dock, id, { code: 'alert' });
  try {
    return await work();
  } finally {
    await ruledIn(dock, id, {});
  }
}

const stay = (dock: Dock, id: string, ...words: readonly string[]) =>
  dock.pier.docker('exec', '-d', '-e', 'STAY=1', id, 'map-code', ...words);

/** The ways that the short form tries, with a file and without one; how the alert comes is the same for all. */
const inShort: readonly (typeof ways)[number][] = ['mmap', 'memfd'];
const shownBy = '`npm run test:kernel` tries each 20 times beside 8 busy loops, in sensor-mappings.test.ts.';

/** What maps code that is not the image's, in each way. */
export const mappedCases: readonly LabCase<Dock>[] = ways.map((way, index) => ({
  id: `P4${String(index).padStart(2, '0')}`,
  ...(inShort.includes(way) ? {} : { shownBy }),
  title: `code that is not the image’s runs in no try on a busy host, mapped by ${way}`,
  protectedBy,
  async run(dock) {
    const id = await mapperOf(dock);
    const since = new Date();
    const path = `/tmp/${way}.so`;
    await dock.inside(id, 'cp', '/lib64/code.so', path);
    const { output } = await besideLoops(dock, () => dock.inside(id, 'map-code', way, path, String(tries)));
    expectThat(!output.includes('ran'), `it ran: ${output.slice(0, 200)}`);
    expectThat(output.includes(`stopped ${tries}\n`), `not each try was stopped: ${output.slice(0, 200)}`);
    const { outcome } = await dock.alert(id, since, { detector: 'code-drift' });
    expectThat(outcome === 'refused' || outcome === 'killed', `the alert says ${outcome}`);
    return `${tries} tries beside ${busyLoops} busy loops, ${outcome}`;
  },
}));

/** Executable mappings: what raises nothing, what is proven, and what makes a proof fail. */
export const mappingCases: readonly LabCase<Dock>[] = [
  {
    id: 'P450',
    title: 'node, java, python, perl, shared and double mapped memory raise nothing',
    async run(dock) {
      const { tomcat, nginx } = await learnedServers(dock);
      const id = await mapperOf(dock);
      const since = new Date();
      const busyWork = 'let n = 0; for (let i = 0; i < 5e7; i += 1) n += i % 7; console.log(n)';
      const { code, output } = await dock.inside(id, 'node', '-e', busyWork);
      expectThat(code === 0, `node ended with ${code}: ${output}`);
      for (const way of ['memory', 'memory-of-many', 'mapped-twice', 'mmap'])
        expectThat((await dock.inside(id, 'map-code', way, '/lib64/code.so')).output === 'ran\n', `${way} was stopped`);
      for (const words of [
        ['python3', '-c', 'import json, ssl'],
        ['perl', '-MPOSIX', '-e', '1'],
      ])
        await dock.inside(nginx.id, ...words);
      await dock.inside(tomcat.id, '/usr/lib/jvm/java-21-openjdk-amd64/bin/java', '-version');
      await new Promise((resolve) => setTimeout(resolve, 4000)); // an alert takes two at most
      const all = await Promise.all([id, tomcat.id, nginx.id].map((one) => dock.alerts(one, since)));
      const raised = all.flat().filter(({ detector }) => detector === 'code-drift');
      expectThat(raised.length === 0, raised.map(({ message }) => message).join('; '));
      return undefined;
    },
  },
  {
    id: 'P451',
    title: 'what runs in servers is proven, with layer, package and hash',
    async run(dock) {
      const { tomcat, nginx } = await learnedServers(dock);
      const said: string[] = [];
      for (const { id } of [nginx, tomcat]) {
        const { statement, verdict } = await codeOf(dock, id);
        expectThat(statement.counts.other === 0, `${verdict.sentence} ${JSON.stringify(statement.files[0])}`);
        const libc = statement.files.find(({ path }) => path.endsWith('/libc.so.6'));
        expectThat(libc?.sha256 !== undefined, `libc is told as ${JSON.stringify(libc)}`);
        said.push(verdict.sentence);
      }
      return said.join(' ');
    },
  },
  {
    id: 'P452',
    title: 'a library in memory and a page that was protected later make the proof fail',
    async run(dock) {
      const id = await mapperOf(dock);
      return await letThrough(dock, id, async () => {
        await dock.inside(id, 'cp', '/lib64/code.so', '/tmp/later.so');
        await stay(dock, id, 'memfd', '/lib64/code.so');
        await stay(dock, id, 'mprotect-part', '/tmp/later.so');
        await new Promise((resolve) => setTimeout(resolve, 1000));
        await expectOther(dock, id, { path: 'memfd:hidden', why: 'memory' });
        return await expectOther(dock, id, { path: '/tmp/later.so', why: 'written' });
      });
    },
  },
  {
    id: 'P453',
    title: 'a mapping made before the sensor came makes the proof fail, told without being asked',
    shownBy: '`npm run test:kernel` finds it, in sensor-mapped-now.test.ts, and what P452 finds makes the proof fail.',
    async run(dock) {
      const since = new Date();
      await dock.pier.killAgent('SIGKILL');
      await endSensor(dock.pier.name);
      const words = ['run', '-d', '--network', 'none', 'surge/map:1', 'sleep', '6000'];
      const id = await dock.pier.docker(...words);
      await dock.inside(id, 'cp', '/lib64/code.so', '/tmp/before.so');
      await stay(dock, id, 'mmap', '/tmp/before.so');
      await dock.pier.startAgent();
      const reported = await until(
        'what the host says by itself',
        async () => {
          const { code } = await dock.ask(getCode, { params: { name: id } });
          return code !== undefined && new Date(code.statement.at) > since ? code : undefined;
        },
        { seconds: 60, every: 500 },
      );
      expectThat(reported.verdict.kind === 'other', `it says: ${reported.verdict.sentence}`);
      return await expectOther(dock, id, { path: '/tmp/before.so', why: 'written' });
    },
  },
];
