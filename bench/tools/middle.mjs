/**
 * @param {number} count
 * @param {(index: number) => Promise<unknown>} work
 */
export async function oneByOne(count, work) {
  const results = [];
  for (let index = 0; index < count; index += 1) results.push(await work(index));
  return results;
}

/**
 * The median of several measurements, one after another.
 * @param {number} count
 * @param {() => Promise<number>} measure
 */
export async function middle(count, measure) {
  const values = await oneByOne(count, measure);
  values.sort((a, b) => a - b);
  return (values[(count - 1) >> 1] + values[count >> 1]) / 2;
}

/**
 * @param {number} count
 * @param {() => Promise<number>} measure
 */
export async function quickest(count, measure) {
  return Math.min(...(await oneByOne(count, measure)));
}

/**
 * The median of what had as many unmeasured runs before. While others are measured V8's memory reducer comes over a
 * process that does nothing: after twelve seconds 10,000 submits took 62 to 91 ms at first, with `--no-memory-reducer` 10
 * to 33, and without a rest 8.
 * @param {number} count
 * @param {() => Promise<number>} measure
 */
export async function settled(count, measure) {
  await oneByOne(count, measure);
  return middle(count, measure);
}
