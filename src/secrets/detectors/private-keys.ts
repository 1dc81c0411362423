import { type FormatDetector, format, longestReach, type SecretDetector, wordStart } from '../detector.ts';
import { hasBech32Checksum } from '../checksums.ts';
import { isDerPrivateKey, isEncodedPrivateKey, isPrivateKey } from '../private-key.ts';

const group = 'private-key';
/** Headers of encrypted and of PGP keys may hold a dash; base64 holds none. */
const pemBody = String.raw`(?<secret>(?:[^-]{0,20}Proc-Type: [^-]{0,30}DEK-Info: [A-Z0-9-]{4,20},|\s{0,4}(?:[A-Z][a-z]{3,10}: [^\r\n]{0,100}\r?\n){1,4})?[^-]{40,23000})`;
const begin = (label: string): string => `(?<=-----BEGIN (?<label>${label}))`;

/** A PEM text with whole lines before and after its body; the secret is the body. */
function pem(id: string, title: string, label: string): FormatDetector {
  return {
    kind: 'format',
    id,
    title,
    group,
    anchors: ['PRIVATE KEY-----', 'PRIVATE KEY BLOCK-----'],
    pattern: new RegExp(`${begin(label)}PRIVATE KEY(?: BLOCK)?-----${pemBody}-----END `, 'dy'),
    reach: longestReach,
    judge: ({ secret, match }) =>
      isPrivateKey({ label: match.groups?.['label'] ?? '', text: secret }) ? 'sure' : undefined,
  };
}

/** The object identifier before each encrypted key of a key store of this kind, and how such a file begins. */
function keyStore(
  about: { readonly id: string; readonly title: string },
  marker: string,
  beginning: RegExp,
): FormatDetector {
  return {
    kind: 'format',
    ...about,
    group,
    anchors: [marker],
    pattern: new RegExp(`(?<secret>${marker.replaceAll(/[^\w]/g, escaped)})`, 'dy'),
    judge: ({ head }) => (beginning.test(Buffer.from(head).toString('latin1')) ? 'sure' : undefined),
  };
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Version 0 and the algorithm of a PKCS#8 key. */
const pkcs8Start = '\x02\x01\x00\x30';

export const privateKeys: readonly SecretDetector[] = [
  {
    kind: 'format',
    id: 'gcp-service-account',
    title: 'Google Cloud service account key',
    group: 'service',
    anchors: ['"private_key"'],
    pattern: new RegExp(
      String.raw`"private_key"\s{0,8}:\s{0,8}"-----BEGIN PRIVATE KEY-----(?<secret>[^-"]{40,23000})-----END `,
      'dy',
    ),
    reach: longestReach,
    judge: ({ secret }) => (isPrivateKey({ label: '', text: secret }) ? 'sure' : undefined),
  },
  pem('private-key-rsa', 'RSA private key', 'RSA '),
  pem('private-key-ec', 'EC private key', 'EC '),
  pem('private-key-dsa', 'DSA private key', 'DSA '),
  pem('private-key-pkcs8', 'Private key', ''),
  pem('private-key-encrypted', 'Encrypted private key', 'ENCRYPTED '),
  pem('private-key-openssh', 'OpenSSH private key', 'OPENSSH '),
  pem('private-key-pgp', 'PGP private key', 'PGP '),
  {
    kind: 'format',
    id: 'kubeconfig-client-key',
    title: 'Client key of a kubeconfig file',
    group: 'service',
    anchors: ['client-key-data'],
    pattern: /client-key-data["']?\s{0,4}:\s{0,4}["']?(?<secret>[A-Za-z0-9+/]{80,23000}={0,2})/dy,
    reach: longestReach,
    judge: ({ secret }) => (isEncodedPrivateKey(secret) ? 'sure' : undefined),
  },
  {
    kind: 'format',
    id: 'private-key-base64',
    title: 'Private key in base64',
    group,
    anchors: ['LS0tLS1CRUdJTi'],
    pattern: new RegExp(`${wordStart}(?<secret>LS0tLS1CRUdJTi[A-Za-z0-9+/]{80,23000}={0,2})`, 'dy'),
    reach: longestReach,
    judge: ({ secret }) => (isEncodedPrivateKey(secret) ? 'sure' : undefined),
  },
  {
    kind: 'format',
    id: 'private-key-putty',
    title: 'PuTTY private key',
    group,
    anchors: ['Private-Lines: '],
    pattern:
      /(?<=\n)Private-Lines: (?<lines>\d{1,3})\r?\n(?<secret>(?:[A-Za-z0-9+/]{1,64}={0,2}\r?\n){1,400})Private-(?:MAC|Hash): [0-9a-f]{40,64}/dy,
    reach: longestReach,
    judge: ({ secret, match }) =>
      secret.trim().split('\n').length === Number(match.groups?.['lines']) ? 'sure' : undefined,
  },
  {
    kind: 'format',
    id: 'private-key-der',
    title: 'Private key in DER',
    group,
    anchors: [pkcs8Start],
    // The file is one key: its outer sequence, of two to five bytes, is all that stands before.
    // oxlint-disable-next-line no-control-regex
    pattern: /(?<=^(?<head>\x30(?:[\x00-\x7f]|\x81[^]|\x82[^]{2})))\x02\x01\x00\x30(?<secret>[^]{16,9000})$/dy,
    reach: longestReach,
    judge: ({ secret, offset }) =>
      offset === 0 && isDerPrivateKey(Buffer.from(secret, 'latin1'), false) ? 'sure' : undefined,
  },
  keyStore(
    { id: 'key-store-pkcs12', title: 'Private key in a PKCS#12 key store' },
    // pkcs8ShroudedKeyBag
    '\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02',
    // oxlint-disable-next-line no-control-regex
    /^\x30[\x80-\x83][^]{0,3}\x02\x01\x03\x30/,
  ),
  keyStore(
    { id: 'key-store-jks', title: 'Private key in a Java key store' },
    // Sun's protection of keys
    '\x06\x0a\x2b\x06\x01\x04\x01\x2a\x02\x11\x01\x01',
    /^\xfe\xed\xfe\xed/,
  ),
  keyStore(
    { id: 'key-store-jceks', title: 'Private key in a Java key store' },
    '\x06\x09\x2b\x06\x01\x04\x01\x2a\x02\x13\x01',
    /^\xce\xce\xce\xce/,
  ),
  format({
    id: 'age-secret-key',
    title: 'age secret key',
    group,
    anchors: ['AGE-SECRET-KEY-1'],
    body: 'AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}',
    judge: ({ secret }) => (hasBech32Checksum(secret) ? 'sure' : undefined),
  }),
];
