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
