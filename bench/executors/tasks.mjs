// The work of all contenders; a worker file of most peers as it is.

export const nothing = () => undefined;

/** Row 15 of the course, several times over. @param {[number, number, number]} arg */
export const gcd = ([a, b, times]) => {
  let result = 0;
  for (let n = 0; n < times; n += 1) {
    result = Math.min(a, b);
    while (a % result !== 0 || b % result !== 0) result -= 1;
  }
  return result;
};

/** @param {Float64Array} numbers */
export const same = (numbers) => numbers;

/** About 0.1 ms. */
export const short = () => {
  let value = 1;
  for (let n = 0; n < 60_000; n += 1) value = (Math.imul(value, 31) + n) | 0;
  return value;
};

/** All of them, by name. @type {Record<string, (arg: never) => unknown>} */
export const tasks = { nothing, gcd, same, short };
