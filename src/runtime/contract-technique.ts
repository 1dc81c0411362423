/** A technique of MITRE ATT&CK as people read it. */
export interface Technique {
  readonly name: string;
  /** The first of its tactics. */
  readonly tactic: string;
}

/** Id, name and first tactic of what detectors and the console name. */
const techniques = [
  ['T1021.004', 'SSH', 'Lateral Movement'],
  ['T1036.004', 'Masquerade Task or Service', 'Defense Evasion'],
  ['T1036.005', 'Match Legitimate Name or Location', 'Defense Evasion'],
  ['T1036.006', 'Space after Filename', 'Defense Evasion'],
  ['T1040', 'Network Sniffing', 'Discovery'],
  ['T1046', 'Network Service Discovery', 'Discovery'],
  ['T1048', 'Exfiltration Over Alternative Protocol', 'Exfiltration'],
  ['T1055', 'Process Injection', 'Defense Evasion'],
  ['T1059', 'Command and Scripting Interpreter', 'Execution'],
  ['T1059.004', 'Unix Shell', 'Execution'],
  ['T1059.006', 'Python', 'Execution'],
  ['T1059.007', 'JavaScript', 'Execution'],
  ['T1072', 'Software Deployment Tools', 'Execution'],
  ['T1095', 'Non-Application Layer Protocol', 'Command and Control'],
  ['T1105', 'Ingress Tool Transfer', 'Command and Control'],
  ['T1218', 'System Binary Proxy Execution', 'Defense Evasion'],
  ['T1490', 'Inhibit System Recovery', 'Impact'],
  ['T1496', 'Resource Hijacking', 'Impact'],
  ['T1505.003', 'Web Shell', 'Persistence'],
  ['T1547.006', 'Kernel Modules and Extensions', 'Persistence'],
  ['T1554', 'Compromise Host Software Binary', 'Persistence'],
  ['T1562.001', 'Disable or Modify Tools', 'Defense Evasion'],
  ['T1565', 'Data Manipulation', 'Impact'],
  ['T1565.001', 'Stored Data Manipulation', 'Impact'],
  ['T1572', 'Protocol Tunneling', 'Command and Control'],
  ['T1574.006', 'Dynamic Linker Hijacking', 'Persistence'],
  ['T1609', 'Container Administration Command', 'Execution'],
  ['T1611', 'Escape to Host', 'Privilege Escalation'],
  ['T1620', 'Reflective Code Loading', 'Defense Evasion'],
] as const;

const known: ReadonlyMap<string, Technique> = new Map(techniques.map(([id, name, tactic]) => [id, { name, tactic }]));

/** Name and tactic of a technique id such as `T1059.004`; missing: an agent of another version names one that is not listed. */
export function techniqueOf(id: string): Technique | undefined {
  return known.get(id);
}
