import { ClusterWorker } from 'poolifier';
import { tasks } from './tasks.mjs';

export default new ClusterWorker({ ...tasks });
