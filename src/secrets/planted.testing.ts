import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { base62Of, bech32Checksum, hexOf } from './checksums.ts';
import { alphanumeric, digits, hex, lower, type Random, upper, urlSafe } from './random.testing.ts';

/** A format and how one secret of it is made. */
export interface Planted {
  readonly detector: string;
  readonly make: (random: Random) => string;
}

function withBase62Checksum(prefix: string, random: Random): string {
  const text = random.text(alphanumeric, 30);
  return `${prefix}${text}${base62Of(crc32(text))}`;
}

function macaroon(random: Random): string {
  const field = (type: number, bytes: Uint8Array): Buffer => Buffer.concat([Buffer.from([type, bytes.length]), bytes]);
  const end = Buffer.from([0]);
  const caveat = Buffer.from('{"version": 1, "permissions": "user"}');
  return `pypi-${Buffer.concat([
    Buffer.from([2]),
    field(1, Buffer.from('pypi.org')),
    field(2, Buffer.from(random.text(hex, 36))),
    end,
    field(2, caveat),
    end,
    end,
    field(6, random.bytes(32)),
  ]).toString('base64url')}`;
}

function signedToken(random: Random): string {
  const [alg, bytes] = random.pick([
    ['HS256', 32],
    ['RS256', 256],
    ['ES256', 64],
    ['HS512', 64],
  ] as const);
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg, typ: 'JWT' })}.${part({ sub: random.text(lower, 8) })}.${random.bytes(bytes).toString('base64url')}`;
}

/** Keys come from the system's own randomness; their form does not depend on it. */
function pem(kind: 'rsa' | 'ec', type: 'pkcs1' | 'pkcs8' | 'sec1'): string {
  const key =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
      : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  return key.export({ format: 'pem', type: type as 'pkcs8' }).toString();
}

function encrypted(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
}

export function fixture(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, 'fixtures', name));
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Secrets that are whole by themselves: they are found in every text. */
export const plantedFormats: readonly Planted[] = [
  { detector: 'aws-access-key', make: (random) => `AKIA${random.text(base32, 16)}` },
  { detector: 'gcp-api-key', make: (random) => `AIza${random.text(urlSafe, 35)}` },
  { detector: 'gcp-client-secret', make: (random) => `GOCSPX-${random.text(urlSafe, 28)}` },
  {
    detector: 'azure-client-secret',
    make: (random) => `${random.text(alphanumeric, 3)}8Q~${random.text(`${alphanumeric}_-`, 33)}k`,
  },
  {
    detector: 'azure-devops-token',
    make: (random) => `${random.text(alphanumeric, 76)}AZDO${random.text(alphanumeric, 4)}`,
  },
  { detector: 'digitalocean-token', make: (random) => `dop_v1_${random.text(hex, 64)}` },
  { detector: 'heroku-key', make: (random) => `HRKU-AA${random.text(urlSafe, 58)}` },
  { detector: 'vault-token', make: (random) => `hvs.CAES${random.text(urlSafe, 91)}` },
  {
    detector: 'terraform-token',
    make: (random) => `${random.text(alphanumeric, 14)}.atlasv1.${random.text(alphanumeric, 67)}`,
  },
  { detector: 'pulumi-token', make: (random) => `pul-${random.text(hex, 40)}` },
  { detector: 'databricks-token', make: (random) => `dapi${random.text(hex, 32)}` },
  {
    detector: 'github-token',
    make: (random) => withBase62Checksum(random.pick(['ghp_', 'gho_', 'ghs_', 'ghu_']), random),
  },
  {
    detector: 'github-fine-grained-token',
    make: (random) => `github_pat_${random.text(alphanumeric, 22)}_${random.text(alphanumeric, 59)}`,
  },
  { detector: 'gitlab-token', make: (random) => `glpat-${random.text(urlSafe, 20)}` },
  { detector: 'npm-token', make: (random) => withBase62Checksum('npm_', random) },
  { detector: 'pypi-token', make: macaroon },
  { detector: 'dockerhub-token', make: (random) => `dckr_pat_${random.text(urlSafe, 27)}` },
  { detector: 'rubygems-key', make: (random) => `rubygems_${random.text(hex, 48)}` },
  {
    detector: 'slack-token',
    make: (random) =>
      `xoxb-${random.text('123456789', 12)}-${random.text('123456789', 13)}-${random.text(alphanumeric, 24)}`,
  },
  {
    detector: 'slack-webhook',
    make: (random) =>
      `hooks.slack.com/services/T${random.text(upper + digits, 10)}/B${random.text(upper + digits, 10)}/${random.text(alphanumeric, 24)}`,
  },
  { detector: 'stripe-key', make: (random) => `sk_live_${random.text(alphanumeric, random.pick([24, 99]))}` },
  { detector: 'sendgrid-key', make: (random) => `SG.${random.text(urlSafe, 22)}.${random.text(urlSafe, 43)}` },
  { detector: 'mailgun-key', make: (random) => `key-${random.text(hex, 32)}` },
  { detector: 'telegram-token', make: (random) => `${random.text('123456789', 10)}:AA${random.text(urlSafe, 33)}` },
  {
    detector: 'discord-token',
    make: (random) =>
      `${Buffer.from(`1${random.text(digits, 17)}`).toString('base64url')}.${random.text(alphanumeric, 6)}.${random.text(urlSafe, 38)}`,
  },
  {
    detector: 'openai-key',
    make: (random) => `sk-proj-${random.text(urlSafe, 74)}T3BlbkFJ${random.text(urlSafe, 74)}`,
  },
  { detector: 'anthropic-key', make: (random) => `sk-ant-api03-${random.text(urlSafe, 93)}AA` },
  { detector: 'hugging-face-token', make: (random) => `hf_${random.text(upper + lower, 34)}` },
  { detector: 'json-web-token', make: signedToken },
  {
    detector: 'grafana-token',
    make: (random) => {
      const text = random.text(alphanumeric, 32);
      return `glsa_${text}_${hexOf(crc32(text))}`;
    },
  },
  {
    detector: 'age-secret-key',
    make: (random) => {
      const text = random.text('qpzry9x8gf2tvdw0s3jn54khce6mua7l', 52);
      return `AGE-SECRET-KEY-1${text}${bech32Checksum('age-secret-key-', text)}`.toUpperCase();
    },
  },
  { detector: 'private-key-rsa', make: () => pem('rsa', 'pkcs1') },
  { detector: 'private-key-ec', make: () => pem('ec', 'sec1') },
  { detector: 'private-key-pkcs8', make: () => pem('rsa', 'pkcs8') },
  { detector: 'private-key-encrypted', make: encrypted },
  { detector: 'private-key-openssh', make: () => fixture('openssh-key').toString() },
  { detector: 'private-key-base64', make: () => Buffer.from(pem('ec', 'pkcs8')).toString('base64') },
];

/** Secrets that their name tells: the text that holds one, and the secret. */
export const plantedNamed: readonly {
  readonly detector: string;
  readonly make: (random: Random) => { readonly text: string; readonly secret: string };
}[] = [
  {
    detector: 'aws-secret-key',
    make: (random) => {
      const secret = `aB3${random.text(`${alphanumeric}/+`, 37)}`;
      return { text: `AWS_SECRET_ACCESS_KEY=${secret}`, secret };
    },
  },
  {
    detector: 'azure-storage-key',
    make: (random) => {
      const secret = random.bytes(64).toString('base64');
      return { text: `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${secret};EndpointSuffix=x`, secret };
    },
  },
  {
    detector: 'twilio-token',
    make: (random) => {
      const secret = random.text(hex, 32);
      return { text: `TWILIO_AUTH_TOKEN: "${secret}"`, secret };
    },
  },
  {
    detector: 'kubeconfig-client-key',
    make: () => {
      const secret = Buffer.from(pem('ec', 'sec1')).toString('base64');
      return { text: `users:\n- user:\n    client-key-data: ${secret}\n`, secret };
    },
  },
  {
    detector: 'gcp-service-account',
    make: () => {
      const text = JSON.stringify({ type: 'service_account', private_key: pem('rsa', 'pkcs8') }, null, 2);
      return { text, secret: text.slice(text.indexOf('KEY-----') + 8, text.indexOf('-----END')) };
    },
  },
];
