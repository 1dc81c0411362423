export { explorerSchema } from './schema.ts';
export { createExplorer, type ExplorerService } from './service.ts';
