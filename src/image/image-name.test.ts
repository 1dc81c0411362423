import { describe, expect, test } from 'vitest';
import { parseImageName, repositoryOf } from './image-name.ts';

const digest = `sha256:${'a1'.repeat(32)}`;

describe('names of images', () => {
  // What distribution's own tests expect of its grammar, in their normalised form.
  test.each([
    ['debian', 'docker.io/library/debian'],
    ['debian:12', 'docker.io/library/debian', '12'],
    ['team/app', 'docker.io/team/app'],
    ['docker.io/debian', 'docker.io/library/debian'],
    ['index.docker.io/team/app:1', 'docker.io/team/app', '1'],
    ['test.com/repo:tag', 'test.com/repo', 'tag'],
    ['test:5000/repo', 'test:5000/repo'],
    ['test:5000/repo:tag', 'test:5000/repo', 'tag'],
    ['localhost/app', 'localhost/app'],
    ['localhost:5000/a/b/c', 'localhost:5000/a/b/c'],
    ['LOCALHOST/app', 'localhost/app'],
    ['Registry.Example/app', 'registry.example/app'],
    ['sub-dom1.foo.com/bar/baz/quux', 'sub-dom1.foo.com/bar/baz/quux'],
    ['192.168.1.1:5000/app', '192.168.1.1:5000/app'],
    ['[::1]:5000/app:1', '[::1]:5000/app', '1'],
    ['xn--n3h.com/myimage', 'xn--n3h.com/myimage'],
    ['foo_bar.com:8080', 'docker.io/library/foo_bar.com', '8080'],
    ['foo/foo_bar.com:8080', 'docker.io/foo/foo_bar.com', '8080'],
    ['a__b/c--d', 'docker.io/a__b/c--d'],
    ['aa/asdf$$^/aa', undefined],
    ['', undefined],
    [':justtag', undefined],
    ['@sha256:ffff', undefined],
    ['repo@sha256:ffff', undefined],
    ['validname@invaliddigest:ffff', undefined],
    ['Uppercase:tag', undefined],
    ['test:5000/Uppercase/lowercase:tag', undefined],
    ['-foo/bar', undefined],
    ['foo/bar-', undefined],
    ['foo//bar', undefined],
    ['/foo', undefined],
    ['foo/', undefined],
    ['a___b', undefined],
    ['a..b', undefined],
    ['-test.example/app', undefined],
    ['[fe80::1%eth0]/app', undefined],
    ['test.com/repo:tag/more', undefined],
    ['test.com/app:', undefined],
    ['test.com/../app', undefined],
    ['test.com/app@evil.example/app', undefined],
    [`test.com/${'a'.repeat(300)}`, undefined],
    ['a1'.repeat(32), undefined],
  ])('%s', (text, repository, tag?: string) => {
    const name = parseImageName(text);
    expect(name && repositoryOf(name)).toBe(repository);
    expect(name?.tag).toBe(tag);
  });

  test('a digest stands behind name and tag', () => {
    expect(parseImageName(`test:5000/repo:1@${digest}`)).toEqual({
      domain: 'test:5000',
      path: 'repo',
      tag: '1',
      digest,
    });
    expect(parseImageName(`repo@${digest}`)?.digest).toBe(digest);
    expect(parseImageName(`repo@${digest}@${digest}`)).toBeUndefined();
  });
});
