/** The formats of a report, each with the name of its file. */
export const reportFiles = {
  text: 'report.txt',
  json: 'report.json',
  yaml: 'report.yaml',
  junit: 'junit.xml',
  html: 'report.html',
  statement: 'statement.json',
} as const;

export type Format = keyof typeof reportFiles;

/** Every format. */
export const formats: readonly Format[] = ['text', 'json', 'yaml', 'junit', 'html', 'statement'];

/** Those that are made from the report beside its text and its JSON, which a run seals. */
export const documents: readonly Format[] = ['yaml', 'junit', 'html', 'statement'];
