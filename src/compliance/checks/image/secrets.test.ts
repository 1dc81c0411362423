import { describe, expect, test } from 'vitest';
import { known, missing } from '#base/index.ts';
import { findSecrets, type Leftover, leftoverOf, type SecretSeen, type SecretWhere } from '#secrets/index.ts';
import { evaluate } from '../../evaluate.ts';
import { fieldsOf } from './row.testing.ts';
import { secretChecks } from './secrets.ts';

const context = { now: new Date('2026-11-30T00:00:00Z'), lists: {} };
const clean = fieldsOf({});

function secret(detector: string, where: SecretWhere, certainty: SecretSeen['certainty'] = 'sure'): SecretSeen {
  return { detector, certainty, where };
}

function inFile(path: string): SecretWhere {
  return { kind: 'file', path, layer: 2, offset: 0 };
}

/** id, field, value, state, what is seen. */
const table: readonly (readonly [
  string,
  'environmentSecrets' | 'historySecrets' | 'labelSecrets' | 'fileSecrets' | 'leftovers',
  readonly SecretSeen[] | readonly Leftover[],
  string,
  readonly string[],
])[] = [
  [
    'IMG-029',
    'environmentSecrets',
    [secret('github-token', { kind: 'environment', name: 'GH' })],
    'fail',
    ['GH: GitHub token'],
  ],
  [
    'IMG-030',
    'historySecrets',
    [secret('npm-token', { kind: 'history', step: 3 })],
    'fail',
    ['build step 4: npm token'],
  ],
  ['IMG-034', 'labelSecrets', [secret('slack-token', { kind: 'label', name: 'a.b' })], 'fail', ['a.b: Slack token']],
  [
    'IMG-031',
    'fileSecrets',
    [secret('private-key-rsa', inFile('root/.ssh/id_rsa'))],
    'fail',
    ['/root/.ssh/id_rsa in layer 3: RSA private key'],
  ],
  [
    'IMG-032',
    'fileSecrets',
    [secret('aws-credentials', inFile('root/.aws/credentials'))],
    'fail',
    ['/root/.aws/credentials in layer 3: AWS credentials file'],
  ],
  [
    'IMG-033',
    'fileSecrets',
    [secret('npmrc', inFile('root/.npmrc'))],
    'fail',
    ['/root/.npmrc in layer 3: npm registry credential'],
  ],
  ['IMG-035', 'leftovers', [{ kind: 'git', path: 'app/.git' }], 'fail', ['/app/.git: git history']],
  // A name and a random value is a warning.
  [
    'IMG-029',
    'environmentSecrets',
    [secret('named-secret', { kind: 'environment', name: 'PASS' }, 'likely')],
    'warn',
    ['PASS: Random value with the name of a secret'],
  ],
  // The worst is named first, and equal lines once.
  [
    'IMG-030',
    'historySecrets',
    [
      secret('url-password', { kind: 'history', step: 0 }, 'likely'),
      secret('npm-token', { kind: 'history', step: 1 }),
      secret('npm-token', { kind: 'history', step: 1 }),
    ],
    'fail',
    ['build step 2: npm token', 'build step 1: Password in a URL'],
  ],
  // Tests, manuals and declarations of types warn; no folder of packages is left out.
  [
    'IMG-031',
    'fileSecrets',
    [secret('private-key-rsa', inFile('app/test/key.pem'))],
    'warn',
    ['/app/test/key.pem in layer 3: RSA private key'],
  ],
  [
    'IMG-033',
    'fileSecrets',
    [secret('npm-token', inFile('app/types/index.d.ts'))],
    'warn',
    ['/app/types/index.d.ts in layer 3: npm token'],
  ],
  [
    'IMG-033',
    'fileSecrets',
    [secret('npm-token', inFile('app/node_modules/x/index.js'))],
    'fail',
    ['/app/node_modules/x/index.js in layer 3: npm token'],
  ],
  [
    'IMG-035',
    'leftovers',
    [{ kind: 'environment-file', path: 'app/examples/.env' }],
    'warn',
    ['/app/examples/.env: file of variables'],
  ],
  // A secret of one kind is no breach of another's check.
  ['IMG-031', 'fileSecrets', [secret('npmrc', inFile('root/.npmrc'))], 'pass', []],
  ['IMG-033', 'fileSecrets', [secret('private-key-rsa', inFile('root/.ssh/id_rsa'))], 'pass', []],
];

