import type { ImageSource } from '../source.ts';
import { archive } from './archive/index.ts';
import { directory } from './directory/index.ts';
import { docker } from './docker/index.ts';
import { layout } from './layout/index.ts';
import { registry } from './registry/index.ts';
import { sbom } from './sbom/index.ts';

/** Every kind of target, in the order in which a reference without prefix is offered to them. */
export const sources: readonly ImageSource[] = [layout, archive, directory, docker, registry, sbom];
