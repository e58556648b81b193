import { mapCases } from '../map-cases.ts';
import { shapeCases } from '../shape-cases.ts';
import { sharedCluster } from './clusters.ts';

describe('an executor of a cluster, as any other', () => {
  const { make } = sharedCluster();
  shapeCases('ClusterExecutor', make);
  mapCases('ClusterExecutor', make);
});
