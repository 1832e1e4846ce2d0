/**
 * Compares what the API server stored with what was sent: every field sent must have come back with its value. Defaults
 * that the server adds are fine, and so are containers, volumes or mounts that admission adds.
 *
 * @returns the paths that were dropped or changed, each with what was sent and what came back
 */
export function differences(sent: unknown, stored: unknown, path = ''): readonly string[] {
  if (Array.isArray(sent)) {
    if (!Array.isArray(stored)) return [difference(path, sent, stored)];
    const items: readonly unknown[] = stored;
    return sent.flatMap((item, index) => differences(item, counterpart(item, index, items), `${path}[${index}]`));
  }
  if (isRecord(sent)) {
    if (!isRecord(stored)) return [difference(path, sent, stored)];
    return Object.entries(sent).flatMap(([key, value]) =>
      differences(value, stored[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return Object.is(sent, stored) ? [] : [difference(path, sent, stored)];
}

function counterpart(item: unknown, index: number, stored: readonly unknown[]): unknown {
  const name = isRecord(item) ? item['name'] : undefined;
  const sameName = (other: unknown): boolean => isRecord(other) && other['name'] === name;
  return name === undefined || sameName(stored[index]) ? stored[index] : stored.find(sameName);
}

function difference(path: string, sent: unknown, stored: unknown): string {
  return `${path}: sent ${JSON.stringify(sent)}, stored ${stored === undefined ? 'nothing' : JSON.stringify(stored)}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
