export type { Host, HostReport, ScanProgress, UnscannedTarget } from './contract.ts';
