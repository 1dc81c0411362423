import type { ComplianceReport } from './report.ts';

/** How a report is written. */
export interface ComplianceFormat {
  readonly id: string;
  render(report: ComplianceReport, terminal: { readonly colour: boolean; readonly columns: number }): string;
}
