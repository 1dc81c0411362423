import { judgedLimits } from '#inventory/index.ts';
import { fail, failIfAny, notApplicable, pass, warn } from '../../judgement.ts';
import { containerCheck } from './container-check.ts';

const about = { nist: ['4.4.3'], version: 1 } as const;

export const resourceChecks = [
  containerCheck({
    ...about,
    id: 'CTR-032',
    title: 'Its memory is limited',
    why: 'Otherwise it can take all memory of the host, and the kernel then kills other containers.',
    remedy: {
      docker: 'Run with --memory SIZE',
      compose: 'Set mem_limit, or deploy.resources.limits.memory',
      kubernetes: 'Set resources.limits.memory',
    },
    severity: 'medium',
    cis: ['5.11'],
    needs: ['memory'],
    judge: ({ memory }) => (memory > 0 ? pass : fail('no ceiling')),
  }),
  containerCheck({
    ...about,
    id: 'CTR-033',
    title: 'Its swap is limited',
    why: 'A container that swaps without end slows the whole host down.',
    remedy: {
      docker: 'Run with --memory-swap equal to --memory, or leave it out',
      compose: 'Set memswap_limit equal to mem_limit, or leave it out',
    },
    severity: 'low',
    cis: ['5.11'],
    needs: ['memorySwap', 'memory'],
    judge({ memorySwap, memory }) {
      if (memorySwap < 0) return fail('unlimited');
      return memory === 0 ? notApplicable('Its memory has no ceiling; CTR-032 is about that.') : pass;
    },
  }),
  containerCheck({
    ...about,
    id: 'CTR-034',
    title: 'Its CPU time is limited, or has a weight',
    why: 'Otherwise a busy container can take as much as all others together.',
    remedy: {
      docker: 'Run with --cpus NUMBER or --cpu-shares WEIGHT',
      compose: 'Set cpus or cpu_shares',
      kubernetes: 'Set resources.requests.cpu or resources.limits.cpu',
    },
    severity: 'low',
    cis: ['5.12'],
    needs: ['cpu'],
    judge: ({ cpu }) => (cpu.most > 0 || cpu.weight > 0 ? pass : fail('neither share nor ceiling')),
  }),
  containerCheck({
    ...about,
    id: 'CTR-037',
    title: 'Its restarts are limited',
    why: 'A program that fails and restarts for ever uses up the host’s CPU and hides the failure.',
    remedy: { docker: 'Run with --restart on-failure:5', compose: 'Set restart: on-failure:5' },
    severity: 'low',
    cis: ['5.15'],
    needs: ['restart', 'swarmTask'],
    judge({ restart: { policy, retries }, swarmTask }) {
      if (swarmTask) return notApplicable('Swarm starts its tasks itself.');
      if (policy === 'no') return pass;
      if (policy !== 'on-failure') return warn(policy);
      return retries >= 1 && retries <= 5 ? pass : fail(`on-failure:${retries}`);
    },
  }),
  containerCheck({
    ...about,
    id: 'CTR-045',
    title: 'Open files and processes of each user are limited',
    why: 'Otherwise one process can use up the files or processes that all share on the host.',
    remedy: {
      docker: 'Run with --ulimit nofile=1024 --ulimit nproc=256',
      compose: 'Set ulimits.nofile and ulimits.nproc',
      engine: 'Set "default-ulimits" in daemon.json and restart the engine',
    },
    severity: 'low',
    cis: ['5.19'],
    needs: ['limits'],
    judge: ({ limits }) =>
      failIfAny(judgedLimits.filter((name) => !limits.includes(name)).map((name) => `no limit ${name}`)),
  }),
  containerCheck({
    ...about,
    id: 'CTR-060',
    title: 'The number of its processes is limited',
    why: 'A fork bomb in one container stops the whole host.',
    remedy: {
      docker: 'Run with --pids-limit 200',
      compose: 'Set pids_limit',
      kubernetes: 'Set podPidsLimit in the kubelet’s configuration',
    },
    severity: 'medium',
    cis: ['5.29'],
    needs: ['pids'],
    judge: ({ pids }) => (pids > 0 ? pass : fail('no ceiling')),
  }),
  containerCheck({
    ...about,
    id: 'CTR-070',
    title: 'The kernel may kill it when memory runs out',
    why: 'If the kernel must spare this container, it kills others or the host’s own services.',
    remedy: {
      docker: 'Leave out --oom-kill-disable and negative values of --oom-score-adj',
      compose: 'Leave out oom_kill_disable and negative values of oom_score_adj',
    },
    severity: 'medium',
    cis: ['5.11'],
    needs: ['oom'],
    judge: ({ oom: { killer, score } }) =>
      failIfAny([...(killer === 'off' ? ['killer disabled'] : []), ...(score < 0 ? [`score ${score}`] : [])]),
  }),
];
