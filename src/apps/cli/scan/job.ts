import { type Environment, oneLine } from '#base/index.ts';
import type { Job } from '#catalog/contract.ts';

/** Lengths that the console accepts. */
const longestName = 256;
const longestUrl = 2048;

/** The build that a scan belongs to: `--job`, else what Jenkins, GitHub or GitLab say of it in the environment. */
export function jobOf(named: string | undefined, env: Environment): Job | undefined {
  const found = buildOf(env);
  const name = named ?? found?.name;
  if (name === undefined || name === '') return undefined;
  const url = found?.url;
  // The end tells more: folders come first.
  const shown = oneLine(name).slice(-longestName);
  return url !== undefined && /^https?:\/\/\S+$/.test(url) && url.length <= longestUrl
    ? { name: shown, url: oneLine(url) }
    : { name: shown };
}

interface Build {
  readonly name?: string | undefined;
  readonly url?: string | undefined;
}

function buildOf(env: Environment): Build | undefined {
  if (env['GITHUB_ACTIONS'] === 'true') return gitHubRun(env);
  if (env['GITLAB_CI'] === 'true')
    return { name: joined(env['CI_PROJECT_PATH'], env['CI_JOB_NAME']), url: env['CI_JOB_URL'] };
  return { name: env['JOB_NAME'], url: env['BUILD_URL'] };
}

function gitHubRun(env: Environment): Build {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  const isKnown = server !== undefined && repository !== undefined && run !== undefined;
  return {
    name: joined(repository, env['GITHUB_WORKFLOW']),
    url: isKnown ? `${server}/${repository}/actions/runs/${run}` : undefined,
  };
}

function joined(project: string | undefined, job: string | undefined): string | undefined {
  const parts = [project, job].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? undefined : parts.join(': ');
}
