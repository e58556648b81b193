export { now } from './timing/clock.ts';
