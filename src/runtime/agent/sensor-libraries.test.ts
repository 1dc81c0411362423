import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestEngine, startTestEngine } from '../../../test/make/docker.ts';
import { docker, imageFile } from '../../../test/make/program-image.ts';
import { pythonImage } from '../../../test/make/python-image.ts';
import { startTestSensor, TestAgent, type TestSensor } from '../../../test/make/sensor.ts';
import { closeSensorWorld, configure, putEffects } from '../../../test/make/sensor-world.ts';
import { findPackedLibraries } from './image-files/packed-libraries.ts';

// Libraries that a program writes itself and loads: what a server does that somebody broke into, and what Java does with the
// libraries in its archives.

const image = 'libraries:1';
const python = realpathSync('/usr/bin/python3');
const folder = mkdtempSync(join(tmpdir(), 'seawall-libraries-'));

/** A library that says that it ran once it is loaded, and is a module of Python by any of these names. */
function libraryOf(words: string): Buffer {
  const place = join(folder, `${words}.so`);
  const source = `#include <unistd.h>
    __attribute__((constructor)) static void start(void) { (void)!write(1, "${words}\\n", ${words.length + 1}); }
    void *PyInit_own(void) { return 0; }`;
  execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-x', 'c', '-', '-o', place], { input: source });
  return readFileSync(place);
}

const foreign = libraryOf('foreign');
const packed = libraryOf('packed');
const own = libraryOf('image');

/** What the server's own program does; what it writes is no file of the image, and no copy of one. */
const server = `
import base64, ctypes, os, sys
way, code = sys.argv[1], base64.b64decode(open('/app/foreign.txt').read())

def put(path):
    with open(path, 'wb') as out:
        out.write(code)
    return path

def load(path):
    ctypes.CDLL(path)

def own():
    sys.path.insert(0, '/tmp')
    put('/tmp/own.so')
    import own

def linked():
    put('/tmp/linked')
    os.link('/tmp/linked', '/tmp/linked.so')
    load('/tmp/linked.so')

def opened():
    put('/tmp/opened.so')
    load('/proc/self/fd/%d' % os.open('/tmp/opened.so', os.O_RDONLY))

def unnamed():
    file = os.open('/tmp', os.O_TMPFILE | os.O_RDWR)
    os.write(file, code)
    load('/proc/self/fd/%d' % file)

def unpack(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    jar, name = open('/app/app.jar', 'rb').read(), b'META-INF/native/libpacked.so'
    at = jar.index(name) + len(name)
    with open(path, 'wb') as out:
        out.write(jar[at : at + ${packed.length}])
    load(path)

def by_link():
    put('/tmp/aside.so')
    os.symlink('/tmp/aside.so', '/work/link.so')
    load('/work/link.so')

{
    'ctypes': lambda: load(put('/tmp/a.so')),
    'own': own,
    'overwritten': lambda: load(put('/app/image.so')),
    'memory': lambda: load(put('/dev/shm/a.so')),
    'linked': linked,
    'opened': opened,
    'unnamed': unnamed,
    'unpack': lambda: unpack('/tmp/netty%d/libpacked.so' % os.getpid()),
    'unpack-changed': lambda: (unpack('/tmp/one/libpacked.so'), put('/tmp/one/libpacked.so'), load('/tmp/one/../one/libpacked.so')),
    'work': lambda: load(put('/work/a.so')),
    'deeper': lambda: (os.makedirs('/work/below'), load(put('/work/below/a.so'))),
    'by-link': by_link,
    'by-dots': lambda: load(os.path.dirname(put('/tmp/dots.so')) + '/../work/../tmp/dots.so'),
    'data': lambda: put('/tmp/data'),
}[way]()
`;
const perl = `open(F, '>', $ARGV[1]); open(B, '<', '/tmp/data'); binmode F; binmode B; local $/; print F <B>; close F;
require DynaLoader; DynaLoader::dl_load_file($ARGV[1], 0) or die DynaLoader::dl_error();`;

/** Not compressed, for a Python without its library. */
const jar = zipSync({ 'META-INF/native/libpacked.so': packed }, { level: 0 });
let engine: TestEngine;
let sensor: TestSensor;
let agent: TestAgent;
let imageId = '';
let started = 0;

beforeAll(async () => {
  engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
  const dynload = `/usr/lib/${python.split('/').at(-1)}`;
  const more = [
    ...globSync([`${dynload}/lib-dynload/{_ctypes,_struct,zlib,_random,_bisect,_sha2,math,binascii,_lzma,_bz2}.*.so`]),
    ...globSync([`${dynload}/ctypes/**/*.py`]),
    ...globSync('/usr/lib/x86_64-linux-gnu/perl-base/**/*.p[ml]'),
    ...['perl', 'dd', 'cp'].map((name) => `/usr/bin/${name}`),
  ];
  const app = {
    'server.py': server,
    'load.pl': perl,
    'foreign.txt': foreign.toString('base64'),
    'image.so': own,
    'app.jar': jar,
  };
  await engine.load(pythonImage(image, app, more));
  sensor = await startTestSensor(engine.root);
  agent = new TestAgent(sensor.socket);
  configure(agent);
  imageId = (await docker(engine, 'image', 'inspect', '--format', '{{.Id}}', image)).stdout;
}, 240_000);

