import { describe, expect, test } from 'vitest';
import { jobOf } from './job.ts';

describe('the build of a scan', () => {
  test.each([
    ['none', {}, undefined],
    [
      'Jenkins',
      { JOB_NAME: 'shop/app', BUILD_URL: 'https://ci.example/job/shop/job/app/7/' },
      { name: 'shop/app', url: 'https://ci.example/job/shop/job/app/7/' },
    ],
    [
      'GitHub',
      {
        GITHUB_ACTIONS: 'true',
        GITHUB_SERVER_URL: 'https://github.example',
        GITHUB_REPOSITORY: 'shop/app',
        GITHUB_WORKFLOW: 'build',
        GITHUB_RUN_ID: '42',
      },
      { name: 'shop/app: build', url: 'https://github.example/shop/app/actions/runs/42' },
    ],
    [
      'GitLab',
      {
        GITLAB_CI: 'true',
        CI_PROJECT_PATH: 'shop/app',
        CI_JOB_NAME: 'scan',
        CI_JOB_URL: 'https://git.example/-/jobs/42',
      },
      { name: 'shop/app: scan', url: 'https://git.example/-/jobs/42' },
    ],
  ])('%s', (_, env, job) => expect(jobOf(undefined, env)).toEqual(job));

  test('is the one that is named, with the page that the environment knows', () => {
    expect(jobOf('mine', { JOB_NAME: 'other', BUILD_URL: 'https://ci.example/7/' })).toEqual({
      name: 'mine',
      url: 'https://ci.example/7/',
    });
    expect(jobOf('mine', {})).toEqual({ name: 'mine' });
  });

  test('is one line that the console takes, and never a link of another kind', () => {
    const job = jobOf(undefined, { JOB_NAME: `${'x'.repeat(300)}\nend`, BUILD_URL: 'javascript:alert(1)' });
    expect(job).toEqual({ name: expect.stringMatching(/^x{252} end$/) });
  });
});
