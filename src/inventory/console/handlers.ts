import type { FactHandler } from '#link/console/index.ts';
import { reportContainers } from './report-containers.ts';
import { reportHost } from './report-host.ts';
import { reportImages } from './report-images.ts';
import { reportSubjects, reportUnscanned } from './report-others.ts';
import { reportPresent } from './report-present.ts';
import { reportUse } from './report-use.ts';

/** What the link hands this domain, by kind of fact. State that is told again writes nothing and announces nothing. */
export const inventoryHandlers = {
  host: reportHost,
  image: reportImages,
  container: reportContainers,
  present: reportPresent,
  use: reportUse,
  unscanned: reportUnscanned,
  subject: reportSubjects,
} as const satisfies Readonly<Record<string, FactHandler>>;
