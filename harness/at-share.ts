/** What a share of values in ascending order does not exceed: the least of them for which that is so; undefined of none. */
export function atShare(ascending: readonly number[], share: number): number | undefined {
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)];
}
