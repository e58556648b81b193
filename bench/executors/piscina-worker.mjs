import { move } from 'piscina';

/**
 * @param {Float64Array} numbers
 * @returns {unknown}
 */
export const moveBack = (numbers) => move(numbers);
