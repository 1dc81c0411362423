import { fail, pass } from '../../judgement.ts';
import { isApprovedRuntime } from '../approved-runtime.ts';
import { containerCheck } from './container-check.ts';

export const operationChecks = [
  containerCheck({
    id: 'CTR-058',
    title: 'Its health is checked while it runs',
    why: 'Otherwise a program that hangs or was disabled looks like one that works.',
    remedy: {
      docker: 'Run with --health-cmd COMMAND',
      compose: 'Set healthcheck.test',
      dockerfile: 'Add HEALTHCHECK',
      kubernetes: 'Set livenessProbe',
    },
    severity: 'low',
    nist: ['4.4.3'],
    cis: ['5.27'],
    version: 1,
    needs: ['health'],
    judge({ health }) {
      if (health === 'none') return fail('no check of its health');
      return health === 'unhealthy' ? fail('unhealthy') : pass;
    },
  }),
  containerCheck({
    id: 'CTR-059',
    title: 'It runs the image that its tag names now',
    why: 'A container of an older image lacks the fixes that came since.',
    remedy: {
      docker: 'Pull the image again, and create the container again from it',
      compose: 'docker compose up --pull always --detach',
      kubernetes: 'kubectl rollout restart',
    },
    severity: 'medium',
    nist: ['4.2.2', '4.1.1'],
    cis: ['5.28'],
    version: 1,
    needs: ['tag'],
    judge: ({ tag: { tag, running, current } }) =>
      running === current ? pass : fail(`${tag} is ${current}, it runs ${running}`),
  }),
  containerCheck({
    id: 'CTR-068',
    title: 'An approved runtime runs it',
    why: 'The runtime sets up the container’s isolation; another program in its place can leave it out.',
    remedy: {
      docker: 'Run without --runtime, or with an approved one',
      engine: 'Take the runtime out of "runtimes" in daemon.json, or approve it with its path',
      kubernetes: 'Leave out runtimeClassName, or use an approved one',
    },
    severity: 'high',
    nist: ['4.4.3', '4.4.1'],
    version: 2,
    needs: ['runtime'],
    lists: ['approved-runtimes'],
    judge: ({ runtime: { name, path } }, { lists }) =>
      isApprovedRuntime({ name, path }, lists['approved-runtimes']) ? pass : fail(`${name}=${path}`),
  }),
  containerCheck({
    id: 'CTR-071',
    title: 'Its logs are kept',
    why: 'Without logs, nobody can tell afterwards what happened in it.',
    remedy: {
      docker: 'Run without --log-driver none',
      compose: 'Leave out logging.driver: none',
      engine: 'Do not set "log-driver": "none" in daemon.json',
    },
    severity: 'medium',
    nist: ['4.4.5'],
    cis: ['2.13'],
    version: 1,
    needs: ['logDriver'],
    judge: ({ logDriver }) => (logDriver === 'none' ? fail('none') : pass),
  }),
  containerCheck({
    id: 'CTR-077',
    title: 'The host still has its image',
    why: 'An image that was removed cannot be scanned again when new vulnerabilities become known.',
    remedy: { docker: 'Pull the image again, or create the container again from one that is there' },
    severity: 'low',
    nist: ['4.1.1'],
    cis: ['6.1'],
    version: 1,
    needs: ['imagePresent'],
    judge: ({ imagePresent }) => (imagePresent ? pass : fail('the engine has no such image')),
  }),
];
