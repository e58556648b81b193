import { ClusterExecutor, type ClusterOptions } from '../../../src/executors/cluster/cluster.ts';
import { LocalCluster } from '../../../src/executors/cluster/local-cluster.ts';
import type { ClusterSettings } from '../../../src/executors/cluster/settings.ts';

/** A server with two workers for all tests of a `describe`, and executors that reach them by its address. */
export function sharedCluster(): {
  make: (options?: ClusterOptions) => ClusterExecutor;
  settings: () => ClusterSettings;
} {
  let cluster: LocalCluster | undefined;
  before(async () => {
    cluster = await LocalCluster.start(2, {});
  });
  after(() => cluster?.close());
  return {
    make: (options) => {
      const { url, secret } = cluster!.settings;
      return new ClusterExecutor(2, { url, secret, ...options });
    },
    settings: () => cluster!.settings,
  };
}

/** Keeps a core busy. */
export const spin = (ms: number): number => {
  const end = performance.now() + ms;
  while (performance.now() < end);
  return process.pid;
};
