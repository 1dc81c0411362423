/** What the agent's container is granted beyond an engine's usual capabilities; each has its row in how-to/add-a-host.md. */
export const agentCapabilities = ['SYS_ADMIN', 'SYS_PTRACE', 'SYS_NICE', 'NET_ADMIN'] as const;
