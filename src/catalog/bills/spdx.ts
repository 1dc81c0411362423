import type { Bill, Component } from './bill.ts';
import { Spdx, SpdxPackage } from './schema.ts';

const versions: ReadonlySet<string> = new Set(['SPDX-2.2', 'SPDX-2.3']);

/** A document of SPDX (https://spdx.github.io/spdx-spec/v2.3/); `undefined` when it is none of these versions. */
export function readSpdx(document: unknown): Bill | undefined {
  const parsed = Spdx.safeParse(document);
  if (!parsed.success || !versions.has(parsed.data.spdxVersion)) return undefined;
  const { spdxVersion, packages = [], annotations, relationships } = parsed.data;
  const read = packages.flatMap((one) => SpdxPackage.safeParse(one).data ?? []);
  const purls = new Map(read.flatMap((one) => (purlOf(one) === undefined ? [] : [[one.SPDXID, purlOf(one)]])));
  const owners = new Map(
    relationships.filter(isOwnership).map((one) => [one.relatedSpdxElement, purls.get(one.spdxElementId)]),
  );
  return {
    format: spdxVersion.replace('-', ' '),
    components: read.filter(mayBePackage).map((one) => toComponent(one, owners.get(one.SPDXID))),
    systems: read.filter(isSystem).map(({ name, versionInfo }) => ({
      name,
      ...(versionInfo === undefined ? {} : { version: versionInfo }),
    })),
    gaps: annotations.flatMap(({ comment }) => /^seawall:fault (.*)$/s.exec(comment)?.[1] ?? []),
    unreadable: packages.length - read.length,
  };
}

/** SPDX 2.2 has no purpose of a package; there Trivy says by the id what one is. */
function isSystem({ SPDXID, primaryPackagePurpose: purpose }: SpdxPackage): boolean {
  return /^OPERATING[-_]SYSTEM$/.test(purpose ?? '') || SPDXID.startsWith('SPDXRef-OperatingSystem');
}

function mayBePackage(one: SpdxPackage): boolean {
  const purl = purlOf(one);
  if (purl !== undefined) return !purl.startsWith('pkg:oci/');
  // Images, folders and lock files, by which tools group packages.
  const isGroup = /^SPDXRef-(?:Application|ContainerImage|Filesystem|Repository|Subject|DocumentRoot)/.test(one.SPDXID);
  return (
    !isSystem(one) && !isGroup && ['LIBRARY', 'FRAMEWORK', 'APPLICATION', ''].includes(one.primaryPackagePurpose ?? '')
  );
}

function purlOf({ externalRefs }: SpdxPackage): string | undefined {
  return externalRefs.find(({ referenceType }) => referenceType === 'purl')?.referenceLocator;
}

/** What Seawall writes of a package that owns another's files, and what Syft writes. */
function isOwnership(one: { readonly relationshipType: string; readonly comment?: string | undefined }): boolean {
  const { relationshipType: type, comment } = one;
  return type === 'CONTAINS' || (type === 'OTHER' && comment?.startsWith('ownership-by-file-overlap') === true);
}

function toComponent(one: SpdxPackage, ownedBy: string | undefined): Component {
  const { name, supplier, licenseDeclared, sourceInfo } = one;
  const purl = purlOf(one);
  const vendor = /^Organization: (.+)$/.exec(supplier ?? '')?.[1];
  const [, source, version] = /^built package from: (\S+)(?: (\S+))?$/.exec(sourceInfo ?? '') ?? [];
  return {
    name,
    ...(purl === undefined ? {} : { purl }),
    ...(source === undefined ? {} : { source: { name: source, ...(version === undefined ? {} : { version }) } }),
    ...(vendor === undefined ? {} : { vendor }),
    licenses: ['NOASSERTION', 'NONE', undefined].includes(licenseDeclared) ? [] : [licenseDeclared ?? ''],
    paths: [],
    ...(ownedBy === undefined ? {} : { ownedBy }),
  };
}
