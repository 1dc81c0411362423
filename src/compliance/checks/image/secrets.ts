import type { ImageShape } from '#catalog/index.ts';
import {
  groupOfDetector,
  isTestOrDocumentation,
  type LeftoverKind,
  type SecretGroup,
  type SecretSeen,
  type SecretWhere,
  titleOfDetector,
} from '#secrets/index.ts';
import type { Remedy } from '../../remedy.ts';
import { fail, type Judgement, pass, warn } from '../../judgement.ts';
import type { CheckSeverity } from '../../severity.ts';
import { imageCheck } from './image-check.ts';

interface Row<Need extends keyof ImageShape> {
  readonly id: string;
  readonly needs: Need;
  readonly title: string;
  readonly why: string;
  readonly severity: CheckSeverity;
  readonly remedy: Remedy;
}

const atBuild = 'Mount it for one step: RUN --mount=type=secret,id=NAME … with docker build --secret id=NAME,src=FILE.';
const replaced = 'Replace the leaked secret';

const texts: readonly Row<'environmentSecrets' | 'historySecrets' | 'labelSecrets'>[] = [
  {
    id: 'IMG-029',
    needs: 'environmentSecrets',
    title: 'No environment variable of the image holds a secret',
    why: 'Everyone who can pull the image reads its variables, and every process of its containers inherits them.',
    severity: 'high',
    remedy: {
      dockerfile: 'Remove the ENV line and build again. Give the value at start, as a file. Replace the leaked secret',
      docker: 'Mount a file: docker run --mount type=bind,src=FILE,dst=/run/secrets/NAME,ro',
      compose: 'List it under secrets: of the service',
      kubernetes: 'Mount a Secret as a volume',
    },
  },
  {
    id: 'IMG-030',
    needs: 'historySecrets',
    title: 'No build step shows a secret',
    why: 'docker history prints every build step with the values of its build arguments.',
    severity: 'high',
    remedy: { dockerfile: `${atBuild} ${replaced}` },
  },
  {
    id: 'IMG-034',
    needs: 'labelSecrets',
    title: 'No label of the image holds a secret',
    why: 'Registries and engines show labels to everyone who can see the image.',
    severity: 'medium',
    remedy: { dockerfile: 'Remove the LABEL line and build again. Replace the leaked secret' },
  },
];

const removed = 'Do not COPY the file; list it in .dockerignore. Removing it in a later step leaves it in its layer.';

const files: readonly (Omit<Row<'fileSecrets'>, 'needs'> & { readonly group: SecretGroup })[] = [
  {
    id: 'IMG-031',
    group: 'private-key',
    title: 'No layer holds a private key',
    why: 'Everyone who can pull the image can act as the owner of the key, even if a later layer removes the file.',
    severity: 'critical',
    remedy: { dockerfile: `${removed} ${replaced}` },
  },
  {
    id: 'IMG-032',
    group: 'service',
    title: 'No layer holds a credential of a cloud, a cluster or a service',
    why: 'Everyone who can pull the image can use the account, even if a later layer removes the file.',
    severity: 'critical',
    remedy: {
      dockerfile: `${removed} Let the application get credentials from its host or from a mounted file. ${replaced}`,
    },
  },
  {
    id: 'IMG-033',
    group: 'packages',
    title: 'No layer holds a credential of a source host or a registry',
    why: 'Everyone who can pull the image can read private sources, or publish packages and images that others install.',
    severity: 'high',
    remedy: { dockerfile: `${removed} ${atBuild} ${replaced}` },
  },
];

const leftoverWords: Readonly<Record<LeftoverKind, string>> = {
  git: 'git history',
  svn: 'Subversion history',
  'environment-file': 'file of variables',
  'terraform-state': 'Terraform state',
  'password-store': 'password store',
  'core-dump': 'core dump',
};

const about = { nist: ['4.1.4'], cis: ['4.10'], version: 1 } as const;

/** IMG-029 to IMG-035. */
export const secretChecks = [
  ...texts.map(({ needs, ...row }) =>
    imageCheck({ ...about, ...row, needs: [needs], judge: (facts) => judgeSecrets(facts[needs]) }),
  ),
  ...files.map(({ group, ...row }) =>
    imageCheck({
      ...about,
      ...row,
      needs: ['fileSecrets'],
      judge: ({ fileSecrets }) =>
        judgeSecrets(fileSecrets.filter(({ detector }) => groupOfDetector(detector) === group)),
    }),
  ),
  imageCheck({
    ...about,
    id: 'IMG-035',
    title: 'The image has no source history, infrastructure state, password store or core dump',
    why: 'They hold old secrets, and more of the application than it needs to run.',
    severity: 'medium',
    nist: ['4.1.4', '4.1.2'],
    cis: ['4.3', '4.10'],
    remedy: { dockerfile: 'List it in .dockerignore, or copy only what the application needs from a build stage' },
    needs: ['leftovers'],
    judge: ({ leftovers }) =>
      judge(
        leftovers,
        ({ path }) => !isTestOrDocumentation(path),
        ({ kind, path }) => `/${path}: ${leftoverWords[kind]}`,
      ),
  }),
];

function judgeSecrets(secrets: readonly SecretSeen[]): Judgement {
  return judge(secrets, isBreach, ({ detector, where }) => `${placeOf(where)}: ${titleOfDetector(detector)}`);
}

/** Fails with breaches, warns of what is none; both are shown, breaches first. */
function judge<Seen>(
  all: readonly Seen[],
  isBreachOf: (one: Seen) => boolean,
  describe: (one: Seen) => string,
): Judgement {
  const breaches = all.filter(isBreachOf);
  const others = all.filter((one) => !isBreachOf(one));
  const seen = [...new Set([...breaches, ...others].map(describe))];
  if (seen.length === 0) return pass;
  return breaches.length > 0 ? fail(...seen) : warn(...seen);
}

/** A made-up key of a test or a manual is worth a look at most. */
function isBreach({ certainty, where }: SecretSeen): boolean {
  return certainty === 'sure' && !(where.kind === 'file' && isTestOrDocumentation(where.path));
}

function placeOf(where: SecretWhere): string {
  switch (where.kind) {
    case 'environment':
      return where.name;
    case 'label':
      return where.name;
    case 'history':
      return `build step ${where.step + 1}`;
    case 'arguments':
      return `argument ${where.index}`;
    case 'file':
      return `/${where.path} in layer ${where.layer + 1}`;
  }
}
