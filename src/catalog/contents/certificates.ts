import { hash as digestAtOnce, X509Certificate } from 'node:crypto';

/** A certificate in a file. */
export interface FoundCertificate {
  readonly subject: string;
  /** SHA-256 of its DER, hexadecimal. */
  readonly fingerprint: string;
}

/** A file of certificates, with the hashes that packages may keep of it. */
export interface CertificateFile {
  readonly hashes: readonly string[];
  readonly certificates: readonly FoundCertificate[];
}

/** Bundles that programs of these distributions take roots from: Debian and Alpine, Red Hat, SUSE. */
export const bundles: ReadonlySet<string> = new Set([
  'etc/ssl/certs/ca-certificates.crt',
  'etc/ssl/cert.pem',
  'etc/ssl/ca-bundle.pem',
  'etc/pki/tls/certs/ca-bundle.crt',
  'etc/pki/tls/cert.pem',
  'etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  'var/lib/ca-certificates/ca-bundle.pem',
]);
/** Each file of it is a root of its own for OpenSSL. */
const folderOfRoots = /^etc\/ssl\/certs\/[^/]+\.(?:pem|crt|0)$/;
/** Where packages of roots put what bundles are made of. */
const sources = /^usr\/(?:local\/)?share\/(?:ca-certificates\/.+\.crt|pki\/(?:ca-)?trust(?:-source)?\/[^/]+)$/;

/** Packages of distributions that hold the roots which those trust. */
export const packagesOfRoots: ReadonlySet<string> = new Set([
  'ca-certificates',
  'ca-certificates-bundle',
  'ca-certificates-mozilla',
]);

/** Whether certificates of a file are taken as roots. */
export function isTrusted(path: string): boolean {
  return bundles.has(path) || folderOfRoots.test(path);
}

/** Whether certificates of a file say something about roots. */
export function holdsCertificates(path: string): boolean {
  return path.startsWith('etc/') || path.startsWith('usr/') || path.startsWith('var/lib/ca-')
    ? isTrusted(path) || sources.test(path)
    : false;
}

/** Bytes of one file, and certificates of it: bundles of distributions have some 150 in 220 kB. */
export const longestCertificateFile = 4 * 1024 * 1024;
const mostCertificates = 2_000;
const longestSubject = 300;
const block = /-----BEGIN CERTIFICATE-----\s*([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/** Certificates that were read before, by their fingerprints: bundles hold what stands in files of its own as well. */
export type KnownCertificates = Map<string, FoundCertificate>;

/** Reads the PEM blocks of a file; `null`: there are too many. */
export function readCertificates(content: Buffer, known: KnownCertificates): CertificateFile | null {
  const found: FoundCertificate[] = [];
  for (const [, body = ''] of content.toString('latin1').matchAll(block)) {
    if (found.length >= mostCertificates) return null;
    found.push(certificateOf(Buffer.from(body, 'base64'), known));
  }
  const hashes = ['md5', 'sha1', 'sha256'].map((name) => digestAtOnce(name, content, 'hex'));
  return { hashes, certificates: found };
}

function certificateOf(der: Buffer, known: KnownCertificates): FoundCertificate {
  const fingerprint = digestAtOnce('sha256', der, 'hex');
  const certificate = known.get(fingerprint) ?? { subject: subjectOf(der), fingerprint };
  known.set(fingerprint, certificate);
  return certificate;
}

function subjectOf(der: Buffer): string {
  try {
    const [...lines] = new X509Certificate(der).subject.split('\n').filter((line) => line !== '');
    const named = lines
      .toReversed()
      .join(', ')
      .replaceAll(/\p{Cc}/gv, ' ');
    return named.slice(0, longestSubject) || 'no name';
  } catch {
    return 'unreadable certificate';
  }
}
