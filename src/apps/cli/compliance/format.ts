import type { ComplianceReport } from './report.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { sarif } from './sarif.ts';
import { table } from './table.ts';

/** How a report is written. */
export interface ComplianceFormat {
  readonly id: string;
  render(report: ComplianceReport, terminal: { readonly colour: boolean; readonly columns: number }): string;
}

/** All formats of `compliance --format`. */
export const complianceFormats: readonly [ComplianceFormat, ...ComplianceFormat[]] = [table, json, junit, sarif];
