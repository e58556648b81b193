import { carryOut, type Order } from './entry.ts';

process.once('message', (order: Order) => {
  process.on('disconnect', () => process.exit());
  // The channel alone must not keep a process alive that has done its work.
  process.channel?.unref();
  void carryOut(order, (notice) => process.send?.(notice));
});
