import { expect, test } from 'vitest';
import { interpretedName } from './interpreted.ts';

test.each([
  ['/usr/bin/python3.12', 'python3 -m http.server 80', 'http.server'],
  ['/usr/bin/python3', 'python3 -mgunicorn app', 'gunicorn'],
  ['/usr/bin/python3', 'python3 -Im pip install x', 'pip'],
  ['/usr/bin/python3', 'python3 -u -W ignore -X dev -m app', 'app'],
  ['/usr/bin/python3', 'python3 -Wignore -Xdev -m app', 'app'],
  ['/usr/bin/python3', 'python3 --check-hash-based-pycs never -m app', 'app'],
  ['/usr/bin/python3', 'python3 --help-all -m app', 'app'],
  ['/usr/bin/pypy3', 'pypy3 -m app', 'app'],
  ['/usr/bin/python3', 'python3 /app/main.py -m other', undefined],
  ['/usr/bin/python3', 'python3 - -m other', undefined],
  ['/usr/bin/python3', 'python3 -c code -m other', undefined],
  ['/usr/bin/python3', 'python3 -uc code -m other', undefined],
  ['/usr/bin/python3', 'python3 -m', undefined],
  ['/usr/bin/python3', 'python3', undefined],
  ['/usr/bin/python3', 'python3 -m {any}', '{odd}'],
  ['/opt/java/bin/java', 'java -Xmx1g -cp /a:/b com.shop.Main run', 'com.shop.Main'],
  ['/opt/java/bin/java', 'java -jar /app/shop.jar', 'shop.jar'],
  ['/opt/java/bin/java', 'java --add-opens a/b=c -classpath x Main', 'Main'],
  ['/opt/java/bin/java', 'java --add-opens=a/b=c -Da=b Main -jar x', 'Main'],
  ['/opt/java/bin/java', 'java -p mods -m shop/com.shop.Main', 'shop/com.shop.Main'],
  ['/opt/java/bin/java', 'java --module=shop', 'shop'],
  ['/opt/java/bin/java', 'java --module shop', 'shop'],
  ['/opt/java/bin/java', 'java @options Main', undefined],
  ['/opt/java/bin/java', 'java -version', undefined],
  ['/opt/java/bin/java', 'java -jar', undefined],
  ['/usr/bin/node', 'node -m x', undefined],
  ['/usr/sbin/nginx', 'nginx -m x', undefined],
])('%s as `%s` runs %s', (path, line, name) => {
  expect(interpretedName(path, line.split(' '), 'whole')).toBe(name);
});

test('a word that was cut off names nothing', () => {
  const long = ['java', '-cp', '/a', 'com.shop.Mai'];
  expect(interpretedName('/usr/bin/java', long, 'cut')).toBe(undefined);
  expect(interpretedName('/usr/bin/java', [...long, 'x'], 'cut')).toBe('com.shop.Mai');
  expect(interpretedName('/usr/bin/java', [...long.slice(0, 2), '/a:/b'], 'cut')).toBe(undefined);
});
