import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSecretSearch, findSecrets, redact, type SecretFinding, type SecretPlace } from './index.ts';
import { secretDetectors } from './detectors/index.ts';
import { fixture, plantedFormats, plantedNamed } from './planted.testing.ts';
import { alphanumeric, lower, type Random, randomOf, urlSafe } from './random.testing.ts';

/** How texts hold a secret. */
const surroundings: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `export A=${secret}\n`,
  (secret) => JSON.stringify({ a: 1, value: secret, b: [] }),
  (secret) => `const value = '${secret}';\n`,
  (secret) => `a:\n  - value: ${secret}\n    b: 2\n`,
  (secret) => `<value>${secret}</value>`,
  (secret) => `# note\r\n${secret}\r\n# end\r\n`,
  (secret) => `curl -H "X-Key: ${secret}" https://a.example/`,
  (secret) => `\0\0\x7fELF\0${secret}\0\xff\xfe`,
  (secret) => `https://u:${secret}@git.example/a.git`,
];

const files: readonly string[] = ['app/server.js', 'usr/lib/libx.so', 'etc/app.yaml', 'opt/node_modules/x/index.js'];

function searched(path: string, content: Uint8Array, chunk = content.length): readonly SecretFinding[] {
  const search = createSecretSearch(path);
  for (let at = 0; at < content.length; at += chunk) search.add(content.subarray(at, at + chunk));
  return search.end().findings;
}

/** 43 formats, 5 secrets of each. */
function plantedIn(random: Random) {
  const whole = plantedFormats.flatMap(({ detector, make }) =>
    Array.from({ length: 5 }, () => {
      const secret = make(random);
      return { detector, secret, text: random.pick(surroundings)(secret) };
    }),
  );
  const named = plantedNamed.flatMap(({ detector, make }) =>
    Array.from({ length: 5 }, () => ({ detector, ...make(random) })),
  );
  return [...whole, ...named];
}

