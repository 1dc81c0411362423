import { expect, test } from 'vitest';
import { derivationAt, derivations } from './derivations.ts';

const variables = (pattern: string): readonly string[] => pattern.match(/\{\w+\*?\}/gu) ?? [];

test.each(derivations.map((rule) => [rule.id, rule] as const))('%s says all that the sensor needs', (_, rule) => {
  expect(['python', 'php', 'java']).toContain(rule.language);
  expect(['python-header', 'java-class', 'names-source']).toContain(rule.proof);
  const unknown = variables(rule.source).filter((one) => !variables(rule.path).includes(one));
  // Only a product that names its source tells more of it than its own path does.
  expect(unknown).toHaveLength(rule.proof === 'names-source' ? 1 : 0);
  expect(variables(rule.path).length).toBeLessThanOrEqual(8);
});

test('each rule has an id of its own', () => {
  expect(new Set(derivations.map(({ id }) => id)).size).toBe(derivations.length);
});

test.each([
  ['/app/__pycache__/mod.cpython-313.pyc', 'python-bytecode'],
  ['/app/__pycache__/mod.cpython-313.opt-1.pyc', 'python-bytecode'],
  ['/var/pyc/app/mod.cpython-313.pyc', 'python-bytecode-prefix'],
  ['/app/__pycache__/mod.pyc', undefined],
  ['/app/mod.py', undefined],
  ['/usr/local/tomcat/work/Catalina/localhost/ROOT/org/apache/jsp/admin/list_jsp.class', 'tomcat-pages'],
  ['/var/cache/tomcat10/Catalina/localhost/ROOT/org/apache/jsp/index_jsp.class', 'tomcat-pages-debian'],
  ['/tmp/org/apache/jsp/index_jsp.class', undefined],
  ['/var/www/var/cache/prod/twig/ab/abcd.php', 'php-twig'],
  ['/app/cache/ab/abcd.php', 'php-twig-alone'],
  ['/var/www/var/cache/shell.php', undefined],
  ['/var/www/templates_c/4_0.file.index.tpl.php', 'php-smarty'],
  ['/srv/storage/framework/views/af.php', 'php-blade'],
  ['/srv/storage/framework/views/sub/af.php', undefined],
  ['/var/www/html/shell.php', undefined],
])('%s fits %s', (path, id) => {
  expect(derivationAt(path)?.id).toBe(id);
});

test('a path that fits in very many ways costs no more than its length', () => {
  const fastest = (count: number): number =>
    Math.min(
      ...Array.from({ length: 5 }, () => {
        const started = performance.now();
        derivationAt(`/${'work/a/b/c/org/apache/jsp/'.repeat(count)}x`);
        return performance.now() - started;
      }),
    );
  fastest(150);
  // Ten times the length: some ten times the work, where every way would be thousands of times.
  expect(fastest(1500)).toBeLessThan((fastest(150) + 1) * 100);
});
