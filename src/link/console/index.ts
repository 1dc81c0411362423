export { readAgent, readAgents } from './agents.ts';
export { agentChanged } from './facts.ts';
export { createLink, type Link } from './link.ts';
export { readMasterKey } from './master-key.ts';
export type { FactHandler, ReportedFact, ReportingAgent } from './parts.ts';
export { linkSchema } from './schema.ts';