describe('planted secrets', () => {
  test('of 43 formats: at least 98 % are found as sure, by the detector of their format', () => {
    const random = randomOf(16);
    const planted = plantedIn(random);
    const missed = planted.filter(({ detector, text }) => {
      const padding = random.text(`${lower}     \n`, random.number(2000));
      const found = searched(random.pick(files), Buffer.from(`${padding}\n${text}\n${padding}`, 'latin1'));
      return !found.some((one) => one.detector === detector && one.certainty === 'sure');
    });
    expect(new Set(planted.map(({ detector }) => detector)).size).toBeGreaterThanOrEqual(40);
    expect(planted.length).toBeGreaterThanOrEqual(200);
    expect(missed.map(({ detector, text }) => `${detector}: ${text}`).slice(0, 5)).toEqual([]);
  });

  test('are found at the same bytes wherever chunks end', () => {
    const random = randomOf(3);
    const parts = plantedIn(random).map(
      ({ text }) => `${text}\n${random.text(`${urlSafe} \n`, random.number(9000))}\n`,
    );
    const content = Buffer.from(parts.join(''), 'latin1');
    expect(content.length).toBeGreaterThan(3 * 256 * 1024);
    const whole = searched('etc/app.conf', content);
    expect(whole.length).toBeGreaterThan(200);
    for (const chunk of [977, 4096, 65_536, 262_144]) expect(searched('etc/app.conf', content, chunk)).toEqual(whole);
  });

  test('are found where a window of the search ends', () => {
    const key = plantedFormats.find(({ detector }) => detector === 'private-key-rsa')?.make(randomOf(1)) ?? '';
    for (const windowEnd of [256 * 1024, 232 * 1024])
      for (const shift of [-key.length - 1, -400, -40, -1, 0, 1]) {
        const content = Buffer.from(`${'a b\n'.repeat((windowEnd + shift) / 4)}${key}${'\nc'.repeat(200_000)}`);
        expect(searched('app/key.pem', content), `${windowEnd} ${shift}`).toMatchObject([
          { detector: 'private-key-rsa' },
        ]);
      }
  });

  test('that overlap are redacted to the end of the last', () => {
    const findings = [
      { detector: 'github-token', certainty: 'sure', offset: 2, length: 4 },
      { detector: 'named-secret', certainty: 'likely', offset: 4, length: 5 },
    ] as const;
    expect(redact('a-SECRETS-b', findings, Buffer.from('k'))).toMatch(/^a-‹redacted len=7 id=[0-9a-f]{8}›-b$/);
  });

  test('do not survive redaction', () => {
    const key = Buffer.from('a key of an installation');
    const places: readonly SecretPlace[] = [
      { kind: 'environment', name: 'APP_SETTING' },
      { kind: 'label', name: 'org.example.note' },
      { kind: 'history' },
      { kind: 'arguments' },
    ];
    const noise = fc.string({
      maxLength: 40,
      unit: fc.constantFrom(...Array.from('aZ0 \n\t"\'=:;,/\\-_.‹é€\u{1f600}')),
    });
    const plants = [
      ...plantedFormats.map(({ make }) => (random: Random) => ({ secret: make(random) })),
      ...plantedNamed.map(({ make }) => make),
    ];
    fc.assert(
      fc.property(
        fc.array(fc.record({ plant: fc.constantFrom(...plants), seed: fc.nat(), before: noise, after: noise }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.constantFrom(...places),
        (planted, place) => {
          const made = planted.map(({ plant, seed, before, after }) => {
            const one: { readonly secret: string; readonly text?: string } = plant(randomOf(seed));
            return { secret: one.secret, text: `${before} ${one.text ?? one.secret} ${after}` };
          });
          const text = made.map((one) => one.text).join('');
          const redacted = redact(text, findSecrets(text, place), key);
          for (const { secret } of made) expect(redacted).not.toContain(bodyOf(secret));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Of a PEM text, what stands between its lines. */
function bodyOf(secret: string): string {
  return /-----BEGIN [^-]+-----([^-]+)-----END/.exec(secret)?.[1] ?? secret;
}

describe('detectors', () => {
  test('have ids of their own, and 40 formats or more', () => {
    expect(new Set(secretDetectors.map(({ id }) => id)).size).toBe(secretDetectors.length);
    expect(secretDetectors.filter(({ kind }) => kind === 'format').length).toBeGreaterThanOrEqual(40);
  });

  test('say nothing where a checksum is wrong', () => {
    const random = randomOf(7);
    const checked = ['github-token', 'npm-token', 'age-secret-key', 'pypi-token'];
    for (const { detector, make } of plantedFormats.filter((one) => checked.includes(one.detector))) {
      const secret = make(random);
      const last = secret.slice(-8, -7);
      const wrong = `${secret.slice(0, -8)}${last === 'A' ? 'C' : 'A'}${secret.slice(-7)}`.slice(
        0,
        detector === 'pypi-token' ? -4 : undefined,
      );
      expect(searched('app/a.js', Buffer.from(secret)), detector).toHaveLength(1);
      expect(searched('app/a.js', Buffer.from(wrong)), detector).toEqual([]);
    }
  });

  test.each([
    'AKIAIOSFODNN7EXAMPLE',
    `AKIA${'A'.repeat(16)}`,
    'aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    `ghp_${'x'.repeat(36)}`,
    'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
    `sk_test_${'4eC39HqLyjWDarjtT1zdp7dc'}`,
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c',
    'AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;',
    '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----',
    '-----BEGIN RSA PRIVATE KEY-----',
    `-----BEGIN RSA PRIVATE KEY-----\n${'QUJD'.repeat(40)}\n-----END RSA PRIVATE KEY-----`,
    'ENV DB_PASSWORD=changeme',
    'ENV DB_PASSWORD=${DB_PASSWORD}',
    'ENV DB_PASSWORD_FILE=/run/secrets/db1',
    'ENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305',
    'ENV PYTHON_SHA256=e3bc2e9d0eb6ae3a5b8a3a2b2f2e2a9a1c0f5d8e7b6a5c4d3e2f1a0b9c8d7e6f',
    // Taken for settings by a peer: goodwithtech/dockle#202 and #250.
    'RUN apk add libcrypto3=3.1.4-r1',
    'CMD ["--access.log=/var/log/access1.log"]',
    'RUN getToken --token-url=https://a.example/v1',
    'RUN ./configure --with-password-min-length=8 --token=$(cat /run/t0ken)',
  ])('take %s for no secret', (text) => {
    expect(findSecrets(text, { kind: 'history' })).toEqual([]);
    expect(searched('etc/app.conf', Buffer.from(text))).toEqual([]);
  });

  test('know key stores with a private key from those without', () => {
    const found = ['key.p12', 'key.jks', 'key.jceks', 'trust.p12', 'trust.jks'].map((name) =>
      searched(name, fixture(name)).map(({ detector }) => detector),
    );
    expect(found).toEqual([['key-store-pkcs12'], ['key-store-jks'], ['key-store-jceks'], [], []]);
    // The object identifier of such a key in a library is none.
    expect(searched('usr/lib/a.so', Buffer.concat([Buffer.from('\x7fELF'), fixture('key.p12')]))).toEqual([]);
  });

  test('find a PGP key, and a key in a variable whose line ends became blanks or escapes', () => {
    expect(searched('a.asc', fixture('pgp-key.asc')).map(({ detector }) => detector)).toEqual(['private-key-pgp']);
    const key = fixture('openssh-key').toString();
    for (const text of [key.replaceAll('\n', ' '), key.replaceAll('\n', '\\n'), key.replaceAll('\n', '\r\n')])
      expect(findSecrets(text, { kind: 'environment', name: 'KEY' })).toMatchObject([
        { detector: 'private-key-openssh', certainty: 'sure' },
      ]);
  });
});

describe('content that is made to be slow', () => {
  const key = '-----BEGIN RSA PRIVATE KEY-----';

  test.each([key, '"private_key": "-----BEGIN PRIVATE KEY-----', 'x'.repeat(99)])(
    'is left in time, and said so: %s',
    (text) => {
      const search = createSecretSearch('app/a.bin');
      const content = Buffer.from(text.repeat(3e6 / text.length));
      const before = process.cpuUsage();
      search.add(content);
      const { isComplete } = search.end();
      expect(isComplete).toBe(!text.includes('PRIVATE'));
      expect(process.cpuUsage(before).user / 1e6).toBeLessThan(5);
    },
  );

  test('keeps a thousand findings, and counts the others', () => {
    const search = createSecretSearch('app/a.txt');
    search.add(Buffer.from('AKIAQ2TYB7KEJ4NVMLPF\n'.repeat(1500)));
    const { findings, dropped, isComplete } = search.end();
    expect([findings.length, dropped, isComplete]).toEqual([1000, 500, true]);
  });
});

describe('names with random values', () => {
  const random = randomOf(5).text(alphanumeric, 20);

  test.each([
    ['environment', { kind: 'environment', name: 'DB_PASSWORD' }, `x7${random}`],
    ['environment, name in one word', { kind: 'environment', name: 'mysqlRootPassword' }, 'tr0ub4dor&3x'],
    ['label', { kind: 'label', name: 'com.example.api-key' }, `x7${random}`],
    ['build argument', { kind: 'history' }, `|1 NPM_AUTH_TOKEN=x7${random} /bin/sh -c npm ci`],
    ['option', { kind: 'arguments' }, `server --admin-password x7${random}`],
    ['curl', { kind: 'history' }, 'RUN curl -u deploy:s3cr3tpa55 https://repo.corp.net/a'],
    ['URL', { kind: 'environment', name: 'DATABASE_URL' }, 'postgres://shop:kT9-vv2q@db/shop'],
    ['file', { kind: 'file', path: 'etc/app/application.properties' }, `spring.datasource.password=x7${random}\n`],
  ] as const)('are likely in settings: %s', (_, place, text) => {
    const found = place.kind === 'file' ? searched(place.path, Buffer.from(text)) : findSecrets(text, place);
    expect(found.map(({ certainty }) => certainty)).toEqual(['likely']);
  });

  test('are not asked for in programs and texts', () => {
    const text = Buffer.from(`password = "x7${random}"\n`);
    expect(searched('app/server.js', text)).toEqual([]);
    expect(searched('usr/share/doc/a/README', text)).toEqual([]);
    expect(searched('app/config.toml', text)).toHaveLength(1);
  });

  test.each([
    ['root/.aws/credentials', 'aws-credentials', `[default]\naws_session_token = IQoJ${random}${random}\n`],
    ['root/.kube/config', 'kubeconfig-token', `users:\n- user:\n    token: abc${random}\n`],
    [
      'root/.docker/config.json',
      'docker-config',
      `{"auths":{"r":{"auth":"${Buffer.from('bob:hunter7').toString('base64')}"}}}`,
    ],
    ['root/.npmrc', 'npmrc', '//npm.corp.net/:_authToken=b7f5d1\n'],
    ['root/.pypirc', 'pypirc', '[corp]\nusername = bob\npassword = hunter7\n'],
    ['root/.netrc', 'netrc', 'machine git.corp.net\n  login bob\n  password hunter7\n'],
    ['root/.git-credentials', 'git-credentials', 'https://bob:hunter7@git.corp.net\n'],
    ['root/.m2/settings.xml', 'maven-settings', '<server><password>hunter7</password></server>'],
    ['root/.pgpass', 'pgpass', 'db:5432:*:shop:hunter7\n'],
    ['root/.cargo/credentials.toml', 'cargo-credentials', '[registry]\ntoken = "hunter77"\n'],
  ])('are sure in a file of credentials: %s', (path, detector, text) => {
    expect(searched(path, Buffer.from(text))).toMatchObject([{ detector, certainty: 'sure' }]);
  });

  test('are none where such a file refers to a value', () => {
    expect(searched('root/.npmrc', Buffer.from('//npm.corp.net/:_authToken=${NPM_TOKEN}\n'))).toEqual([]);
    expect(searched('root/.m2/settings.xml', Buffer.from('<password>${env.PASS}</password>'))).toEqual([]);
  });
});
