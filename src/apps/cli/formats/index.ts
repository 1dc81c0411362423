import type { ResultFormat } from '../scan/result.ts';
import { json } from './json/index.ts';
import { table } from './table/index.ts';

/** All formats of `scan --format`. */
export const formats = [table, json] as const satisfies readonly ResultFormat[];
