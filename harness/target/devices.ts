/**
 * A resource that a device plugin offers: a name with a domain that is not Kubernetes' own, of which some are left to Pods.
 *
 * @param allocatable what each node has for Pods
 * @returns undefined where there is none
 */
export function deviceOf(allocatable: readonly Readonly<Record<string, string>>[]): string | undefined {
  return allocatable
    .flatMap(resources => Object.entries(resources))
    .find(([name, count]) => name.includes('/') && !/(^|\.)kubernetes\.io\//.test(name) && Number(count) > 0)?.[0];
}
