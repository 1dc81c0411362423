import { parseJsonWithin } from '#base/index.ts';
import { parseImageName, repositoryOf } from '#image/index.ts';
import { isSignedBy, type VerifyingKey } from './keys.ts';
import { SigstoreBundle, SimpleSigning, Statement } from './schema.ts';

/** A signature as a registry holds it. */
export type FoundSignature =
  | {
      readonly kind: 'simple-signing';
      readonly payload: Uint8Array;
      readonly signature: string;
      readonly keyless: boolean;
    }
  | { readonly kind: 'bundle'; readonly bundle: Uint8Array };

/** What a signature has to be of. */
export interface SignedManifest {
  /** Of the manifest, or of the index by which it was found. */
  readonly digest: string;
  /** Its bytes, for signatures of the bytes themselves. */
  readonly bytes?: Uint8Array;
  /** Whether a repository that a signature names is one that images may come from. */
  isTrusted(repository: string): boolean;
}

/** `otherwise`: the key made it, but of something else, as `why` says. */
export type SignatureAnswer =
  | { readonly state: 'signed' }
  | { readonly state: 'otherwise'; readonly why: string }
  | { readonly state: 'not-by-key' };

const notByKey: SignatureAnswer = { state: 'not-by-key' };
const simpleType = 'cosign container image signature';
const signPredicate = 'https://sigstore.dev/cosign/sign/v1';
const statementTypes = ['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1'];
const statementPayload = 'application/vnd.in-toto+json';
export const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** Whether a key signed just this manifest. What is signed is read only after the signature holds. */
export function checkSignature(found: FoundSignature, key: VerifyingKey, of: SignedManifest): SignatureAnswer {
  if (found.kind === 'bundle') return checkBundle(found.bundle, key, of);
  if (!isSignedBy(key, found.payload, Buffer.from(found.signature, 'base64'))) return notByKey;
  const payload = SimpleSigning.safeParse(jsonOf(found.payload));
  if (!payload.success || payload.data.critical.type !== simpleType)
    return { state: 'otherwise', why: 'the key signed something else than an image' };
  const { identity, image } = payload.data.critical;
  if (image['docker-manifest-digest'] !== of.digest)
    return { state: 'otherwise', why: 'the signature is of another manifest' };
  const name = parseImageName(identity['docker-reference']);
  if (name === undefined || !of.isTrusted(repositoryOf(name)))
    return { state: 'otherwise', why: 'the signature names a repository that is not trusted' };
  return { state: 'signed' };
}

/** A bundle that is signed with a key, of a manifest or of a statement that the manifest is signed. */
function checkBundle(bytes: Uint8Array, key: VerifyingKey, of: SignedManifest): SignatureAnswer {
  const bundle = readBundle(bytes);
  if (bundle === undefined || hasCertificate(bundle)) return notByKey;
  const { dsseEnvelope, messageSignature } = bundle;
  if (dsseEnvelope !== undefined) return checkEnvelope(dsseEnvelope, key, of);
  if (messageSignature === undefined || of.bytes === undefined) return notByKey;
  const isSigned = isSignedBy(key, of.bytes, Buffer.from(messageSignature.signature, 'base64'));
  return isSigned ? { state: 'signed' } : notByKey;
}

function readBundle(bytes: Uint8Array): SigstoreBundle | undefined {
  const parsed = SigstoreBundle.safeParse(jsonOf(bytes));
  return parsed.success && parsed.data.mediaType === bundleType ? parsed.data : undefined;
}

function hasCertificate({ verificationMaterial: material }: SigstoreBundle): boolean {
  return material.certificate !== undefined || material.x509CertificateChain !== undefined;
}

/** Whether a certificate vouches for it instead of a key. */
export function isKeyless(found: FoundSignature): boolean {
  if (found.kind === 'simple-signing') return found.keyless;
  const bundle = readBundle(found.bundle);
  return bundle !== undefined && hasCertificate(bundle);
}

function checkEnvelope(
  { payload, payloadType, signatures }: NonNullable<SigstoreBundle['dsseEnvelope']>,
  key: VerifyingKey,
  of: SignedManifest,
): SignatureAnswer {
  const body = Buffer.from(payload, 'base64');
  const signed = preAuthentication(payloadType, body);
  if (!signatures.some(({ sig }) => isSignedBy(key, signed, Buffer.from(sig, 'base64')))) return notByKey;
  const statement = Statement.safeParse(jsonOf(body));
  if (!statement.success || payloadType !== statementPayload || !statementTypes.includes(statement.data._type))
    return { state: 'otherwise', why: 'the key signed something else than a statement on an image' };
  const { predicateType, subject } = statement.data;
  if (predicateType !== signPredicate)
    return { state: 'otherwise', why: `the key stated something else of an image (${predicateType.slice(0, 200)})` };
  if (!subject.some(({ digest }) => `sha256:${digest['sha256']}` === of.digest))
    return { state: 'otherwise', why: 'the signature is of another manifest' };
  return { state: 'signed' };
}

/** What a DSSE signature is of ("DSSE Protocol", PAE). */
function preAuthentication(type: string, body: Uint8Array): Uint8Array {
  const typeBytes = Buffer.from(type);
  const head = Buffer.from(`DSSEv1 ${typeBytes.length} ${type} ${body.length} `);
  return Buffer.concat([head, body]);
}

/** Of what is signed, and of a bundle: both have some hundred values. */
const signedLimits = { bytes: 4 * 1024 ** 2, tokens: 100_000, depth: 100 };

function jsonOf(bytes: Uint8Array): unknown {
  const read = parseJsonWithin(bytes, signedLimits);
  return read.kind === 'read' ? read.value : undefined;
}
