import type { Package } from '#catalog/index.ts';
import type { ImageSubject } from '#image/index.ts';
import { remedyOfFault } from '#policy/index.ts';
import type { Finding } from '#vulnerability/index.ts';
import { plainJson } from '../../plain.ts';
import { entryOf } from '../../compliance/json.ts';
import type { ResultFormat, ScanResult } from '../../scan/result.ts';

/** The machine-readable result; its fields are fixed (docs/reference/scan-result.md). */
export const json: ResultFormat = {
  id: 'json',
  version: 1,
  summary: 'One JSON document with everything that is known.',
  render: (result) => `${plainJson(JSON.stringify(documentOf(result), undefined, 2))}\n`,
};

function documentOf(result: ScanResult): object {
  const of = result.subject.kind === 'file-system' && result.subject.path === '/' ? 'host' : 'image';
  return {
    schemaVersion: 1,
    target: result.target,
    ...(result.subject.kind === 'image'
      ? { image: imageOf(result.subject) }
      : { fileSystem: { id: result.subject.id, path: result.subject.path } }),
    distribution: result.catalog.distribution,
    database: result.database,
    packages: result.catalog.packages.map(packageOf),
    findings: result.findings.map(findingOf),
    compliance: result.compliance?.map(entryOf),
    verdict: { ...result.verdict, judgedBy: result.judgedBy },
    faults: result.catalog.faults.map((fault) => ({ ...fault, remedy: remedyOfFault(fault.code, of) })),
  };
}

function imageOf(image: ImageSubject): object {
  const { os, architecture, variant } = image.platform;
  return {
    digest: image.digest,
    manifestDigest: image.manifestDigest,
    indexDigest: image.indexDigest,
    platform: variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`,
    os,
    created: image.created,
    names: image.names,
    layers: image.layers,
  };
}

function packageOf(entry: Package): object {
  const { purl, name, version, type, layer, paths, source, licenses, ownedBy, foundBy } = entry;
  return { purl, name, version, type, layer, paths, source, licenses, ownedBy, foundBy, fileCount: entry.files.length };
}

function findingOf(finding: Finding): object {
  const { matchedBy, ...rest } = finding;
  return { ...rest, matchedBy };
}
