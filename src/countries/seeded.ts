/**
 * A number from 0 up to 1 that depends on its keys alone: what happens to one request is the same however many others
 * are on their way. MurmurHash3's mixing of 32-bit words (Austin Appleby, public domain).
 */
export function seeded(...keys: number[]): number {
  let hash = 0;
  for (const key of keys) {
    let word = Math.imul(key | 0, 0xcc9e2d51);
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash ^= word;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
