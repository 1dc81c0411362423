import type { KeyObject } from 'node:crypto';
import { sign } from 'node:crypto';
import { AppError } from '#base/index.ts';
import type { SignedHandOver } from '#compliance/index.ts';
import { limits } from '../../limits.ts';
import type { PackageInput } from './evidence.ts';
import { packageFiles } from './package-files.ts';
import { fileOf } from './packed-file.ts';
import { paths } from './paths.ts';
import type { Manifest, ManifestSignature } from './schema.ts';
import { signedBytes } from './sign.ts';
import { openZip, withLastFile } from './zip.ts';

/** A package that nobody has signed yet. */
export interface UnsignedPackage {
  readonly archive: Buffer;
  readonly manifest: string;
  readonly keys: readonly string[];
  readonly handOvers: readonly SignedHandOver[];
}

/** Packs everything but the signature. Throws `AppError` `too-costly`. */
export function packPackage(input: PackageInput): UnsignedPackage {
  const zip = openZip();
  const files = packageFiles(input).map((file) => {
    const packed = zip.add(file);
    if (zip.size() > limits.evidencePackage.value) refuse();
    return packed;
  });
  const manifest = `${JSON.stringify(manifestOf(input, files), undefined, 1)}\n`;
  zip.add(fileOf(paths.manifest, manifest));
  const archive = zip.end();
  if (archive.length > limits.evidencePackage.value) refuse();
  const { keys, handOvers = [] } = input.evidence;
  return { archive, manifest, keys, handOvers };
}

function refuse(): never {
  throw new AppError('too-costly', 'The package would be larger than 50 MiB.', {
    next: 'Ask for one environment, application or control template, or for a shorter history.',
  });
}

function manifestOf({ assessment, evidence }: PackageInput, files: Manifest['files']): Manifest {
  const { installation, template, at, madeAt, scope } = assessment;
  const { environment = 'all', application = 'all', collections, askedBy } = scope;
  const view = collections === undefined ? 'whole estate' : `collections ${collections.join(', ')}`;
  const rows = evidence.log
    .map(({ batches, leaves }) => leaves.length + batches.reduce((sum, { texts }) => sum + texts.length, 0))
    .reduce((sum, own) => sum + own, 0);
  return {
    format: 'seawall-evidence-package/1',
    installation,
    template: template.id,
    at,
    madeAt,
    scope: `Environment: ${environment}. Application: ${application}. View of ${askedBy}: ${view}.`.slice(0, 4096),
    rows,
    files,
  };
}

/** The package with its signature, as parts of one file. */
export function signedPackage(
  { archive, manifest, keys, handOvers }: UnsignedPackage,
  key: KeyObject,
): readonly Buffer[] {
  const signature: ManifestSignature = {
    keys: [...keys],
    handOvers: [...handOvers],
    signature: sign(null, signedBytes('manifest', manifest), key).toString('base64'),
  };
  return withLastFile(archive, paths.signature, `${JSON.stringify(signature, undefined, 1)}\n`);
}
