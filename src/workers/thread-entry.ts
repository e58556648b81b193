import { parentPort, workerData } from 'node:worker_threads';
import { carryOut } from './entry.ts';

void carryOut(workerData, (notice) => parentPort!.postMessage(notice));
