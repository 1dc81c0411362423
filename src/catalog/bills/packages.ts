import { PackageURL } from 'packageurl-js';
import { clean, ecosystemOf, isSystemPackage, type Package } from '#ecosystems/index.ts';
import { PackageType } from '../contract.ts';
import type { Component } from './bill.ts';

/** A package, and the distribution that its package URL names. */
export interface BilledPackage {
  readonly package: Package;
  readonly component: Component;
  readonly distro?: string;
  /** Whether anything tells which source it was built from. */
  readonly hasSource: boolean;
}

const longest = 512;
const mostPlaces = 1000;

/** The package that a package URL names (https://github.com/package-url/purl-spec); `undefined` when it names none. */
export function packageOf(component: Component, format: string): BilledPackage | undefined {
  const url = parsed(component.purl);
  if (url === undefined || !PackageType.safeParse(url.type).success) return undefined;
  const { qualifiers = {} } = url;
  const name = ecosystemOf(url.type)?.face.nameOf(url.namespace ?? '', url.name) ?? pathOf(url);
  const version = withEpoch(url.version ?? '', qualifiers['epoch']);
  const architecture = qualifiers['arch'];
  const module = qualifiers['modularitylabel'] ?? qualifiers['rpmmod'];
  if ([name, version, architecture ?? '', module ?? ''].some(isUnfit) || name === '') return undefined;
  const source = component.source ?? upstreamOf(url.type, qualifiers['upstream']);
  const one: Package = {
    type: url.type,
    name,
    version,
    ...(architecture === undefined ? {} : { architecture }),
    purl: url.toString(),
    ...(source === undefined || isUnfit(source.name) || !isSystemPackage(url)
      ? {}
      : { source: { name: source.name, version: clean(source.version ?? version, longest) } }),
    ...(module === undefined ? {} : { module }),
    ...(component.vendor === undefined ? {} : { vendor: clean(component.vendor, longest) }),
    licenses: component.licenses.slice(0, 200).map((text) => clean(text, longest)),
    layer: 0,
    paths: component.paths.slice(0, mostPlaces).map((path) => path.replace(/^\/+/, '').slice(0, 8192)),
    files: [],
    foundBy: { analyzer: 'sbom', evidence: format },
  };
  const distro = qualifiers['distro'];
  return { package: one, component, hasSource: source !== undefined, ...(distro === undefined ? {} : { distro }) };
}

function parsed(purl: string | undefined): PackageURL | undefined {
  if (purl === undefined || purl.length > 2048) return undefined;
  try {
    return PackageURL.fromString(purl);
  } catch {
    return undefined;
  }
}

function pathOf({ namespace, name }: PackageURL): string {
  return namespace ? `${namespace}/${name}` : name;
}

/** A name that is cut or cleaned would be another one. */
function isUnfit(text: string): boolean {
  return clean(text, longest) !== text;
}

/** Package URLs keep the epoch of an rpm apart; older tools that of a Debian package too. */
function withEpoch(version: string, epoch: string | undefined): string {
  return epoch === undefined || epoch === '0' || version === '' || /^\d+:/.test(version)
    ? version
    : `${epoch}:${version}`;
}

/** Syft's qualifier: `expat@2.7.1-2`, `expat`, or the file of a source rpm. */
function upstreamOf(type: string, upstream: string | undefined): Component['source'] {
  if (upstream === undefined || upstream === '') return undefined;
  const [, file, release] = (type === 'rpm' && /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(upstream)) || [];
  if (file !== undefined && release !== undefined) return { name: file, version: release };
  const at = upstream.lastIndexOf('@');
  return at > 0 ? { name: upstream.slice(0, at), version: upstream.slice(at + 1) } : { name: upstream };
}
