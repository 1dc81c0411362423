import { packageParts } from '#ecosystems/contract.ts';
import { ecosystemOf } from '#ecosystems/index.ts';
import type { Subject } from '#image/index.ts';
import { packedProblem } from '../executables/packed.ts';
import type { Catalog, Distribution, Package, ScanPublication } from '../contract.ts';
import { purlProblem } from '../purl.ts';

/**
 * What in a publication contradicts itself, as sentences that name the field; empty when it is sound.
 * The contract checks each field by itself, this checks them against each other: a catalog that points at layers
 * which the image does not have could otherwise place a finding anywhere.
 */
export function contradictionsIn(publication: Pick<ScanPublication, 'subject' | 'catalog'>): readonly string[] {
  const { subject, catalog } = publication;
  const layers = subject.kind === 'image' ? subject.layers.length : 1;
  return [...subjectContradictions(subject), ...catalogContradictions(catalog, layers)].slice(0, 20);
}

function subjectContradictions(subject: Subject): readonly string[] {
  switch (subject.kind) {
    case 'file-system':
      return subject.id.startsWith('host:') ? [] : ['subject.id: a file system cannot speak for an image digest'];
    case 'image': {
      const disordered = subject.layers.findIndex((layer, position) => layer.index !== position);
      const steps = subject.history.flatMap((step) => (step.layer === undefined ? [] : [step.layer]));
      return [
        ...(disordered < 0 ? [] : [`subject.layers.${disordered}.index: layers must be numbered from 0 in order`]),
        ...(steps.every((layer) => layer < subject.layers.length)
          ? []
          : ['subject.history: names a layer that does not exist']),
        ...(steps.every((layer, at) => at === 0 || layer > (steps[at - 1] ?? -1))
          ? []
          : ['subject.history: names layers out of order']),
      ];
    }
  }
}

function catalogContradictions(catalog: Catalog, layers: number): readonly string[] {
  const purls = new Set(catalog.packages.map((found) => found.purl));
  const ofPackages = catalog.packages.flatMap((found, at) =>
    packageContradictions(found, { layers, purls, distribution: catalog.distribution }).map(
      (problem) => `catalog.packages.${at}.${problem}`,
    ),
  );
  const ofFaults = catalog.faults.flatMap((fault, at) =>
    fault.layer === undefined || fault.layer < layers ? [] : [`catalog.faults.${at}.layer: there is no such layer`],
  );
  const ids = catalog.analyzers.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) < at);
  return [
    ...ofPackages,
    ...ofFaults,
    ...executableContradictions(catalog, layers, purls),
    ...((catalog.fileFacts?.packageCaches ?? []).some(({ layer }) => layer >= layers)
      ? ['catalog.fileFacts.packageCaches: there is no such layer']
      : []),
    ...((catalog.fileSecrets?.found ?? []).some(({ layer }) => layer >= layers)
      ? ['catalog.fileSecrets.found: there is no such layer']
      : []),
    ...(twice === undefined ? [] : [`catalog.analyzers: names ${twice} twice`]),
  ];
}

function executableContradictions(
  { executables }: Catalog,
  layers: number,
  purls: ReadonlySet<string>,
): readonly string[] {
  if (executables === undefined) return [];
  const problem = packedProblem(executables, layers);
  if (problem !== undefined) return [`catalog.executables.${problem}`];
  const isForeign = executables.packages.some((purl) => !purls.has(purl));
  return isForeign ? ['catalog.executables.packages: names no package of this catalog'] : [];
}

function packageContradictions(
  found: Package,
  known: {
    readonly layers: number;
    readonly purls: ReadonlySet<string>;
    readonly distribution: Distribution | undefined;
  },
): readonly string[] {
  const problem = purlProblem(found, known.distribution);
  return [
    ...(found.layer < known.layers ? [] : ['layer: there is no such layer']),
    ...(found.archive !== undefined && !isArchive(found)
      ? ['archive: only a package without coordinates of its own carries this evidence']
      : []),
    ...(problem === undefined ? [] : [`purl: ${found.purl.slice(0, 200)} ${problem} (package ${found.name})`]),
    ...(found.ownedBy === undefined || known.purls.has(found.ownedBy)
      ? []
      : ['ownedBy: names no package of this catalog']),
  ];
}

/** Types that are not known here may have archives of their own. */
function isArchive({ type, name }: Package): boolean {
  const ecosystem = ecosystemOf(type);
  if (ecosystem === undefined) return true;
  return 'identify' in ecosystem && packageParts(type, name).origin === undefined;
}
