import { createHash } from 'node:crypto';
import type { Catalog } from '#catalog/index.ts';
import { npmRequirements } from '#ecosystems/index.ts';
import { faultKindOf } from '#image/index.ts';
import { version } from '../../version.ts';
import type { BillSource } from '../bill-source.ts';
import { componentsOf } from './components.ts';
import { type Property, properties, unlessEmpty } from './property.ts';
import { type Referenced, referenced } from '../references.ts';
import { subjectComponent, systemComponent } from './subject.ts';

/** What a scan knows beyond the components. */
export interface BillFindings {
  readonly vulnerabilities: (packages: readonly Referenced[]) => readonly object[];
  readonly facts: readonly Property[];
}

/** Faults that are written one by one; a property tells how many there are. */
const mostFaults = 200;

/** Versions of the format that are written. */
export type SpecVersion = '1.6' | '1.7';

/**
 * A CycloneDX document, the same text for the same content: everything stands in an order of its own, and the serial number is a
 * hash of all but itself and the time.
 */
export function billOf(source: BillSource, specVersion: SpecVersion, judged?: BillFindings): object {
  const { subject, catalog, moment } = source;
  const packages = referenced(catalog.packages);
  const root = subjectComponent(source);
  const system = systemComponent(catalog);
  const content = {
    version: 1,
    metadata: {
      tools: { components: [{ type: 'application', name: 'seawall', version }] },
      component: root,
      properties: [...faultsOf(catalog), ...(judged?.facts ?? [])],
    },
    components: [...(system === undefined ? [] : [system]), ...componentsOf(packages, { subject, catalog })],
    dependencies: dependenciesOf(root['bom-ref'], packages, system?.['bom-ref']),
    compositions: compositionsOf(root['bom-ref'], catalog),
    ...(judged === undefined ? {} : { vulnerabilities: judged.vulnerabilities(packages) }),
  };
  return sealedBill(content, moment, specVersion);
}

/** What is made of the rest of a bill: its form, its number and its time. */
export function sealedBill(
  { version: number, metadata, ...rest }: BillContent,
  moment: Date,
  specVersion: SpecVersion = '1.6',
): object {
  const content = { version: number, metadata, ...rest };
  return {
    $schema: `http://cyclonedx.org/schema/bom-${specVersion}.schema.json`,
    bomFormat: 'CycloneDX',
    specVersion,
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(content), specVersion)}`,
    version: number,
    metadata: { timestamp: `${moment.toISOString().slice(0, 19)}Z`, ...metadata },
    ...rest,
  };
}

/** The parts of a bill that say something. */
interface BillContent {
  readonly version: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly components: readonly object[];
  readonly dependencies: readonly object[];
  readonly compositions: readonly object[];
  readonly vulnerabilities?: readonly object[];
}

/** Namespace of names that are URLs (RFC 9562). */
const urlNamespace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

/** UUID version 5 of a document. */
function uuidOf(text: string, specVersion: SpecVersion): string {
  const name = `https://cyclonedx.org/schema/bom-${specVersion}#sha256:${createHash('sha256').update(text).digest('hex')}`;
  const bytes = createHash('sha1').update(urlNamespace).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The subject holds every package; what packages need of each other is known of npm packages alone. */
function dependenciesOf(root: string, packages: readonly Referenced[], system: string | undefined): readonly object[] {
  const refs = new Map(packages.map(({ package: one, ref }) => [one, ref]));
  const required = npmRequirements(catalogOrder(packages));
  return [
    { ref: root, dependsOn: [...(system === undefined ? [] : [system]), ...packages.map(({ ref }) => ref)] },
    ...packages.flatMap(({ package: one, ref }) => {
      const needs = required.get(one);
      if (needs === undefined) return [];
      const dependsOn = [...new Set(needs.flatMap((need) => refs.get(need) ?? []))]
        .filter((need) => need !== ref)
        .sort();
      return [{ ref, ...unlessEmpty('dependsOn', dependsOn) }];
    }),
  ];
}

function catalogOrder(packages: readonly Referenced[]): readonly Referenced['package'][] {
  return packages.map(({ package: one }) => one);
}

/** No list of packages proves that there is nothing else, so it is never called complete. */
function compositionsOf(root: string, { faults }: Catalog): readonly object[] {
  const isIncomplete = faults.some(({ code }) => faultKindOf(code) !== 'judging');
  return [{ aggregate: isIncomplete ? 'incomplete' : 'unknown', assemblies: [root] }];
}

function faultsOf({ faults }: Catalog): readonly Property[] {
  if (faults.length === 0) return [];
  const shown = faults.slice(0, mostFaults).map(({ code, message, path, layer, count }) => {
    const place = [path, layer === undefined ? undefined : `layer ${layer}`].filter((part) => part !== undefined);
    const times = count === undefined ? '' : ` (${count} times)`;
    return `${code}: ${message}${place.length === 0 ? '' : ` (${place.join(', ')})`}${times}`;
  });
  const total = faults.reduce((sum, { count = 1 }) => sum + count, 0);
  return [...properties({ faults: total }), ...shown.flatMap((fault) => properties({ fault }))];
}
