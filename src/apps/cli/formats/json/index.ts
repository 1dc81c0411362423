import type { Package } from '#catalog/index.ts';
import type { ImageSubject } from '#image/index.ts';
import { remedyOfFault } from '#policy/index.ts';
import type { Finding } from '#vulnerability/index.ts';
import { plainJson } from '../../plain.ts';
import { entryOf } from '../../compliance/json.ts';
import { type AgainstBaseline, baselineStates } from '../../scan/baseline.ts';
import { type OnBase, partedByBase, partOf } from '../../scan/by-base.ts';
import { worstOf } from '../../scan/platform-results.ts';
import type { PlatformResults, ResultFormat, ScanResult } from '../../scan/result.ts';

/** The machine-readable result; its fields are fixed (docs/reference/scan-result.md). */
export const json: ResultFormat = {
  id: 'json',
  version: 1,
  summary: 'One JSON document with everything that is known.',
  render: (result) => `${plainJson(JSON.stringify(documentOf(result), undefined, 2))}\n`,
  renderAll: (all) => `${plainJson(JSON.stringify(platformsOf(all), undefined, 2))}\n`,
};

/** One document for all platforms, in which each has its own, as it would have alone. */
function platformsOf(all: PlatformResults): object {
  const { target, results, unscanned, attestations } = all;
  const verdict = { kind: worstOf(all) };
  return { schemaVersion: 1, target, verdict, platforms: results.map(documentOf), unscanned, attestations };
}

function documentOf(result: ScanResult): object {
  const of = result.subject.kind === 'file-system' && result.subject.path === '/' ? 'host' : 'image';
  return {
    schemaVersion: 1,
    target: result.target,
    ...(result.subject.kind === 'image'
      ? { image: { ...imageOf(result.subject), hashed: result.hashed?.image } }
      : { fileSystem: { id: result.subject.id, path: result.subject.path } }),
    distribution: result.catalog.distribution,
    database: result.database && { ...result.database, hashed: result.hashed?.database },
    packages: result.catalog.packages.map(packageOf),
    findings: result.findings.map(findingOf(result)),
    base: result.base && onBaseOf(result, result.base),
    baseline: result.baseline && baselineOf(result.baseline),
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

function findingOf({ baseline, base }: ScanResult): (finding: Finding) => object {
  const states = baseline && baselineStates(baseline);
  return (finding) => {
    const { matchedBy, ...rest } = finding;
    return { ...rest, part: base && partOf(finding, base), baseline: states?.get(finding), matchedBy };
  };
}

function onBaseOf({ findings }: ScanResult, base: OnBase): object {
  const { name, layers, newer } = base;
  const parts = partedByBase(findings, base);
  return {
    name,
    layers,
    findings: { base: parts.base.length, own: parts.own.length },
    newer: newer && { name: newer.name, ...countsOf(newer), gone: newer.gone.map(namedFinding) },
  };
}

function baselineOf({ target, gone, ...difference }: AgainstBaseline): object {
  return { target, ...countsOf(difference), gone: gone.map(namedFinding) };
}

function countsOf({ added, worse, kept }: Omit<AgainstBaseline, 'target' | 'gone'>): object {
  return { new: added.length, worse: worse.length, known: kept.length };
}

function namedFinding({ id, type, package: name, installed, severity }: Finding): object {
  return { id, type, package: name, installed, severity };
}
