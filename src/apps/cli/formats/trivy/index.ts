import { familyOf } from '#catalog/index.ts';
import { isSystemPackage } from '#ecosystems/index.ts';
import type { Finding } from '#vulnerability/index.ts';
import { plainJson } from '../../plain.ts';
import { exceptions } from '../../scan/excepted.ts';
import type { ResultFormat, ScanResult } from '../../scan/result.ts';

import { modifiedOf, vulnerabilityOf } from './vulnerability.ts';

/**
 * The JSON report of Trivy, schema version 2 (aquasecurity/trivy, `pkg/types/report.go`), for tools that read it. Verdict and
 * faults, for which it has no field, stand in `SeawallVerdict` and `SeawallFaults`, which those tools skip.
 */
export const trivy: ResultFormat = {
  id: 'trivy',
  version: 1,
  summary: 'JSON as Trivy writes it, for tools that read that.',
  render: (result, { now }) => `${plainJson(JSON.stringify(documentOf(result, now), undefined, 2))}\n`,
  remark: ({ target, verdict, catalog }) =>
    verdict.kind === 'cannot-judge' || catalog.faults.length > 0
      ? `Readers of Trivy's report see neither verdict nor faults of ${target}; the JSON result tells both.`
      : undefined,
};

function documentOf(result: ScanResult, now: Date): object {
  const { subject, target, catalog, verdict } = result;
  return {
    SchemaVersion: 2,
    CreatedAt: now.toISOString(),
    ArtifactName: target,
    ArtifactType: subject.kind === 'image' ? 'container_image' : 'filesystem',
    Metadata: metadataOf(result),
    Results: resultsOf(result),
    SeawallVerdict: { Kind: verdict.kind, Reason: verdict.reason },
    SeawallFaults: catalog.faults.map(({ code, message, path }) => ({ Code: code, Message: message, Path: path })),
  };
}

function metadataOf({ subject, catalog: { distribution } }: ScanResult): object {
  const system =
    distribution === undefined
      ? {}
      : { OS: { Family: familyOf(distribution.id), Name: distribution.version ?? 'unknown' } };
  if (subject.kind !== 'image') return system;
  const { platform, created } = subject;
  return {
    ...system,
    ImageID: subject.digest,
    DiffIDs: subject.layers.map(({ diffId }) => diffId),
    RepoTags: subject.names.filter((name) => !name.includes('@')),
    RepoDigests: subject.names.filter((name) => name.includes('@')),
    ImageConfig: {
      architecture: platform.architecture,
      ...(created === undefined ? {} : { created }),
      os: platform.os,
    },
  };
}

/** One result for the distribution's packages, and one for each kind of others, as Trivy groups those of images. */
function resultsOf(result: ScanResult): readonly object[] {
  const { findings, target, catalog, subject } = result;
  const isExcepted = exceptions(result);
  const layers = subject.kind === 'image' ? subject.layers : [];
  const { distribution } = catalog;
  const isSystem = (type: string): boolean => isSystemPackage({ type });
  const types = new Set([...catalog.packages, ...findings].map(({ type }) => type));
  return [...types].sort(bySystem).map((type) => {
    const of = findings.filter((finding) => finding.type === type);
    const counted = of.filter((finding) => finding.suppressed === undefined && !isExcepted(finding));
    const uncounted = of.filter((finding) => finding.suppressed !== undefined || isExcepted(finding));
    const family = familyOf(distribution?.id ?? 'none');
    return {
      Target: isSystem(type) ? `${target} (${family} ${distribution?.version ?? 'unknown'})` : (labels[type] ?? type),
      Class: isSystem(type) ? 'os-pkgs' : 'lang-pkgs',
      Type: isSystem(type) ? family : (typeNames[type] ?? type),
      ...(counted.length === 0 ? {} : { Vulnerabilities: counted.map((one) => vulnerabilityOf(one, layers)) }),
      ...(uncounted.length === 0
        ? {}
        : { ExperimentalModifiedFindings: uncounted.map((one: Finding) => modifiedOf(one, layers)) }),
    };
  });
}

function bySystem(left: string, right: string): number {
  const [first, second] = [left, right].map((type) => (isSystemPackage({ type }) ? 0 : 1));
  return (first ?? 0) - (second ?? 0) || (left < right ? -1 : 1);
}

/** What Trivy calls packages that are installed in an image (`pkg/fanal/types/const.go`). */
const typeNames: Readonly<Record<string, string>> = {
  maven: 'jar',
  npm: 'node-pkg',
  pypi: 'python-pkg',
  golang: 'gobinary',
  cargo: 'rustbinary',
  gem: 'gemspec',
  composer: 'composer-vendor',
  nuget: 'dotnet-core',
};

const labels: Readonly<Record<string, string>> = {
  maven: 'Java',
  npm: 'Node.js',
  pypi: 'Python',
  gem: 'Ruby',
  golang: 'Go',
  cargo: 'Rust',
  composer: 'PHP',
  nuget: '.NET',
};
