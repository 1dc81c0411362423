/** What gathers facts for checks, as scans name it among the analyzers: a raised version has images scanned again. */
export const imageFactsAnalyzer = { id: 'image-facts', version: 1 } as const;
