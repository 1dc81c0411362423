/** What lists executables, as scans name it among the analyzers that read them: a raised version has images scanned again. */
export const executablesAnalyzer = { id: 'executables', version: 1 } as const;
