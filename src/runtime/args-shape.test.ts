import fc from 'fast-check';
import { expect, test } from 'vitest';
import { argsShape } from './args-shape.ts';
import { hasArguments, isLoader, kindOf, neverLearned, plainName } from './programs.ts';

test.each([
  [
    '/usr/bin/curl',
    ['curl', '-s', '--max-time=5', 'https://API.example.com/v1?k=1'],
    'curl -s --max-time={v} {url:https://api.example.com}',
  ],
  ['/usr/bin/dash', ['sh', '-c', 'nginx -s reload'], 'dash -c {code:d8fd4f681986}'],
  ['/bin/sh', ['sh', '-c', 'nginx -s reload'], 'sh -c {code:d8fd4f681986}'],
  ['/bin/bash', ['bash', '-lc', 'nginx -s reload'], 'bash -lc {code:d8fd4f681986}'],
  ['/bin/busybox', ['/bin/sh', '-c', 'nginx -s reload'], 'sh -c {code:d8fd4f681986}'],
  ['/bin/busybox', ['busybox', 'sh', '-c', 'nginx -s reload'], 'sh -c {code:d8fd4f681986}'],
  ['/bin/busybox', ['ls', '-l', '/x'], 'ls'],
  ['/usr/bin/python3.12', ['python3', '/srv/app/main.py', '8080', 'fast'], 'python3.12 {path:/srv/app} {num} {word}'],
  ['/usr/bin/python3', ['python3', '-c', 'nginx -s reload'], 'python3 -c {code:d8fd4f681986}'],
  ['/opt/java/bin/java', ['java', '-Dx.y=1', '-Xmx512m', 'org.Main'], 'java -Dx.y={v} -Xmx512m {word}'],
  ['/bin/sh', ['sh', '/{any} x/y'], String.raw`sh {path:/\{any\}\u0020x}`],
  ['/bin/sh', ['sh', '{code:d8fd4f681986}'], 'sh {word}'],
])('%s %j is %s', (path, argv, shape) => {
  expect(argsShape(path, argv)).toBe(shape);
});

const archive = (name: string): string => `test ! -f /archive/${name} && cp pg_wal/${name} /archive/${name}`;
const archiveShape = (name: string) => argsShape('/usr/bin/dash', ['sh', '-c', archive(name)]);

test('the archive command of PostgreSQL is the same for each segment', () => {
  const shape = archiveShape('000000010000000000000001');
  expect(shape).toMatch(/^dash -c \{code:[0-9a-f]{12}\}$/);
  expect(archiveShape('0000000200000A0B000000FE')).toBe(shape);
  expect(argsShape('/usr/bin/dash', ['sh', '-c', `${archive('000000010000000000000001')}; id`])).not.toBe(shape);
});

test.each([
  ['lower case', '00000001000000000000000a'],
  ['a digit less', '00000001000000000000001'],
  ['a digit more', '0000000100000000000000012'],
  ['part of a longer name', 'x-000000010000000000000001'],
  ['a script', '$(id)'],
  ['the word that stands for a segment', '{hex:24}'],
])('%s is another command', (_, name) => {
  expect(archiveShape(name)).not.toBe(archiveShape('000000010000000000000001'));
});

test('no code spells the shape of an archive command', () => {
  const one = '000000010000000000000001';
  const shapeOf = (code: string) => argsShape('/bin/dash', ['sh', '-c', code]);
  expect(shapeOf(`echo {hex:24} ${one}`)).not.toBe(shapeOf(`echo ${one} ${one}`));
  expect(shapeOf(String.raw`echo \{hex:24} ${one}`)).not.toBe(shapeOf(`echo {hex:24} ${one}`));
});

test('other programs have no shape, nor has one whose arguments are not known', () => {
  expect(argsShape('/usr/bin/dirname', ['dirname', '/x'])).toBeUndefined();
  expect(argsShape('/bin/sh', undefined)).toBeUndefined();
});

test('no argument spells a shape that it is not', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (word) => {
      const shape = argsShape('/bin/sh', ['sh', word]) ?? '';
      expect(shape.split(' ')).toHaveLength(2);
      expect(shape).not.toMatch(/\p{Cc}/u);
      expect(shape).not.toContain('{code:');
    }),
  );
});

test('programs are known by their plain names', () => {
  expect([plainName('python3.12'), plainName('bash'), plainName('perl5.36'), plainName('7')]).toEqual([
    'python',
    'bash',
    'perl',
    '7',
  ]);
  expect([kindOf('/bin/dash'), kindOf('/usr/bin/curl'), kindOf('/usr/sbin/php-fpm8.2'), kindOf('/usr/bin/nc')]).toEqual(
    ['shell', 'downloader', 'other', 'network-tool'],
  );
  expect([hasArguments('/bin/busybox'), hasArguments('/usr/sbin/nginx')]).toEqual([true, false]);
  expect(['ld-linux-x86-64.so.2', 'ld-musl-x86_64.so.1', 'ld-2.31.so', 'ld.so'].map(isLoader)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(['ld', 'ld.bfd', 'libld.so', 'ldconfig'].map(isLoader)).toEqual([false, false, false, false]);
});

test('what installs is never learned, what starts the application is', () => {
  expect(neverLearned('npm', ['node', '/usr/bin/npm', 'start'])).toBeUndefined();
  expect(neverLearned('npm', ['node', '/usr/bin/npm', 'install', 'x'])).toBe('installs packages');
  expect(neverLearned('apt-get', undefined)).toBe('installs packages');
  expect(neverLearned('nmap', undefined)).toBe('scans networks');
  expect(neverLearned('xmrig', undefined)).toBe('mines coins');
  expect(neverLearned('curl', ['curl'])).toBeUndefined();
  expect(neverLearned('convert', undefined, ['convert'])).toBe('is on the list of the rule');
});
