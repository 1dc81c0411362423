/** What an agent's host and its engine are called in facts: there is one of each. */
export const ownId = 'self';
/** The console among subjects. */
export const consoleId = 'console';
