import { createHash } from 'node:crypto';
import type { Package } from '#catalog/index.ts';
import { version } from '../../version.ts';
import type { BillSource } from '../bill-source.ts';
import { imagePurl } from '../image-purl.ts';
import { type Referenced, referenced } from '../references.ts';
import { expressionOf, extractedOf } from './licences.ts';

/** What a scan knows beyond the packages. */
export interface SpdxFindings {
  /** References to the advisories that speak of a package. */
  readonly of: (one: Package) => readonly object[];
  /** What the document says of itself, for which the format has no field. */
  readonly notes: readonly string[];
}

/** Places of one package that are written. */
const mostPlaces = 100;
const rootId = 'SPDXRef-Subject';
const systemId = 'SPDXRef-OperatingSystem';

/** An SPDX 2.3 document, the same for the same content but for its time: its namespace is a hash of the rest. */
export function documentOf(source: BillSource, findings: SpdxFindings): object {
  const { catalog, target, moment } = source;
  const created = `${moment.toISOString().slice(0, 19)}Z`;
  const packages = referenced(catalog.packages);
  const system = systemPackage(source);
  const content = {
    packages: [subjectPackage(source), ...system, ...packages.map((one) => packageOf(one, findings))],
    relationships: relationshipsOf(packages, system.length > 0),
    ...(packages.length === 0
      ? {}
      : { hasExtractedLicensingInfos: extractedOf(packages.map(({ package: one }) => one.licenses)) }),
  };
  const hash = hashOf(JSON.stringify([content, findings.notes]));
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: target,
    documentNamespace: `https://spdx.org/spdxdocs/seawall-${hash}`,
    creationInfo: { created, creators: [`Tool: seawall-${version}`] },
    annotations: findings.notes.map((comment) => ({
      annotationDate: created,
      annotationType: 'OTHER',
      annotator: `Tool: seawall-${version}`,
      comment,
    })),
    documentDescribes: [rootId],
    ...content,
  };
}

/** Nothing is said of where packages were downloaded from, and their files were not analysed one by one. */
const unsaid = {
  downloadLocation: 'NOASSERTION',
  filesAnalyzed: false,
  licenseConcluded: 'NOASSERTION',
  copyrightText: 'NOASSERTION',
};

function subjectPackage({ subject, target }: BillSource): object {
  if (subject.kind === 'file-system')
    return {
      SPDXID: rootId,
      name: subject.name,
      ...unsaid,
      primaryPackagePurpose: subject.path === '/' ? 'OPERATING_SYSTEM' : 'APPLICATION',
    };
  const purl = imagePurl(subject);
  return {
    SPDXID: rootId,
    name: [...subject.names].sort()[0] ?? target,
    versionInfo: subject.digest,
    ...unsaid,
    primaryPackagePurpose: 'CONTAINER',
    checksums: [{ algorithm: 'SHA256', checksumValue: subject.digest.replace('sha256:', '') }],
    ...(purl === undefined ? {} : { externalRefs: [purlReference(purl)] }),
  };
}

/** The distribution, which readers look for to judge its packages. */
function systemPackage({ catalog: { distribution } }: BillSource): readonly object[] {
  if (distribution === undefined) return [];
  const { id, version: release, name } = distribution;
  return [
    {
      SPDXID: systemId,
      name: id,
      ...(release === undefined ? {} : { versionInfo: release }),
      description: name,
      ...unsaid,
      primaryPackagePurpose: 'OPERATING_SYSTEM',
    },
  ];
}

function packageOf({ package: one, ref }: Referenced, findings: SpdxFindings): object {
  const { name, version: installed, vendor, source, licenses, paths, purl } = one;
  const more = paths.length - mostPlaces;
  const places = [...paths.slice(0, mostPlaces), ...(more > 0 ? [`and ${more} more`] : [])];
  return {
    SPDXID: idOf(ref),
    name,
    ...(installed === '' ? {} : { versionInfo: installed }),
    supplier: vendor === undefined || vendor === '' ? 'NOASSERTION' : `Organization: ${vendor}`,
    ...unsaid,
    licenseDeclared: expressionOf(licenses),
    primaryPackagePurpose: 'LIBRARY',
    // Trivy writes and reads the source of a distribution's package in these words.
    ...(source === undefined ? {} : { sourceInfo: `built package from: ${`${source.name} ${source.version}`.trim()}` }),
    ...(places.length === 0 ? {} : { comment: `Found at ${places.join(', ')}.` }),
    externalRefs: [purlReference(purl), ...findings.of(one)],
  };
}

/** The format takes no spaces in it. */
function purlReference(purl: string): object {
  return {
    referenceCategory: 'PACKAGE-MANAGER',
    referenceType: 'purl',
    referenceLocator: purl.replace(/\s/g, (space) => encodeURIComponent(space)),
  };
}

/** The subject contains all of them, and a package of the distribution those whose files it owns. */
function relationshipsOf(packages: readonly Referenced[], hasSystem: boolean): readonly object[] {
  const ids = new Map(packages.map(({ package: one, ref }) => [one.purl, idOf(ref)]));
  return [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: rootId },
    ...[...(hasSystem ? [systemId] : []), ...packages.map(({ ref }) => idOf(ref))].map((id) => ({
      spdxElementId: rootId,
      relationshipType: 'CONTAINS',
      relatedSpdxElement: id,
    })),
    ...packages.flatMap(({ package: { ownedBy }, ref }) => {
      const owner = ids.get(ownedBy ?? '');
      return owner === undefined
        ? []
        : [{ spdxElementId: owner, relationshipType: 'CONTAINS', relatedSpdxElement: idOf(ref) }];
    }),
  ];
}

/** Letters, digits, dots and dashes alone may stand in an id. */
function idOf(ref: string): string {
  return `SPDXRef-Package-${hashOf(ref)}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
