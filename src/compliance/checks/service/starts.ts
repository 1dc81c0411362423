import { parseImageName, repositoryOf } from '#image/index.ts';
import { fail, pass } from '../../judgement.ts';
import { judgeSecrets } from '../container/secrets.ts';
import { isWithin } from '../repository.ts';
import { serviceCheck } from './service-check.ts';

/** What services of a swarm start with; their tasks start without a request to the engine that runs them. */
export const startChecks = [
  serviceCheck({
    id: 'SWM-004',
    title: 'The service gets its secrets from the swarm, not from its environment',
    why: 'Everyone who may inspect the service, its tasks or their processes can read the environment.',
    remedy: {
      docker:
        'Run docker secret create NAME FILE, then docker service update --secret-add NAME --env-rm VARIABLE SERVICE',
      compose: 'Name it under secrets, and let the program read /run/secrets/NAME',
    },
    severity: 'high',
    nist: ['4.1.4'],
    cis: ['7.4'],
    version: 2,
    needs: ['environmentSecrets'],
    judge: ({ environmentSecrets }) => judgeSecrets(environmentSecrets),
  }),
  serviceCheck({
    id: 'SWM-010',
    title: 'The service’s image is named by digest, in a trusted repository',
    why: 'Each node asks the registry for itself: after a tag was moved, some nodes run another image.',
    remedy: { docker: 'Run docker service update --image REPOSITORY@sha256:… SERVICE' },
    severity: 'critical',
    nist: ['4.1.5'],
    cis: ['4.2'],
    version: 1,
    needs: ['image'],
    lists: ['trusted-repositories'],
    judge: ({ image }, { lists }) => {
      const name = parseImageName(image);
      if (name === undefined) return fail(`${image} is no name of an image`);
      if (name.digest === undefined) return fail(`${image} without a digest`);
      const repository = repositoryOf(name);
      return lists['trusted-repositories'].some((trusted) => isWithin(repository, trusted)) ? pass : fail(repository);
    },
  }),
];
