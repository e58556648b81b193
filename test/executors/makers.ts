import {
  AsyncExecutor,
  ProcessPoolExecutor,
  SerialExecutor,
  ThreadPoolExecutor,
} from '../../src/executors/executors.ts';

/** The four executors with two workers where that has a meaning: most cases hold for all of them. */
export const makers = {
  SerialExecutor: () => new SerialExecutor(),
  AsyncExecutor: () => new AsyncExecutor(2),
  ThreadPoolExecutor: () => new ThreadPoolExecutor(2),
  ProcessPoolExecutor: () => new ProcessPoolExecutor(2),
};

export const pools = {
  ThreadPoolExecutor: (workers = 2) => new ThreadPoolExecutor(workers),
  ProcessPoolExecutor: (workers = 2) => new ProcessPoolExecutor(workers),
};

export { until } from '../channels/makers.ts';
