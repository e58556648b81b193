// The library without a word about events: what `recorder off` is measured against.
export { figuresWithoutEvents as figures } from './interleaved.mjs';
