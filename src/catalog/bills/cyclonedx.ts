import type { Bill, Component } from './bill.ts';
import { CycloneDx, CycloneDxComponent, Properties } from './schema.ts';

const versions: ReadonlySet<string> = new Set(['1.2', '1.3', '1.4', '1.5', '1.6', '1.7']);

/** A document of CycloneDX (https://cyclonedx.org/specification/overview/); `undefined` when it is none of these versions. */
export function readCycloneDx(document: unknown): Bill | undefined {
  const parsed = CycloneDx.safeParse(document);
  if (!parsed.success || !versions.has(parsed.data.specVersion)) return undefined;
  const { specVersion, metadata, components = [], compositions = [] } = parsed.data;
  const [subject, ...parts] = flat([metadata?.component]);
  const entries = [...parts, ...flat(components)];
  // What the bill is of counts where it is a package itself; a folder or a host is none.
  if (subject !== undefined && (subject.component === undefined || subject.component.purl !== undefined))
    entries.unshift(subject);
  const read = entries.flatMap((entry) => entry.component ?? []);
  const isIncomplete = compositions.some(({ aggregate }) => aggregate?.startsWith('incomplete'));
  const faults = Properties.parse(metadata?.properties ?? [])
    .filter(({ name }) => name === 'seawall:fault')
    .map(({ value }) => value);
  return {
    format: `CycloneDX ${specVersion}`,
    components: read.filter(mayBePackage).map(toComponent),
    systems: read.filter(({ type }) => type === 'operating-system').map(toSystem),
    gaps: faults.length === 0 && isIncomplete ? ['Its list of components is incomplete.'] : faults,
    unreadable: entries.length - read.length,
  };
}

/** Components lie in each other; the reader of JSON bounded how deep. */
function flat(list: readonly unknown[]): readonly { readonly component?: CycloneDxComponent }[] {
  return list
    .filter((one) => one !== undefined)
    .flatMap((one) => {
      const parsed = CycloneDxComponent.safeParse(one);
      return parsed.success ? [{ component: parsed.data }, ...flat(parsed.data.components ?? [])] : [{}];
    });
}

/** Containers, files and devices are no packages, nor are the lock files by which Trivy groups its components. */
function mayBePackage({ type, purl, properties }: CycloneDxComponent): boolean {
  if (purl !== undefined) return !purl.startsWith('pkg:oci/');
  const isGroup = properties.some(({ name }) => name === 'aquasecurity:trivy:Class');
  return ['library', 'framework', 'application'].includes(type) && !isGroup;
}

function toSystem({ name, version, properties }: CycloneDxComponent): Bill['systems'][number] {
  const of = (key: string): string | undefined => properties.find((one) => one.name === key)?.value;
  const release = of('syft:distro:versionID') ?? version;
  return { name: of('syft:distro:id') ?? name, ...(release === undefined ? {} : { version: release }) };
}

function toComponent({ name, purl, supplier, licenses, properties, evidence }: CycloneDxComponent): Component {
  const facts = new Map(properties.map((one) => [one.name, one.value]));
  const source = sourceOf(facts);
  const ownedBy = facts.get('seawall:ownedBy');
  return {
    name,
    ...(purl === undefined ? {} : { purl }),
    ...(source === undefined ? {} : { source }),
    ...(supplier === undefined ? {} : { vendor: supplier.name }),
    licenses: licenses.flatMap(({ license, expression }) => license?.id ?? license?.name ?? expression ?? []),
    paths: [
      ...(evidence?.occurrences.map(({ location }) => location) ?? []),
      ...properties.filter((one) => isPath(one.name)).map(({ value }) => value),
    ],
    ...(ownedBy === undefined ? {} : { ownedBy }),
    ...(facts.get('seawall:identity') === 'unidentified' ? { isUnidentified: true } : {}),
  };
}

function isPath(property: string): boolean {
  return property === 'aquasecurity:trivy:FilePath' || /^syft:location:\d{1,4}:path$/.test(property);
}

/** How Seawall, Trivy and Syft name the source of a distribution's package. */
function sourceOf(facts: ReadonlyMap<string, string>): Component['source'] {
  const own = facts.get('seawall:source');
  if (own !== undefined) return named(own.split(' '));
  const trivy = facts.get('aquasecurity:trivy:SrcName');
  if (trivy !== undefined) {
    const [epoch, version, release] = ['SrcEpoch', 'SrcVersion', 'SrcRelease'].map((key) =>
      facts.get(`aquasecurity:trivy:${key}`),
    );
    const whole = `${epoch === undefined ? '' : `${epoch}:`}${[version, release].filter(Boolean).join('-')}`;
    return named([trivy, version === undefined ? undefined : whole]);
  }
  const syft = facts.get('syft:metadata:source') ?? facts.get('syft:metadata:originPackage');
  return syft === undefined ? undefined : named([syft, facts.get('syft:metadata:sourceVersion')]);
}

function named([name, version]: readonly (string | undefined)[]): Component['source'] {
  if (name === undefined || name === '') return undefined;
  return version === undefined || version === '' ? { name } : { name, version };
}
