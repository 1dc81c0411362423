import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { containerdHosts, parseHosts } from './containerd-hosts.ts';
import { homesOf, passwordFiles } from './password-files.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'seawall-registry-files-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, text: string, mode = 0o644): Promise<void> {
  const place = join(root, path);
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, text);
  await chmod(place, mode);
}

describe('hosts.toml', () => {
  test.each([
    ['server = "https://r.example"', false, ['https://r.example']],
    ['server = "http://r.example"', false, ['http://r.example']],
    ['[host."https://m.example"]\nskip_verify = true', true, ['https://m.example']],
    ['[host.\'http://m.example\']\n"skip_verify" = false', false, ['http://m.example']],
    ['host."https://m.example".skip_verify = true', true, ['https://m.example']],
    ['host = { "m.example:5000" = { "skip_verify" = true } }', true, ['https://m.example:5000']],
    ['# skip_verify = true', false, []],
    ['server = "https://r.example" # [host."http://no"]', false, ['https://r.example']],
    ['skip_verify = true', true, []],
  ])('%s', (text, skipsVerification, addresses) => {
    expect(parseHosts(text, '/h')).toEqual({ path: '/h', skipsVerification, addresses });
  });

  test.each(['server = ', 'skip_verify = "true"', 'server = 1'])('%s is not guessed at', (text) => {
    expect(() => parseHosts(text, '/h')).toThrow();
  });

  test('the file of the registry itself comes before the one for all', async () => {
    await write('etc/containerd/certs.d/_default/hosts.toml', 'server = "http://all"');
    expect(await containerdHosts(root, 'r.example:5000')).toMatchObject([{ addresses: ['http://all'] }]);
    await write('etc/containerd/certs.d/r.example_5000_/hosts.toml', 'server = "https://own"');
    expect(await containerdHosts(root, 'r.example:5000')).toMatchObject([{ addresses: ['https://own'] }]);
    expect(await containerdHosts(join(root, 'none'), 'r.example')).toEqual([]);
  });
});

describe('passwords of registries', () => {
  const passwd = [
    'root:x:0:0::/root:/bin/sh',
    'toor:x:0:0::/toor:/bin/sh',
    'ann:x:1000:1000::/home/ann:/bin/sh',
    'bob:x:1001:999::/home/bob:/bin/sh',
    'eve:x:1002:1002::/home/eve:/bin/sh',
  ].join('\n');
  const group = 'docker:x:999:ann\nannex:x:5:eve\n';

  test('are looked for with root and everyone who may use the engine', () => {
    expect(homesOf(passwd, group)).toEqual(['/root', '/toor', '/home/ann', '/home/bob']);
    expect(homesOf(passwd, '')).toEqual(['/root', '/toor']);
  });

  test('are named by registry, never told', async () => {
    await write('etc/passwd', passwd);
    await write('etc/group', group);
    const auth = Buffer.from('pier:sesame').toString('base64');
    await write('root/.docker/config.json', JSON.stringify({ auths: { 'r.example': { auth } } }));
    await write(
      'home/ann/.docker/config.json',
      JSON.stringify({ credsStore: 'pass', auths: { a: {}, b: { auth: '' }, c: { identitytoken: 'sesame' } } }),
      0o600,
    );
    await write('home/eve/.docker/config.json', JSON.stringify({ auths: { 'e.example': { auth } } }));
    const files = await passwordFiles(root);
    expect(files).toEqual([
      { path: '/root/.docker/config.json', clear: ['r.example'], mode: 0o644 },
      { path: '/home/ann/.docker/config.json', clear: ['c'], mode: 0o600 },
    ]);
    expect(JSON.stringify(files)).not.toMatch(/sesame|cGllcjp/);
  });

  test('of a file that nobody can read are no pass', async () => {
    await write('etc/passwd', passwd);
    await write('etc/group', group);
    await write('root/.docker/config.json', '{"auths": [}');
    await expect(passwordFiles(root)).rejects.toThrow('/root/.docker/config.json');
  });
});
