export * from './contract-audit.ts';
export * from './contract-collections.ts';
export * from './contract-exceptions.ts';
export * from './contract-retention.ts';
export * from './contract-roles.ts';
export * from './contract-sessions.ts';
export * from './contract-tokens.ts';
export * from './contract-users.ts';
