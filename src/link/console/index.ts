export { readAgent, readAgents } from './agents.ts';
export { agentChanged } from './facts.ts';
export { createLink, type Link } from './link.ts';
export { readMasterKey } from './master-key.ts';
export type { FactHandler, ReportingAgent } from './parts.ts';
export { type ReadFact, readFacts } from './read-facts.ts';
export { linkSchema } from './schema.ts';
export type { ServerCertificate } from './server-certificate.ts';
export { openSigner, type Signer } from './signing-key.ts';
