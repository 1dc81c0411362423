export { explorerSchema } from './schema.ts';
export { createExplorer, type ExplorerService } from './service.ts';
export { pageNotice } from './sum-and-report.ts';
