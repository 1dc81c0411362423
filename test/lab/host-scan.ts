const entries = process.env['SEAWALL_LAB_HOST_ENTRIES'];

/**
 * Words of an agent's command that bound its scan of the machine's own files, which no case is about: in the short form it
 * reads the first of them. Images of the labs hold fewer.
 */
export const hostScan: readonly string[] = entries === undefined ? [] : ['--max-entries', entries];
