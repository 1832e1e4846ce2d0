/** What the prefix of a requirement's id stands for. */
export const groups: Readonly<Record<string, string>> = {
  TRG: 'Trigger',
  IDN: 'Identity',
  VOL: 'Volumes',
  CTR: 'Containers',
  EPH: 'Ephemeral containers',
  CND: 'Conditions and phase',
  PRB: 'Probes',
  INI: 'What fails or ends afterwards',
  LOP: 'Loops',
  WRK: 'Workloads',
  API: 'Validation by the API server',
  DEC: 'Declared features',
  DIS: 'Disruption',
  PRF: 'Service level',
};
