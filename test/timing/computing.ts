// Pure functions, each of which stands alone: some travel to workers by their source, with nothing but an item.

/** A 3 × 3 mean, as often as asked. */
export function blur(seed: number, side = 256, times = 5): number {
  let image = Uint8Array.from({ length: side * side }, (_, at) => ((at + seed) * 7919) % 256);
  for (let round = 0; round < times; round++) {
    const next = new Uint8Array(image.length);
    for (let y = 1; y < side - 1; y++) {
      for (let x = 1; x < side - 1; x++) {
        let sum = 0;
        for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) sum += image[(y + dy) * side + x + dx]!;
        next[y * side + x] = sum / 9;
      }
    }
    image = next;
  }
  return image[side + 1]!;
}

/** Which pairs are bought together most, of made-up baskets. */
export function minePairs(start: number, baskets = 600): number {
  const counts = new Map<string, number>();
  let seed = start + 1;
  const random = (below: number): number => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  for (let basket = 0; basket < baskets; basket++) {
    const items = Array.from({ length: 8 }, () => random(60)).sort((a, b) => a - b);
    for (const [at, one] of items.entries()) {
      for (const other of items.slice(at + 1)) counts.set(`${one}+${other}`, (counts.get(`${one}+${other}`) ?? 0) + 1);
    }
  }
  return Math.max(...counts.values());
}

export function multiply(seed: number, size = 150): number {
  const a = Float64Array.from({ length: size * size }, (_, at) => (at + seed) % 10);
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      for (let j = 0; j < size; j++) product[i * size + j]! += a[i * size + k]! * a[k * size + j]!;
    }
  }
  return product[0]!;
}