afterAll(async () => {
  await closeSensorWorld({ engine, sensor, agent });
  rmSync(folder, { recursive: true });
});

const serve = (way: string) => `python3 -S -E /app/server.py ${way}`;

/** Runs a shell's words as a container's own program; answers what it said, and what the sensor reported. */
async function runAs(words: string) {
  started += 1;
  const name = `app-${started}`;
  const made = await docker(
    engine,
    'run',
    '-d',
    '--name',
    name,
    '--network',
    'none',
    '--tmpfs',
    '/work:exec',
    image,
    'sh',
    '-c',
    words,
  );
  await docker(engine, 'wait', name);
  const { stdout, stderr } = await docker(engine, 'logs', name);
  const { cgroup } = await agent.until('container', ({ id }) => id === made.stdout);
  const reported = () => agent.of('code').filter((one) => one.cgroup === cgroup && one.verdict !== 'observed');
  return { stdout, stderr, reported };
}

const ways: readonly (readonly [string, string])[] = [
  ['Python’s ctypes', serve('ctypes')],
  ['Perl', `${serve('data')}; perl /app/load.pl x /tmp/b.so`],
  ['cp', `${serve('data')}; /usr/bin/cp /tmp/data /tmp/c.so; LD_PRELOAD=/tmp/c.so /usr/bin/cp /app/server.py /tmp/d`],
  [
    'dd',
    `${serve('data')}; /usr/bin/dd if=/tmp/data of=/tmp/d.so 2>/tmp/dd; LD_PRELOAD=/tmp/d.so /usr/bin/dd if=/app/server.py of=/tmp/e`,
  ],
  ['a module of its own', serve('own')],
  ['a library of the image that it overwrote', serve('overwritten')],
  ['a file in memory', serve('memory')],
  ['another name of what it wrote', serve('linked')],
  ['the descriptor of what it wrote', serve('opened')],
  ['a file that never had a name', serve('unnamed')],
];

describe('a library that a program wrote itself is loaded by no way, and each is reported:', () => {
  beforeAll(() => putEffects(agent, imageId, { driftEffect: 'prevent', codeEffect: 'prevent' }));

  test.each(ways)('%s', async (_, words) => {
    const { stdout, stderr, reported } = await runAs(words);
    expect(stdout).not.toContain('foreign');
    expect(stderr).toMatch(/not permitted|cannot be preloaded|foreign|Permission denied|cannot open/u);
    await agent.until(
      'code',
      (one) => reported().includes(one) && one.verdict === 'refused' && one.codeKind === 'library',
    );
  });
});

describe('a library inside an archive of the image', () => {
  let contents: readonly string[] = [];
  beforeAll(async () => {
    const { stdout } = await docker(engine, 'image', 'inspect', '--format', '{{.GraphDriver.Data.UpperDir}}', image);
    const path = 'app/app.jar';
    const sha256 = createHash('sha256').update(jar).digest('hex');
    const found = await findPackedLibraries(
      [{ path, layer: 0, size: statSync(join(stdout, path)).size, sha256, md5: '' }],
      [stdout],
    );
    contents = found.contents;
    const digests = contents.map((one) => ({ sha256: Buffer.from(one, 'hex') }));
    await putEffects(agent, imageId, { driftEffect: 'prevent', codeEffect: 'prevent', digests });
  });

  test('is unpacked and loaded without a word', async () => {
    expect(contents).toEqual([createHash('sha256').update(packed).digest('hex')]);
    const { stdout, reported } = await runAs(serve('unpack'));
    expect([stdout, reported()]).toEqual(['packed', []]);
  });

  test('lets no other one in, under its own name neither', async () => {
    const { stdout, reported } = await runAs(serve('unpack-changed'));
    expect(stdout).toBe('packed');
    await agent.until('code', (one) => reported().includes(one) && one.verdict === 'refused');
  });
});

describe('a folder that a person allowed for a program', () => {
  beforeAll(async () => {
    const { inode } = await imageFile(engine, [image, python]);
    const folders = [{ program: inode, folder: '/work' }];
    await putEffects(agent, imageId, { driftEffect: 'prevent', codeEffect: 'prevent', folders });
  });

  test('holds for what lies in it', async () => {
    const { stdout, reported } = await runAs(serve('work'));
    expect([stdout, reported()]).toEqual(['foreign', []]);
  });

  test.each([
    ['what lies below it', serve('deeper')],
    ['what a link in it leads to', serve('by-link')],
    ['a path that only passes through it', serve('by-dots')],
    ['another program', `${serve('data')}; perl /app/load.pl x /work/b.so`],
    [
      'another program that loads what this one wrote',
      `${serve('work')} | cat >/tmp/said; LD_PRELOAD=/work/a.so /usr/bin/dd if=/app/server.py of=/tmp/e`,
    ],
  ])('holds not for %s', async (_, words) => {
    const { stdout, reported } = await runAs(words);
    expect(stdout).not.toContain('foreign');
    await agent.until('code', (one) => reported().includes(one) && one.verdict === 'refused');
  });
});
