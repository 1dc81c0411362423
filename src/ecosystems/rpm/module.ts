import type { Package } from '../contract.ts';
import type { AffectedPackage } from '../advisory.ts';

/**
 * Whether a record is about the build line that a package comes from. A modular build and the ordinary one of the same
 * name have nothing to do with each other, nor have two streams of a module.
 */
export function modulesAgree(affected: AffectedPackage, one: Package): boolean {
  const streams = streamsOf(affected);
  const installed = one.module?.split(':').slice(0, 2).join(':');
  if (streams === undefined) return installed === undefined && !isModular(one.version);
  if (installed !== undefined) return streams.length === 0 || streams.includes(installed);
  return isModular(one.version);
}

/** Streams that a record is limited to; empty when it is about a module and does not say which; `undefined` for ordinary packages. */
function streamsOf(affected: AffectedPackage): readonly string[] | undefined {
  if (affected.module !== undefined) return affected.module.split(/[\s,]+/).filter((stream) => stream !== '');
  if (!affected.ranges.some(({ fixed }) => fixed !== undefined && isModular(fixed))) return undefined;
  return affected.summary?.replace(/^\w+: /, '').match(/[\w.+-]+:[\w.+-]+/g) ?? [];
}

/** Releases of modular builds carry the mark, `1.module_el8.5.0+2570+b8d1ad31`. */
function isModular(version: string): boolean {
  return version.includes('.module');
}