describe('checks of secrets in images', () => {
  test.each(table.map((row) => [row[0], row[1], row[3], row] as const))('%s: %s, %s', (...[, , , row]) => {
    const [id, field, value, state, seen] = row;
    const results = evaluate(secretChecks, { ...clean, [field]: known(value, 'here') }, context);
    expect(results.find((one) => one.id === id)).toMatchObject({ state, ...(seen.length > 0 && { seen }) });
  });

  test('pass a clean image, and each has a failing row', () => {
    expect(evaluate(secretChecks, clean, context).every(({ state }) => state === 'pass')).toBe(true);
    const failing = table.filter(([, , , state]) => state === 'fail').map(([id]) => id);
    expect(secretChecks.filter(({ id }) => !failing.includes(id))).toEqual([]);
    expect(secretChecks.map(({ id }) => id).toSorted()).toEqual(
      [29, 30, 31, 32, 33, 34, 35].map((number) => `IMG-0${number}`),
    );
  });

  test('are not assessed where layers were not searched', () => {
    const facts = { ...clean, fileSecrets: missing('the scan is older than the search for secrets') };
    const states = evaluate(secretChecks, facts, context).map(({ id, state }) => [id, state]);
    expect(states.filter(([, state]) => state === 'not-assessed').map(([id]) => id)).toEqual([
      'IMG-031',
      'IMG-032',
      'IMG-033',
    ]);
  });

  test('judge what the detectors find in a real build step', () => {
    const step = '|1 REPO=https://deploy:kT9-vv2q@git.corp.net/a.git /bin/sh -c git clone $REPO # buildkit';
    const seen = findSecrets(step, { kind: 'history' }).map(({ detector, certainty }) =>
      secret(detector, { kind: 'history', step: 0 }, certainty),
    );
    const results = evaluate(secretChecks, { ...clean, historySecrets: known(seen, 'history') }, context);
    expect(results.find(({ id }) => id === 'IMG-030')).toMatchObject({
      state: 'warn',
      seen: ['build step 1: Password in a URL'],
    });
  });
});

describe('leftovers', () => {
  const core = Buffer.alloc(18);
  core.write('\x7fELF\x02\x01', 'latin1');
  core[16] = 4;

  test.each([
    ['app/.git/config', undefined, { kind: 'git', path: 'app/.git' }],
    ['.svn/wc.db', undefined, { kind: 'svn', path: '.svn' }],
    ['app/.env', undefined, { kind: 'environment-file', path: 'app/.env' }],
    ['app/.env.production', undefined, { kind: 'environment-file', path: 'app/.env.production' }],
    ['srv/terraform.tfstate.backup', undefined, { kind: 'terraform-state', path: 'srv/terraform.tfstate.backup' }],
    ['root/a.kdbx', undefined, { kind: 'password-store', path: 'root/a.kdbx' }],
    ['app/core.812', core, { kind: 'core-dump', path: 'app/core.812' }],
    ['app/core', Buffer.from('# settings'), undefined],
    ['app/core', undefined, undefined],
    ['app/.gitignore', undefined, undefined],
    ['app/x.git/config', undefined, undefined],
    ['app/.env.example', undefined, undefined],
    ['app/.envrc', undefined, undefined],
  ] as const)('%s', (path, head, leftover) => {
    expect(leftoverOf(path, head)).toEqual(leftover);
  });
});
