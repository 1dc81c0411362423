import type { ResultFormat } from '../scan/result.ts';
import { cyclonedx, cyclonedx17 } from './cyclonedx/index.ts';
import { html } from './html/index.ts';
import { json } from './json/index.ts';
import { junit } from './junit/index.ts';
import { sarif } from './sarif/index.ts';
import { table } from './table/index.ts';
import { spdx } from './spdx/index.ts';
import { gitlab } from './gitlab/index.ts';
import { trivy } from './trivy/index.ts';

/** All formats of `scan --format`. */
export const formats = [
  table,
  json,
  sarif,
  junit,
  html,
  cyclonedx,
  cyclonedx17,
  spdx,
  gitlab,
  trivy,
] as const satisfies readonly ResultFormat[];
