import { expect, test } from 'vitest';
import { buildName } from './contract-builds.ts';

test('a build has the number of its address, as Jenkins, GitHub and GitLab write it', () => {
  const of = (url?: string) => buildName({ name: 'shop/app', url });
  expect(of('https://ci.example/job/shop/job/app/918/')).toBe('shop/app #918');
  expect(of('https://github.example/shop/app/actions/runs/42')).toBe('shop/app #42');
  expect(of('https://git.example/shop/app/-/jobs/7')).toBe('shop/app #7');
});

test('a build without a number in its address is called by its job alone', () => {
  const of = (url?: string) => buildName({ name: 'shop/app', url });
  for (const url of [undefined, '', 'https://ci.example', 'https://ci.example/job/v2', 'https://ci.example/9/log'])
    expect(of(url)).toBe('shop/app');
});
