import type { ComplianceFormat } from './compliance-format.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { sarif } from './sarif.ts';
import { table } from './table.ts';

/** All formats of `compliance --format`. */
export const complianceFormats: readonly [ComplianceFormat, ...ComplianceFormat[]] = [table, json, junit, sarif];
