import workerpool from 'workerpool';
import { tasks } from './tasks.mjs';

workerpool.worker({ ...tasks, moveBack: (numbers) => new workerpool.Transfer(numbers, [numbers.buffer]) });
