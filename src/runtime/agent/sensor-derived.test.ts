import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestEngine, startTestEngine } from '../../../test/make/docker.ts';
import { docker } from '../../../test/make/program-image.ts';
import { pythonImage } from '../../../test/make/python-image.ts';
import { startTestSensor, TestAgent, type TestSensor } from '../../../test/make/sensor.ts';
import { closeSensorWorld, configure, putEffects } from '../../../test/make/sensor-world.ts';

// Byte code of the image's own modules, written by the image's own Python, and what others pass off as such.

const image = 'python:1';
/** Writes byte code for `mod` that says something else, with the header of the true one: time and size of the source. */
const forge = `
import importlib.util, marshal, os, sys
about = os.stat('/app/mod.py')
words = [0, int(about.st_mtime), about.st_size]
head = importlib.util.MAGIC_NUMBER + b''.join(one.to_bytes(4, 'little') for one in words)
with open(sys.argv[1], 'wb') as out:
    out.write(head + marshal.dumps(compile('word = "forged"', '/app/mod.py', 'exec')))
`;
const app = {
  'main.py': 'import mod\nprint(mod.word, mod.__cached__, flush=True)\n',
  'mod.py': 'word = "true"\n',
  'forge.py': forge,
  'index.tpl': 'a template',
  'templates_c/kept': '',
};
const python = 'python3 -S -E';
const run = `${python} /app/main.py`;
let engine: TestEngine;
let sensor: TestSensor;
let agent: TestAgent;
let started = 0;

beforeAll(async () => {
  engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
  await engine.load(pythonImage(image, app));
  sensor = await startTestSensor(engine.root);
  agent = new TestAgent(sensor.socket);
  configure(agent);
  const { stdout } = await docker(engine, 'image', 'inspect', '--format', '{{.Id}}', image);
  await putEffects(agent, stdout, { driftEffect: 'prevent', codeEffect: 'prevent' });
}, 120_000);

afterAll(async () => await closeSensorWorld({ engine, sensor, agent }));

/** Runs a shell's words as a container's own program; `pyc` stands for the path of the module's byte code. */
async function runAs(words: string): Promise<{ readonly said: readonly string[]; readonly cgroup: bigint }> {
  started += 1;
  const name = `app-${started}`;
  const script = `pyc=/app/__pycache__/mod.$(${python} -c 'import sys; print(sys.implementation.cache_tag)').pyc; ${words}`;
  const made = await docker(engine, 'run', '-d', '--name', name, '--network', 'none', image, 'sh', '-c', script);
  await docker(engine, 'wait', name);
  const said = await docker(engine, 'logs', name);
  const { cgroup } = await agent.until('container', ({ id }) => id === made.stdout);
  return { said: said.stdout.split('\n').map((line) => line.split(' ')[0] ?? ''), cgroup };
}

const reportedOf = (cgroup: bigint) =>
  agent.of('code').filter((one) => one.cgroup === cgroup && one.verdict !== 'observed');

test('byte code that the image’s Python wrote of the image’s module is read by others', async () => {
  const { said, cgroup } = await runAs(`${run}; ls -l $pyc; ${run}; ${run}`);
  expect(said).toEqual(['true', '-rw-r--r--', 'true', 'true']);
  expect(reportedOf(cgroup)).toEqual([]);
});

describe('byte code is not believed', () => {
  test.each([
    ['that a shell put there', `${python} /app/forge.py /tmp/x; cp /tmp/x $pyc`],
    ['that was renamed', `${python} /app/forge.py /tmp/x.pyc; mv /tmp/x.pyc $pyc`],
    ['that has another name', `${python} /app/forge.py /tmp/x.pyc; rm $pyc; ln /tmp/x.pyc $pyc`],
    ['that had another name', `${python} /app/forge.py /tmp/x.pyc; rm $pyc; ln /tmp/x.pyc $pyc; rm /tmp/x.pyc`],
    ['that a shell wrote on in', `rm $pyc; ${python} /app/forge.py $pyc; cat /dev/null >>$pyc`],
    ['that comes from the output of another', `${python} /app/forge.py /dev/stdout >$pyc`],
  ])('%s', async (_, words) => {
    const { said, cgroup } = await runAs(`${run}; ${words}; ${run}`);
    expect(said).toEqual(['true', 'true']);
    expect(reportedOf(cgroup)).toContainEqual(expect.objectContaining({ kind: 'code', verdict: 'refused' }));
  });

  test('that was written in a session from outside', async () => {
    const name = `app-${started + 1}`;
    const waits = `until [ -e /tmp/go ]; do sleep 0.1; done`;
    const running = runAs(`${run}; ${waits}; ${run}`);
    await expect.poll(async () => (await docker(engine, 'logs', name)).stdout, { timeout: 20_000 }).toContain('true');
    const forged = `${python} /app/forge.py /app/__pycache__/mod.*.pyc && : >/tmp/go`;
    expect(await docker(engine, 'exec', name, 'sh', '-c', forged)).toMatchObject({ code: 0 });
    const { said, cgroup } = await running;
    expect(said).toEqual(['true', 'true']);
    expect(reportedOf(cgroup)).toContainEqual(expect.objectContaining({ kind: 'code', verdict: 'refused' }));
  });

  test('in a folder of no module of the image', async () => {
    const { said } = await runAs(`${python} /app/forge.py /tmp/x.pyc; ${python} /tmp/x.pyc || echo refused`);
    expect(said).toEqual(['refused']);
  });
});

describe('a compiled template of PHP', () => {
  // Python under another name: the guard goes by the name of an interpreter.
  const php = 'php -S -E -c';
  const text = (source: string) => `<?php /* made from \\"${source}\\" */ echo 1;`;
  const write = (path: string, source: string) => `${php} "open('${path}', 'w').write('${text(source)}')"`;
  const read = (path: string) => `${php} "print(open('${path}').read()[:5])" || echo refused`;
  const cached = '/app/templates_c/index.php';

  test('that names the image’s template is read', async () => {
    const { said, cgroup } = await runAs(`${write(cached, '/app/index.tpl')}; ${read(cached)}; ${read(cached)}`);
    expect(said).toEqual(['<?php', '<?php']);
    expect(reportedOf(cgroup)).toEqual([]);
  });

  test.each([
    ['that names no template', write(cached, '/app/other.tpl')],
    ['that a shell wrote', `${write('/tmp/index.php', '/app/index.tpl')}; cp /tmp/index.php ${cached}`],
    ['that came as an upload', `${write('/tmp/index.php', '/app/index.tpl')}; mv /tmp/index.php ${cached}`],
  ])('%s is refused', async (_, words) => {
    const { said } = await runAs(`${words}; ${read(cached)}`);
    expect(said).toEqual(['refused']);
  });

  test('in another folder is refused', async () => {
    const { said } = await runAs(`${write('/app/x.php', '/app/index.tpl')}; ${read('/app/x.php')}`);
    expect(said).toEqual(['refused']);
  });
});
