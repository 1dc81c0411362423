import type { Collector } from '../collector.ts';
import { docker } from './docker/index.ts';

/** All collectors; an engine is watched by one of them. */
export const collectors: readonly Collector[] = [docker];
